import { type NodePath, nodeAt, type PathStep, targetOf } from '../schema/node-path.js';
import { parseYaml } from '../syntax/parse.js';
import type { Node, Range } from '../syntax/tree.js';
import { columnOf, excerpt, isContent } from './excerpt.js';

/**
 * Where a person is typing, in a document that is usually broken at that very place. The text around the cursor is
 * parsed once more with a placeholder where the word is going to be, so that the tree has a node for it.
 */
export interface TypingPlace {
  /** From the root to the placeholder; the last step is the entry it is a key or value of, or the item it is. */
  readonly path: NodePath;
  readonly root: Node | undefined;
  readonly on: 'key' | 'value';
  /** What a completion replaces, in the real text. */
  readonly replace: Range;
  /** The whole value, without quotes: what an expression completion reads. Equals `replace` on a key. */
  readonly value: Range;
  /** Spaces a further line of the same block needs beyond the leading white space of this line. */
  readonly hang: string;
  /** Text every completion must begin with: `- ` where an item of a list is missing its dash, a space after a colon. */
  readonly prefix: string;
  readonly flow: boolean;
  /** Nothing but a comment follows on the line, so a snippet of several lines fits. */
  readonly lineEnds: boolean;
  /** Inside a text of several lines: only what is in it can be completed. */
  readonly scalarOnly: boolean;
  /** A colon follows already. */
  readonly colon: boolean;
}

const PLACEHOLDER = 'countersign__cursor';

/** The place at `offset`; `undefined` in a comment, and where nothing can be made of the text. */
export function typingPlace(text: string, tree: Node | undefined, offset: number): TypingPlace | undefined {
  const found = nodeAt(tree, offset);
  // A scalar whose quote is still open has swallowed the lines below: the tree is no help there.
  const existing = found && isOpenQuote(text, found.node) ? undefined : found;
  if (existing?.on === 'value' && existing.node.kind === 'scalar' && spansLines(text, existing.node.range)) {
    return inLongScalar(tree, existing.path, existing.node.range);
  }
  const line = lineAt(text, offset);
  if (startsComment(line.before)) return undefined;
  const word = wordAround(line);
  const flow = openBrackets(line.before).length > 0 || isFlow(existing?.path);
  const shape = flow ? inFlow(line, word) : inBlock(text, line, word);
  const patched = excerpt(text, shape.cut, shape.insert);
  const root = parseYaml(patched).root;
  const typed = findPlaceholder(root, []);
  if (!typed) return undefined;
  const scalar =
    existing?.on === 'value' && existing.node.kind === 'scalar' ? withoutQuotes(text, existing.node.range) : undefined;
  const lead = /^\s*/.exec(line.before)?.[0].length ?? 0;
  return {
    ...typed,
    root,
    replace: word,
    value: typed.on === 'key' ? word : (scalar ?? (flow ? word : withoutQuotes(text, shape.cut))),
    hang: ' '.repeat(Math.max(0, shape.column - lead)),
    prefix: shape.prefix,
    flow,
    scalarOnly: false,
    lineEnds: /^\s*(#.*)?$/.test(text.slice(word.end, line.end)),
    colon: /^\s*:(\s|$)/.test(text.slice(word.end, line.end)),
  };
}

interface Line {
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

interface Patch {
  readonly cut: Range;
  readonly insert: string;
  readonly prefix: string;
  /** Column at which the entry or item begins. */
  readonly column: number;
}

function lineAt(text: string, offset: number): Line {
  // A negative start would count as 0 and find a line break there.
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const next = text.indexOf('\n', offset);
  const end = next < 0 ? text.length : next - (text[next - 1] === '\r' ? 1 : 0);
  return { start, end, before: text.slice(start, offset), after: text.slice(offset, Math.max(offset, end)) };
}

function wordAround(line: Line): Range {
  const back = /[\w.\-/%@+]*$/.exec(line.before)?.[0] ?? '';
  // A dash that opens a list item is no part of the word, nor is what stands before it.
  const typed = /^\s*(-\s*)*$/.test(line.before) ? '' : back;
  const forward = /^[\w.\-/%@+]*/.exec(line.after)?.[0] ?? '';
  const at = line.start + line.before.length;
  return { start: at - typed.length, end: at + forward.length };
}

function inFlow(line: Line, word: Range): Patch {
  const rest = line.after.slice(word.end - line.start - line.before.length);
  const open = openBrackets(line.before);
  const closed = [...rest].filter((char) => char === ']' || char === '}').length;
  // A bracket left open would swallow the lines below.
  const missing = open.slice(0, Math.max(0, open.length - closed)).reverse();
  const closers = missing.map((bracket) => (bracket === '[' ? ']' : '}')).join('');
  const comma = /^\s*[^\s,\]}:]/.test(rest) ? ', ' : '';
  const dashes = /^\s*(?:-\s+)*/.exec(line.before)?.[0] ?? '';
  return { cut: word, insert: PLACEHOLDER + comma + closers, prefix: '', column: dashes.length };
}

function inBlock(text: string, line: Line, word: Range): Patch {
  const dashes = /^\s*(?:-(?:\s+|$))*/.exec(line.before)?.[0] ?? '';
  const rest = line.before.slice(dashes.length);
  const keyed = /^(?:"[^"]*"|'[^']*'|[^\s"'#:][^#:]*):(?:\s+|$)/.exec(rest);
  if (keyed) {
    const spaced = /\s$/.test(keyed[0]);
    // The whole value goes: an open quote must not reach the lines below.
    const start = line.start + dashes.length + keyed[0].length;
    const insert = spaced ? PLACEHOLDER : ` ${PLACEHOLDER}`;
    return {
      cut: { start, end: valueEnd(text, start, line.end) },
      insert,
      prefix: spaced ? '' : ' ',
      column: dashes.length,
    };
  }
  const column = dashes.length;
  const remainder = text.slice(word.end, line.end);
  const blank = /^\s*(#.*)?$/.test(remainder);
  if (!/^[\w.\-/%@+]*$/.test(rest) || (!blank && !/^\s*:(\s|$)/.test(remainder))) {
    const cut = { start: line.start + dashes.length, end: valueEnd(text, line.start + dashes.length, line.end) };
    return { cut, insert: PLACEHOLDER, prefix: '', column };
  }
  if (!blank) return { cut: word, insert: PLACEHOLDER, prefix: '', column };
  if (dashes.trim() !== '') {
    const gap = /\s$/.test(dashes) ? '' : ' ';
    const width = column + gap.length;
    const opensMap = columnOf(nextLine(text, line.end)) === width;
    return { cut: word, insert: `${gap}${PLACEHOLDER}${opensMap ? ':' : ''}`, prefix: gap, column: width };
  }
  const isItem = (other = ''): boolean => other.trimStart().startsWith('-') && columnOf(other) === column;
  if (column > 0 && (isItem(previousLineAt(text, line.start, column)) || isItem(nextLine(text, line.end)))) {
    return { cut: word, insert: `- ${PLACEHOLDER}`, prefix: '- ', column: column + 2 };
  }
  return { cut: word, insert: `${PLACEHOLDER}:`, prefix: '', column };
}

/** Where a value that begins at `start` ends on its line: before a comment and the white space in front of it. */
function valueEnd(text: string, start: number, lineEnd: number): number {
  const value = text.slice(start, lineEnd);
  const comment = /^["']/.test(value) ? null : /\s#/.exec(value);
  return start + (comment ? value.slice(0, comment.index) : value).trimEnd().length;
}

function nextLine(text: string, lineEnd: number): string | undefined {
  let at = text.indexOf('\n', lineEnd);
  while (at >= 0) {
    const next = text.indexOf('\n', at + 1);
    const line = text.slice(at + 1, next < 0 ? text.length : next);
    if (isContent(line)) return line;
    at = next;
  }
  return undefined;
}

/** The nearest line above that is indented by no more than `column`. */
function previousLineAt(text: string, lineStart: number, column: number): string | undefined {
  let end = lineStart - 1;
  while (end >= 0) {
    const start = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end);
    if (isContent(line) && columnOf(line) <= column) return line;
    end = start - 1;
  }
  return undefined;
}

/** The brackets of flow collections still open at the end of `before`, outermost first. */
function openBrackets(before: string): string[] {
  const open: string[] = [];
  let quote = '';
  for (let index = 0; index < before.length; index++) {
    const char = before.charAt(index);
    if (quote) {
      if (char === '\\' && quote === '"') index++;
      else if (char === quote) quote = '';
      continue;
    }
    const opensValue = /(^|[\s,[{:])$/.test(before.slice(Math.max(0, index - 1), index));
    if ((char === '"' || char === "'") && opensValue) quote = char;
    else if ((char === '[' || char === '{') && (open.length > 0 || /(^|[:-])\s+$|^\s*$/.test(before.slice(0, index)))) {
      open.push(char);
    } else if (char === ']' || char === '}') open.pop();
  }
  return open;
}

function startsComment(before: string): boolean {
  let quote = '';
  for (let index = 0; index < before.length; index++) {
    const char = before.charAt(index);
    if (quote) {
      if (char === quote) quote = '';
    } else if ((char === '"' || char === "'") && /(^|[\s,[{:])$/.test(before.slice(0, index))) quote = char;
    else if (char === '#' && (index === 0 || /\s/.test(before.charAt(index - 1)))) return true;
  }
  return false;
}

function isFlow(path: NodePath | undefined): boolean {
  const last = path?.at(-1);
  if (!last) return false;
  const own = targetOf(last);
  const holder = own && own.kind !== 'scalar' ? own : last.kind === 'entry' ? last.map : last.list;
  return holder.flow;
}

function inLongScalar(root: Node | undefined, path: NodePath, range: Range): TypingPlace {
  return {
    path,
    root,
    on: 'value',
    replace: range,
    value: range,
    hang: '',
    prefix: '',
    flow: false,
    scalarOnly: true,
    lineEnds: false,
    colon: false,
  };
}

function spansLines(text: string, range: Range): boolean {
  const newline = text.indexOf('\n', range.start);
  return newline >= 0 && newline < range.end;
}

function isOpenQuote(text: string, node: Node): boolean {
  if (node.kind !== 'scalar' || !spansLines(text, node.range)) return false;
  const quote = node.style === 'double' ? '"' : node.style === 'single' ? "'" : undefined;
  return quote !== undefined && text[node.range.end - 1] !== quote;
}

/** The value between its quotes; a quote that was not closed yet counts too. */
function withoutQuotes(text: string, range: Range): Range {
  const quote = text[range.start];
  if ((quote !== '"' && quote !== "'") || range.end <= range.start) return range;
  const closed = range.end - range.start > 1 && text[range.end - 1] === quote;
  return { start: range.start + 1, end: range.end - (closed ? 1 : 0) };
}

function findPlaceholder(
  node: Node | undefined,
  path: NodePath,
): { readonly path: NodePath; readonly on: 'key' | 'value' } | undefined {
  if (!node) return undefined;
  if (node.kind === 'scalar') return node.text.includes(PLACEHOLDER) ? { path, on: 'value' } : undefined;
  const steps: PathStep[] =
    node.kind === 'map'
      ? node.entries.map((entry) => ({ kind: 'entry', map: node, entry }))
      : node.items.map((_, index) => ({ kind: 'item', list: node, index }));
  for (const step of steps) {
    const below = [...path, step];
    if (step.kind === 'entry' && step.entry.key.text.includes(PLACEHOLDER)) return { path: below, on: 'key' };
    const found = findPlaceholder(targetOf(step), below);
    if (found) return found;
  }
  return undefined;
}
