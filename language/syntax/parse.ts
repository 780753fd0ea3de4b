import type { Problem } from '../problem.js';
import type { RuleName } from '../rules/names.js';
import { MAX_DEPTH, MAX_LENGTH } from './limits.js';
import { indexLines, type LineIndex } from './lines.js';
import { type Parts, readParts, treeOf } from './parts.js';
import { readTree } from './read-tree.js';
import { recover } from './recover.js';
import type { Node, Range } from './tree.js';

export { MAX_DEPTH, MAX_LENGTH } from './limits.js';

/** What a YAML text says, and what is wrong with it as YAML. */
export interface SyntaxTree {
  /** `undefined` for an empty file and for one that is not text. */
  readonly root: Node | undefined;
  readonly problems: readonly Problem[];
  readonly lines: LineIndex;
  /** What a later text can take over. Whoever does moves the places of this tree, which is then no longer to be used. */
  readonly parts: Parts | undefined;
  /** Whether this tree is made of those parts; else they are of an earlier text. */
  readonly inParts: boolean;
}

/**
 * Reads YAML 1.2 (core schema) without anchors, aliases, tags, merge keys and directives. Never throws, whatever the text;
 * after a fault the rest of the file still gives a tree. Of the tree of an earlier text, `before`, the parts that are the
 * same are taken over, the very nodes; it gives the same tree as without.
 */
export function parseYaml(text: string, before?: SyntaxTree): SyntaxTree {
  const lines = indexLines(text);
  const refuse = (rule: RuleName, range: Range, message: string): SyntaxTree => ({
    root: undefined,
    problems: [problem(rule, range, message)],
    lines,
    parts: before?.parts,
    inParts: false,
  });
  if (text.length > MAX_LENGTH) {
    return refuse(
      'file-too-large',
      { start: 0, end: 1 },
      'This file is larger than 8 MiB, more than any person can review, and is not read. Split it.',
    );
  }
  const control = NOT_YAML.exec(text)?.index;
  if (control !== undefined) {
    return refuse(
      'not-text',
      { start: control, end: control + 1 },
      'This is no text file: it holds a byte no YAML has. Check that it is the right file, saved as UTF-8.',
    );
  }
  const loneReturn = text.includes('\r') && /\r(?!\n)/.test(text);
  const parts = loneReturn ? undefined : readParts(text, before?.parts);
  const root = parts && treeOf(parts);
  if (root) return { root, problems: [], lines, parts, inParts: true };
  return { ...readWhole(text, lines, loneReturn), parts: parts ?? before?.parts, inParts: false };
}

/** Reads all of a text by the library, and tells what is wrong with it. */
export function readWhole(
  text: string,
  lines: LineIndex = indexLines(text),
  loneReturn = text.includes('\r'),
): Omit<SyntaxTree, 'parts' | 'inParts'> {
  // YAML and editors break a line at a lone CR, the library does not.
  const read = recover(loneReturn ? text.replace(/\r(?!\n)/g, '\n') : text);
  if ('tooDeepAt' in read) {
    const range = { start: read.tooDeepAt, end: read.tooDeepAt + 1 };
    const message = `This is nested deeper than ${MAX_DEPTH} levels, and the file is not read. Flatten it.`;
    return { root: undefined, problems: [problem('file-too-large', range, message)], lines };
  }
  const { tokens, source } = read;
  const place = ({ start, end }: Range): Range => ({ start: source.back(start), end: source.back(end) });
  const problems: Problem[] = [];
  for (const { kind, ...at } of tokens.properties) problems.push(problem('yaml-alias', place(at), PROPERTIES[kind]));
  for (const at of tokens.directives) problems.push(problem('yaml-syntax', place(at), DIRECTIVE));
  const told = new Set(problems.map((one) => lines.positionAt(one.range.start).line));
  for (const { range, message, fixes } of read.faults) {
    if (!told.has(lines.positionAt(range.start).line))
      problems.push({ ...problem('yaml-syntax', range, message), fixes });
  }
  if (tokens.secondDocument !== undefined) {
    const start = source.back(tokens.secondDocument);
    problems.push(
      problem(
        'multiple-documents',
        { start, end: start + (/^\S*/.exec(text.slice(start, start + 80))?.[0].length || 1) },
        SECOND_DOCUMENT,
      ),
    );
  }
  const tree = readTree(read.document?.contents, source);
  const inOrder = [...problems, ...tree.problems].sort((a, b) => a.range.start - b.range.start);
  return { root: tree.root, problems: inOrder, lines };
}

/** What no YAML text holds (YAML 1.2.2, c-printable). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NOT_YAML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/;

const PROPERTIES = {
  alias: 'An alias (*) says here what is written elsewhere, and a reviewer must see what runs. Write the value out.',
  anchor: 'An anchor (&) marks a value to be repeated by reference, and a reviewer must see what runs. Remove it.',
  tag: 'A tag (!) changes how a value is read, and a reviewer must see what runs. Remove it.',
} as const;
const DIRECTIVE = 'A directive (%) changes how the file is read, and a reviewer must see what runs. Remove it.';
const SECOND_DOCUMENT =
  'A second YAML document starts here, and only the first would be read. Put it in a file of its own.';

function problem(rule: RuleName, range: Range, message: string): Problem {
  return { rule, severity: 'error', range, message, related: [], fixes: [] };
}
