import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  type YAMLError,
} from 'yaml';
import type { Problem } from '../problem.js';
import type { RuleName } from '../rules/names.js';
import { explainSyntax } from './explain.js';
import { indexLines, type LineIndex } from './lines.js';
import type { Entry, MapNode, Node, Range, ScalarNode, ScalarStyle } from './tree.js';

/** What a YAML text says, and what is wrong with it as YAML. */
export interface SyntaxTree {
  /** `undefined` for an empty file and for one that is not text. */
  readonly root: Node | undefined;
  readonly problems: readonly Problem[];
  readonly lines: LineIndex;
}

/** Larger files are not read: no person reviews them, and they would hold up the editor. UTF-16 code units. */
export const MAX_LENGTH = 2 * 1024 * 1024;
/** Deeper nesting is not read. */
export const MAX_DEPTH = 100;

/**
 * Reads YAML 1.2 (core schema) without anchors, aliases, tags and merge keys. Never throws, whatever the text; after a
 * fault the rest of the file still gives a tree.
 */
export function parseYaml(text: string): SyntaxTree {
  const lines = indexLines(text);
  const refuse = (rule: RuleName, range: Range, message: string): SyntaxTree => ({
    root: undefined,
    problems: [problem(rule, range, message)],
    lines,
  });
  if (text.length > MAX_LENGTH) {
    return refuse(
      'file-too-large',
      { start: 0, end: 1 },
      'This file is larger than 2 MiB, more than any person can review, and is not read. Split it.',
    );
  }
  const control = binaryAt(text);
  if (control !== undefined) {
    return refuse(
      'not-text',
      { start: control, end: control + 1 },
      'This is no text file: it holds a byte no YAML has. Check that it is the right file, saved as UTF-8.',
    );
  }
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    return refuse(
      'file-too-large',
      { start: deep, end: deep + 1 },
      `This is nested deeper than ${MAX_DEPTH} levels, and the file is not read. Flatten it.`,
    );
  }
  return convert(text, lines);
}

function convert(text: string, lines: LineIndex): SyntaxTree {
  const documents = parseAllDocuments(text, {
    strict: false,
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: new LineCounter(),
  });
  const document: Document.Parsed | undefined = Array.isArray(documents) ? documents[0] : undefined;
  if (!document) return { root: undefined, problems: [], lines };
  const problems: Problem[] = syntaxProblems(text, lines, document.errors);
  const second = Array.isArray(documents) ? documents[1] : undefined;
  if (second) {
    const marker = text.indexOf('---', Math.max(0, (document.range?.[2] ?? 0) - 4));
    const start = marker >= 0 ? marker : (second.range?.[0] ?? 0);
    problems.push(
      problem(
        'multiple-documents',
        { start, end: start + 3 },
        'A second YAML document starts here, and only the first would be read. Put it in a file of its own.',
      ),
    );
  }
  const reader = new Reader(text, problems);
  const root = reader.node(document.contents, 0);
  return { root, problems, lines };
}

/** One problem per fault: what follows on the same line, or from the same unclosed mark, is not told again. */
function syntaxProblems(text: string, lines: LineIndex, errors: readonly YAMLError[]): Problem[] {
  const problems: Problem[] = [];
  let last = -1;
  for (const error of errors) {
    const { line } = lines.positionAt(error.pos[0]);
    if (line === last) continue;
    last = line;
    const { range, message, fixes } = explainSyntax(text, lines, error);
    problems.push({ ...problem('yaml-syntax', range, message), fixes });
  }
  return problems;
}

/** Turns the library's nodes into ours. */
class Reader {
  constructor(
    private readonly text: string,
    private readonly problems: Problem[],
  ) {}

  node(node: ParsedNode | null | undefined, depth: number): Node | undefined {
    if (!node || depth > MAX_DEPTH) return undefined;
    if (isAlias(node)) {
      this.alias(
        node.range,
        'An alias (*) says here what is written elsewhere, and a reviewer must see what runs. Write the value out.',
      );
      return undefined;
    }
    const [start, end] = node.range;
    if (node.anchor !== undefined)
      this.property(
        '&',
        node.anchor,
        start,
        'An anchor (&) marks a value to be repeated by reference, and a reviewer must see what runs. Remove it.',
      );
    if (node.tag !== undefined && this.written(node.tag, start)) {
      this.property(
        '!',
        '',
        start,
        'A tag (!) changes how a value is read, and a reviewer must see what runs. Remove it.',
      );
    }
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
          this.alias(
            [key.range.start, key.range.end, key.range.end],
            'A merge key (<<) takes over what is written elsewhere, and a reviewer must see what runs. Write the keys out.',
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
      return { kind: 'map', entries, flow: node.flow === true, range: { start, end } } satisfies MapNode;
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
        range: { start, end },
      };
    }
    return undefined;
  }

  /** A list item; `[a: b]` is a map of one pair. */
  private item(item: unknown, depth: number): Node | undefined {
    return this.node(isNode(item) ? item : undefined, depth + 1);
  }

  private dashBefore(offset: number, from: number): Range | undefined {
    const at = this.text.lastIndexOf('-', offset);
    return at >= from ? { start: at, end: at + 1 } : undefined;
  }

  private key(key: unknown, depth: number): ScalarNode | undefined {
    const node = isNode(key) ? this.node(key, depth + 1) : undefined;
    if (node === undefined) return undefined;
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
    const [start, end] = node.range;
    const style = styleOf(node.type);
    const { value } = node;
    // A missing value is a plain scalar of no length.
    if (style === 'plain' && start === end) return undefined;
    const text = typeof value === 'string' ? value : (node.source ?? this.text.slice(start, end));
    const plain =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
    return { kind: 'scalar', value: plain ? value : text, text, style, range: { start, end } };
  }

  private alias(range: readonly [number, number, number], message: string): void {
    this.problems.push(problem('yaml-alias', { start: range[0], end: range[1] }, message));
  }

  /** Reports an anchor or tag; it stands before the node it belongs to. */
  private property(mark: string, name: string, before: number, message: string): void {
    const start = this.text.lastIndexOf(mark + name, before);
    const at = start < 0 ? before : start;
    const end = /[\s,\]}]/.exec(this.text.slice(at, at + 200));
    this.alias([at, at + (end?.index ?? 1), before], message);
  }

  private written(tag: string, before: number): boolean {
    return tag !== '' && this.text.lastIndexOf('!', before) >= this.text.lastIndexOf('\n', before);
  }
}

function isNode(value: unknown): value is ParsedNode {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
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

/** The first character no YAML text holds (YAML 1.2.2, c-printable), if any. */
function binaryAt(text: string): number | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const match = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/.exec(text);
  return match?.index;
}

/** Where brackets, or indentation by lines of `- - -` and deeper and deeper keys, nest too deep. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  for (const match of text.matchAll(/[[{\]}]|(?:- ){60,}/g)) {
    const mark = match[0];
    if (mark === '[' || mark === '{') depth++;
    else if (mark === ']' || mark === '}') depth = Math.max(0, depth - 1);
    else return match.index;
    if (depth > MAX_DEPTH) return match.index;
  }
  const indents: number[] = [];
  for (const match of text.matchAll(/^( *)[^\s#]/gm)) {
    const indent = match[1]?.length ?? 0;
    while (indents.length > 0 && (indents.at(-1) ?? 0) >= indent) indents.pop();
    indents.push(indent);
    if (indents.length > MAX_DEPTH) return match.index;
  }
  return undefined;
}

function problem(rule: RuleName, range: Range, message: string): Problem {
  return { rule, severity: 'error', range, message, related: [], fixes: [] };
}
