import type { LineIndex } from '../syntax/lines.js';
import type { Node, Range } from '../syntax/tree.js';
import type { SourceFile } from './source-file.js';

/** Zero-based lines that fold together, `end` included. */
export interface Fold {
  readonly start: number;
  readonly end: number;
  readonly kind: 'comment' | 'region' | undefined;
  /** How many folds of the tree are around it; 0 for comments and regions. */
  readonly depth: number;
}

/**
 * What folds in a file: every entry and item of several lines (steps, their lists and branches, texts), blocks of comments,
 * and what stands between `#region` and `#endregion`. Of those that begin on one line the longest. In source order.
 */
export function foldsOf({ root, text, lines }: Pick<SourceFile, 'root' | 'text' | 'lines'>): Fold[] {
  const folds = new Map<number, Fold>();
  const add = (start: number, end: number, kind: Fold['kind'], depth: number): void => {
    const known = folds.get(start);
    if (end > start && (!known || known.end < end)) folds.set(start, { start, end, kind, depth });
  };
  /** Lines that are part of a text, so that a `#` on them is no comment. */
  const inTexts = new Set<number>();
  // A lone CR breaks a line, too; offsets stay the same.
  const broken = text.includes('\r') ? text.replace(/\r(?!\n)/g, '\n') : text;
  inTree(root, { text: broken, lines, add, inTexts }, 0);
  comments(text, lines, inTexts, add);
  return [...folds.values()].sort((a, b) => a.start - b.start);
}

/** At most `limit` folds: the outermost, in source order. */
export function outermost(folds: readonly Fold[], limit: number): readonly Fold[] {
  if (folds.length <= limit) return folds;
  const kept = new Set([...folds].sort((a, b) => a.depth - b.depth).slice(0, limit));
  return folds.filter((fold) => kept.has(fold));
}

interface Walk {
  readonly text: string;
  readonly lines: LineIndex;
  readonly add: (start: number, end: number, kind: Fold['kind'], depth: number) => void;
  readonly inTexts: Set<number>;
}

/** Folds what is in a node; the offset at which its content ends, blanks and comments behind it left out. */
function inTree(node: Node | undefined, walk: Walk, depth: number): number {
  if (!node) return 0;
  const { text, lines } = walk;
  const ends = contentEnd(node.range, text);
  const firstBreak = text.indexOf('\n', node.range.start);
  // Most of a playbook stands on one line with what it belongs to.
  if (firstBreak < 0 || firstBreak >= ends) return ends;
  if (node.kind === 'scalar') {
    const last = lines.positionAt(ends).line;
    for (let line = lines.positionAt(node.range.start).line + 1; line <= last; line++) walk.inTexts.add(line);
    return ends;
  }
  let end = node.range.start;
  if (node.kind === 'map') {
    for (const { key, value } of node.entries) end = Math.max(end, inChild(key.range, value, walk, depth));
  } else {
    for (const item of node.items) if (item) end = Math.max(end, inChild(item.range, item, walk, depth));
  }
  return node.flow ? Math.max(end, ends) : end;
}

/** Folds an entry or item that begins at `head`. */
function inChild(head: Range, value: Node | undefined, walk: Walk, depth: number): number {
  const { text, lines, add } = walk;
  const end = Math.max(
    value === undefined || value.range.start > head.start ? head.end : 0,
    inTree(value, walk, depth + 1),
  );
  const firstBreak = text.indexOf('\n', head.start);
  if (firstBreak >= 0 && firstBreak < end)
    add(lines.positionAt(head.start).line, lastLine(value, lines.positionAt(end).line, walk), undefined, depth);
  return end;
}

/** A bracket that closes on a line of its own stays in sight. */
function lastLine(value: Node | undefined, line: number, { text, lines }: Walk): number {
  if (!value || value.kind === 'scalar' || !value.flow) return line;
  const { start, end } = lines.lineRange(line);
  return /^\s*[\]}]/.test(text.slice(start, end)) ? line - 1 : line;
}

function contentEnd({ start, end }: Range, text: string): number {
  let at = end;
  while (at > start && /\s/.test(text[at - 1] ?? '')) at--;
  return at;
}

const REGION = /^\s*#\s*#?(end)?region\b/;

function comments(text: string, lines: LineIndex, inTexts: ReadonlySet<number>, add: Walk['add']): void {
  const regions: number[] = [];
  let first: number | undefined;
  for (let line = 0; line <= lines.lineCount; line++) {
    const { start, end } = lines.lineRange(line);
    const comment = line < lines.lineCount && !inTexts.has(line) && isComment(text, start, end);
    const marker = comment ? REGION.exec(text.slice(start, end)) : null;
    if (marker?.[1]) {
      const opened = regions.pop();
      if (opened !== undefined) add(opened, line, 'region', 0);
    } else if (marker) regions.push(line);
    if (comment && !marker) first ??= line;
    else if (first !== undefined) {
      add(first, line - 1, 'comment', 0);
      first = undefined;
    }
  }
}

function isComment(text: string, start: number, end: number): boolean {
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
  return text[at] === '#' && at < end;
}
