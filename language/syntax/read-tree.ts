import { isAlias, isMap, isPair, isScalar, isSeq, type ParsedNode } from 'yaml';
import type { Fix, Problem } from '../problem.js';
import type { RuleName } from '../rules/names.js';
import { MAX_DEPTH } from './limits.js';
import type { PatchedText } from './patched-text.js';
import type { Entry, MapNode, Node, Range, ScalarNode, ScalarStyle } from './tree.js';

/** Our tree of the library's nodes, with what is wrong in it: duplicate and merge keys, keys that are no words. */
export function readTree(
  contents: ParsedNode | null | undefined,
  source: PatchedText,
): { readonly root: Node | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const root = new Reader(source, problems).node(contents, 0);
  return { root, problems };
}

class Reader {
  constructor(
    private readonly source: PatchedText,
    private readonly problems: Problem[],
  ) {}

  node(node: ParsedNode | null | undefined, depth: number): Node | undefined {
    if (!node || depth > MAX_DEPTH) return undefined;
    if (isAlias(node)) return undefined;
    const { start, end } = this.place(node.range);
    if (isScalar(node)) return this.scalar(node);
    if (isMap(node)) {
      const entries: Entry[] = [];
      const seen = new Map<string, ScalarNode>();
      for (const pair of node.items) {
        if (!isPair(pair)) continue;
        const key = this.key(pair.key, depth);
        if (!key) continue;
        const value = this.node(pair.value, depth + 1);
        if (key.text === '<<' && key.style === 'plain') {
          this.problems.push(
            problem(
              'yaml-alias',
              key.range,
              'A merge key (<<) takes over what is written elsewhere, and a reviewer must see what runs. Write the keys out.',
            ),
          );
          continue;
        }
        const first = seen.get(key.text);
        if (first) {
          this.problems.push({
            ...problem(
              'duplicate-key',
              word(key),
              `"${key.text}" is there already, and which of the two counts differs between readers. Remove one.`,
            ),
          });
          continue;
        }
        seen.set(key.text, key);
        entries.push({ key, value, range: { start: key.range.start, end: value?.range.end ?? key.range.end } });
      }
      const flow = node.flow === true;
      return { kind: 'map', entries, flow, range: { start, end: flow ? end : this.blockEnd(node) } } satisfies MapNode;
    }
    if (isSeq(node)) {
      const items: (Node | undefined)[] = [];
      const dashes = new Map<number, Range>();
      for (const item of node.items) {
        const read = this.item(item, depth);
        const dash =
          read === undefined && isNode(item) && !node.flow ? this.dashBefore(item.range[0], start) : undefined;
        if (dash) dashes.set(items.length, dash);
        items.push(read);
      }
      return {
        kind: 'list',
        items,
        ...(dashes.size > 0 ? { dashes } : {}),
        flow: node.flow === true,
        range: { start, end: node.flow === true ? end : this.blockEnd(node) },
      };
    }
    return undefined;
  }

  /** Where a block map or list ends: with the line its last item ends in, or right after a last colon or dash. */
  private blockEnd(node: ParsedNode): number {
    return this.source.back(Math.min(this.endOfLast(node, 0) ?? node.range[1], node.range[2]));
  }

  private endOfLast(node: ParsedNode, depth: number): number | undefined {
    const { text } = this.source;
    const last = isMap(node) || isSeq(node) ? node.items.at(-1) : undefined;
    const value: unknown = isPair(last) ? last.value : last;
    if (depth > MAX_DEPTH || last === undefined) return undefined;
    if (!isNode(value) || isMissing(value)) {
      const key: unknown = isPair(last) ? last.key : undefined;
      const mark = isNode(key)
        ? text.indexOf(':', key.range[1])
        : isNode(value)
          ? text.lastIndexOf('-', value.range[0])
          : -1;
      return mark < node.range[0] ? undefined : mark + 1;
    }
    if ((isMap(value) || isSeq(value)) && value.flow !== true) return this.endOfLast(value, depth + 1);
    if (isScalar(value) && value.type?.startsWith('BLOCK')) return value.range[1];
    const line = text.indexOf('\n', value.range[1]);
    return line < 0 ? text.length : line + 1;
  }

  /** A list item; `[a: b]` is a map of one pair. */
  private item(item: unknown, depth: number): Node | undefined {
    return this.node(isNode(item) ? item : undefined, depth + 1);
  }

  private dashBefore(offset: number, from: number): Range | undefined {
    const at = this.source.text.lastIndexOf('-', offset);
    const start = this.source.back(at);
    return at >= 0 && start >= from ? { start, end: start + 1 } : undefined;
  }

  private key(key: unknown, depth: number): ScalarNode | undefined {
    const node = isNode(key) ? this.node(key, depth + 1) : undefined;
    if (node === undefined) {
      if (isNode(key) && !isAlias(key)) {
        const { start } = this.place(key.range);
        this.problems.push(
          problem('yaml-syntax', { start, end: start + 1 }, 'A key is missing before this. Write "key: value".'),
        );
      }
      return undefined;
    }
    if (node.kind === 'scalar') return node;
    this.problems.push(
      problem(
        'yaml-syntax',
        node.range,
        'A key must be a word, not a list or a map. If this is a value that starts with "{{" or "[", put it in quotes.',
      ),
    );
    return undefined;
  }

  private scalar(
    node: ParsedNode & { readonly value?: unknown; readonly source?: string; readonly type?: string },
  ): ScalarNode | undefined {
    const style = styleOf(node.type);
    const { value } = node;
    if (isMissing(node)) return undefined;
    const range = this.place(node.range);
    const text =
      typeof value === 'string' ? value : (node.source ?? this.source.text.slice(node.range[0], node.range[1]));
    if (typeof value === 'number' && !isExact(value, text)) {
      this.problems.push(
        problem(
          'invalid-value',
          range,
          Number.isFinite(value)
            ? 'This number is too large to be exact, so what runs would not be what is written. If it is an id, put it in quotes.'
            : 'Tools take JSON, which has neither infinity nor "not a number". Write a number, or put this in quotes.',
          [{ title: 'Put it in quotes', edits: [{ range, newText: `"${text}"` }], safe: true }],
        ),
      );
      return { kind: 'scalar', value: text, text, style, range };
    }
    const plain =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
    return { kind: 'scalar', value: plain ? value : text, text, style, range };
  }

  private place(range: readonly [number, number, number]): Range {
    return { start: this.source.back(range[0]), end: this.source.back(range[1]) };
  }
}

function isNode(value: unknown): value is ParsedNode {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

/** A missing value is a plain scalar of no length. */
function isMissing(node: ParsedNode): boolean {
  return isScalar(node) && styleOf(node.type) === 'plain' && node.range[0] === node.range[1];
}

function word(node: ScalarNode): Range {
  const quoted = node.style === 'single' || node.style === 'double';
  return quoted ? { start: node.range.start + 1, end: node.range.end - 1 } : node.range;
}

function styleOf(type: string | undefined): ScalarStyle {
  switch (type) {
    case 'QUOTE_SINGLE':
      return 'single';
    case 'QUOTE_DOUBLE':
      return 'double';
    case 'BLOCK_LITERAL':
      return 'literal';
    case 'BLOCK_FOLDED':
      return 'folded';
    default:
      return 'plain';
  }
}

function problem(rule: RuleName, range: Range, message: string, fixes: readonly Fix[] = []): Problem {
  return { rule, severity: 'error', range, message, related: [], fixes };
}

/** Whether a number is the one that is written; JSON has neither infinity nor "not a number". */
function isExact(value: number, text: string): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !/^[-+]?(\d+|0x[\da-fA-F]+|0o[0-7]+)$/.test(text));
}
