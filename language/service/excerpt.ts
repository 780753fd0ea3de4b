import type { Range } from '../syntax/tree.js';

/**
 * The text with `cut` replaced by `insert`, cut down to what decides the place there: of other top-level keys only the key stays,
 * of a long list only the item around the cursor. Parsing the whole of a long playbook per keystroke would be felt.
 */
export function excerpt(text: string, cut: Range, insert: string): string {
  const before = text.slice(0, cut.start).split('\n');
  const after = text.slice(cut.end).split('\n');
  const line = (before.pop() ?? '') + insert + (after.shift() ?? '');
  if (before.length + after.length < SHORT) return [...before, line, ...after].join('\n');
  const top = before.findLastIndex(isTopLevel);
  if (isTopLevel(line) || top < 0)
    return [...before.map(keyOnly), line, ...after.map(keyOnly)].filter(Boolean).join('\n');
  const own = before.slice(top);
  const nextTop = after.findIndex(isTopLevel);
  const below = nextTop < 0 ? after : after.slice(0, nextTop);
  const dash = own.slice(1).find(isContent);
  const column = dash?.trimStart().startsWith('-') ? columnOf(dash) : -1;
  const others = [...before.slice(0, top).map(keyOnly), ...after.slice(below.length).map(keyOnly)].filter(Boolean);
  if (column < 0) return [...others, ...own, line, ...below].join('\n');
  const opens = (text: string): boolean => columnOf(text) <= column && isContent(text);
  const item = opens(line) ? own.length : own.findLastIndex(opens);
  const end = below.findIndex(opens);
  return [
    ...others,
    own[0] ?? '',
    ...(item < own.length ? own.slice(Math.max(1, item)) : []),
    line,
    ...(end < 0 ? below : below.slice(0, end)),
  ].join('\n');
}

/** Lines below which the whole text is parsed. */
const SHORT = 150;

function isTopLevel(line: string): boolean {
  return /^[^\s#-]/.test(line);
}

/** `key:` of a top-level line, nothing of any other. */
function keyOnly(line: string): string {
  return /^[^\s#:-][^:#]*:/.exec(line)?.[0] ?? '';
}

/** Whether a line holds more than blanks or a comment. */
export function isContent(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}

/** Column at which a line's text begins; -1 for no line. */
export function columnOf(line: string | undefined): number {
  return line === undefined ? -1 : (/^\s*/.exec(line)?.[0].length ?? 0);
}
