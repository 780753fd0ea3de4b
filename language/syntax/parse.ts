import type { Problem } from '../problem.js';
import type { RuleName } from '../rules/names.js';
import { type UnchangedEnds, unchangedEndsOfTexts } from '../unchanged-ends.js';
import { MAX_LENGTH } from './limits.js';
import { indexLines, type LineIndex } from './lines.js';
import { type Parts, readParts, treeOf } from './parts.js';
import { readWhole, syntaxProblem } from './read-whole.js';
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
    problems: [syntaxProblem(rule, range, message)],
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
  const last = before?.parts;
  const unchanged = last && unchangedEndsOfTexts(last.text, text);
  const control = controlIn(text, unchanged);
  if (control !== undefined) {
    return refuse(
      'not-text',
      { start: control, end: control + 1 },
      'This is no text file: it holds a byte no YAML has. Check that it is the right file, saved as UTF-8.',
    );
  }
  const loneReturn = text.includes('\r') && /\r(?!\n)/.test(text);
  const parts = loneReturn ? undefined : readParts(text, last && unchanged && { parts: last, unchanged });
  const root = parts && treeOf(parts);
  if (root) return { root, problems: parts.problems, lines, parts, inParts: true };
  return { ...readWhole(text, lines, loneReturn), lines, parts: parts ?? before?.parts, inParts: false };
}

/** Where in a text something stands that no YAML has; what it has in common with a text that was read is not looked at. */
function controlIn(text: string, unchanged: UnchangedEnds | undefined): number | undefined {
  if (!unchanged) return NOT_YAML.exec(text)?.index;
  const found = NOT_YAML.exec(text.slice(unchanged.start, text.length - unchanged.end))?.index;
  return found === undefined ? undefined : found + unchanged.start;
}

/** What no YAML text holds (YAML 1.2.2, c-printable). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NOT_YAML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/;
