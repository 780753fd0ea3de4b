import type { Problem } from '../problem.js';
import type { RuleName } from '../rules/names.js';
import { MAX_DEPTH } from './limits.js';
import { indexLines, type LineIndex } from './lines.js';
import { readTree } from './read-tree.js';
import { recover } from './recover.js';
import type { Node, Range } from './tree.js';

/** What the library reads in a text, and what is wrong with it. */
export interface WholeText {
  readonly root: Node | undefined;
  readonly problems: readonly Problem[];
}

/** Reads all of a text by the library, and tells what is wrong with it. */
export function readWhole(
  text: string,
  lines: LineIndex = indexLines(text),
  loneReturn = text.includes('\r'),
): WholeText {
  // YAML and editors break a line at a lone CR, the library does not.
  const read = recover(loneReturn ? text.replace(/\r(?!\n)/g, '\n') : text);
  if ('tooDeepAt' in read) {
    const range = { start: read.tooDeepAt, end: read.tooDeepAt + 1 };
    const message = `This is nested deeper than ${MAX_DEPTH} levels, and the file is not read. Flatten it.`;
    return { root: undefined, problems: [syntaxProblem('file-too-large', range, message)] };
  }
  const { tokens, source } = read;
  const place = ({ start, end }: Range): Range => ({ start: source.back(start), end: source.back(end) });
  const problems: Problem[] = [];
  for (const { kind, ...at } of tokens.properties)
    problems.push(syntaxProblem('yaml-alias', place(at), PROPERTIES[kind]));
  for (const at of tokens.directives) problems.push(syntaxProblem('yaml-syntax', place(at), DIRECTIVE));
  const told = new Set(problems.map((one) => lines.positionAt(one.range.start).line));
  for (const { range, message, fixes } of read.faults) {
    if (!told.has(lines.positionAt(range.start).line))
      problems.push({ ...syntaxProblem('yaml-syntax', range, message), fixes });
  }
  if (tokens.secondDocument !== undefined) {
    const start = source.back(tokens.secondDocument);
    problems.push(
      syntaxProblem(
        'multiple-documents',
        { start, end: start + (/^\S*/.exec(text.slice(start, start + 80))?.[0].length || 1) },
        SECOND_DOCUMENT,
      ),
    );
  }
  const tree = readTree(read.document?.contents, source);
  const inOrder = [...problems, ...tree.problems].sort((a, b) => a.range.start - b.range.start);
  return { root: tree.root, problems: inOrder };
}

const PROPERTIES = {
  alias: 'An alias (*) says here what is written elsewhere, and a reviewer must see what runs. Write the value out.',
  anchor: 'An anchor (&) marks a value to be repeated by reference, and a reviewer must see what runs. Remove it.',
  tag: 'A tag (!) changes how a value is read, and a reviewer must see what runs. Remove it.',
} as const;
const DIRECTIVE = 'A directive (%) changes how the file is read, and a reviewer must see what runs. Remove it.';
const SECOND_DOCUMENT =
  'A second YAML document starts here, and only the first would be read. Put it in a file of its own.';

export function syntaxProblem(rule: RuleName, range: Range, message: string): Problem {
  return { rule, severity: 'error', range, message, related: [], fixes: [] };
}
