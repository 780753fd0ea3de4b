import { childrenOf } from '../expressions/children.js';
import type { Expression } from '../expressions/expression.js';
import { wordRange } from '../model/read.js';
import { nodeAt, type PathStep } from '../schema/node-path.js';
import { sourceRange } from '../syntax/scalar-map.js';
import type { Range, ScalarNode } from '../syntax/tree.js';
import type { SourceFile } from './source-file.js';

/**
 * What a selection at `offset` grows to, from the inside out, each wider than the one before: the word, the parts of an
 * expression, its `${{ }}`, the text, the entry, the item or step with its list, and so on up to the file.
 */
export function selectionsAt(source: SourceFile, offset: number): Range[] {
  const { text } = source;
  const found: Range[] = [];
  const grow = (range: Range): void => {
    const last = found.at(-1) ?? { start: offset, end: offset };
    const wider = range.start <= last.start && range.end >= last.end;
    if (wider && (found.length === 0 || range.end - range.start > last.end - last.start)) found.push(range);
  };
  const at = nodeAt(source.root, offset);
  if (at?.node.kind === 'scalar') {
    const { node } = at;
    grow(wordAround(text, offset, node.range));
    if (at.on === 'value') for (const range of expressionParts(source, node, offset)) grow(range);
    grow(wordRange(node));
    grow(trimmed(node.range, text));
  }
  for (const step of [...(at?.path ?? [])].reverse())
    for (const range of around(step, text)) grow(trimmed(range, text));
  grow({ start: 0, end: text.length });
  return found;
}

/** The letters, digits and `_` around a place inside `within`. */
function wordAround(text: string, offset: number, within: Range): Range {
  let { start, end } = { start: offset, end: offset };
  while (start > within.start && /\w/.test(text[start - 1] ?? '')) start--;
  while (end < within.end && /\w/.test(text[end] ?? '')) end++;
  return { start, end };
}

/** The parts of an expression of a scalar around a place, and the `${{ }}` it stands in. */
function* expressionParts({ playbook, text }: SourceFile, node: ScalarNode, offset: number): Generator<Range> {
  const sites = playbook?.sites.filter(({ expression }) => expression.node === node) ?? [];
  const holds = ({ start, end }: Range): boolean => start <= offset && offset <= end;
  for (const { expression } of sites) {
    const { parsed, offset: first } = expression;
    const place = (start: number, end: number): Range => sourceRange(node, text, first + start, first + end);
    const hole = isTemplate(expression) ? place(-3, parsed.text.length + 2) : undefined;
    if (!holds(hole ?? node.range)) continue;
    const chain: Range[] = [];
    let here = parsed.ast;
    while (here) {
      const range = place(here.start, here.end);
      if (!holds(range)) break;
      chain.push(range);
      here = childrenOf(here).find((part) => holds(place(part.start, part.end)));
    }
    yield* chain.reverse();
    if (hole) yield hole;
    return;
  }
}

function isTemplate({ node, offset }: Expression): boolean {
  return offset >= 3 && node.text.slice(offset - 3, offset) === '${{';
}

/** What a step of a path stands for: the entry or item itself, an item with its dash, and the map or list it is in. */
function around(step: PathStep, text: string): Range[] {
  if (step.kind === 'entry') {
    const { key, value } = step.entry;
    return [{ start: key.range.start, end: Math.max(key.range.end, value?.range.end ?? 0) }, step.map.range];
  }
  const item = step.list.items[step.index];
  if (!item) return [step.list.range];
  const dash = step.list.flow ? -1 : text.lastIndexOf('-', item.range.start - 1);
  return [
    item.range,
    { start: dash < step.list.range.start ? item.range.start : dash, end: item.range.end },
    step.list.range,
  ];
}

function trimmed({ start, end }: Range, text: string): Range {
  let last = end;
  while (last > start && /\s/.test(text[last - 1] ?? '')) last--;
  return { start, end: last };
}
