import type { YAMLError } from 'yaml';
import type { Fix, TextEdit } from '../problem.js';
import { blockFrom, contentEnd, firstContent, lineEnd, lineStart, nextContent, previousContent } from './line-shape.js';
import type { Tokens } from './tokens.js';
import type { Range } from './tree.js';

/** A YAML fault as a person can act on it. */
export interface Fault {
  readonly range: Range;
  readonly message: string;
  readonly fixes: readonly Fix[];
  /** What to change, in the reader's copy only, so that what follows is read as it was meant. Empty where nothing need be. */
  readonly patch: readonly TextEdit[];
}

/** What is wrong at an error of the YAML reader, at the word where a person would mend it. */
export function faultOf(text: string, error: Pick<YAMLError, 'code' | 'pos' | 'message'>, tokens: Tokens): Fault {
  const start = Math.min(error.pos[0], text.length);
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return tabs(text, start);
    case 'MISSING_CHAR':
      return missingCharacter(text, start, error.message, tokens);
    case 'BAD_INDENT':
      return /flow/i.test(error.message) ? openBracket(text, start, tokens) : wrongIndent(text, start);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return /:(\s|$)/.test(text.slice(start, lineEnd(text, start))) ? twoColons(text, start) : tooDeep(text, start);
    case 'MULTILINE_IMPLICIT_KEY':
      return noColon(text, start);
    case 'BAD_SCALAR_START':
      return fault(
        { start, end: start + 1 },
        `A value cannot start with "${text[start] ?? ''}" unless it is in quotes. Put the value in quotes.`,
      );
    case 'BAD_DQ_ESCAPE': {
      const sequence = /^\\(?:x[0-9a-fA-F]{0,2}|u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|.)?/.exec(
        text.slice(start, start + 12),
      );
      return fault(
        { start, end: start + Math.max(1, sequence?.[0].length ?? 1) },
        'This is no escape a double-quoted text knows. Use single quotes if the backslash is meant as it is.',
      );
    }
    case 'UNEXPECTED_TOKEN':
      return unexpected(text, start);
    case 'KEY_OVER_1024_CHARS':
      return fault(wordAt(text, start), 'A key has at most 1024 characters. If this is a text, put it in quotes.');
    default:
      return fault(
        wordAt(text, start),
        `This is not valid YAML: ${error.message.replace(/\.?$/, '.')} Correct it here.`,
      );
  }
}

function fault(range: Range, message: string, patch: readonly TextEdit[] = [], fixes: readonly Fix[] = []): Fault {
  return { range, message, patch, fixes };
}

function tabs(text: string, start: number): Fault {
  const length = /^\t*/.exec(text.slice(start, start + 1000))?.[0].length ?? 0;
  const range = { start, end: start + Math.max(1, length) };
  const edits = [{ range, newText: '  '.repeat(range.end - range.start) }];
  const from = lineStart(text, start);
  const blanks = /^[ \t]*/.exec(text.slice(from, lineEnd(text, start)))?.[0].length ?? 0;
  const patch = [replace(from, from + blanks, ' '.repeat(columnMeant(text, from)))];
  return fault(range, 'Tabs cannot indent YAML: how wide one is, is a matter of taste. Use spaces.', patch, [
    { title: 'Replace tabs by two spaces each', edits, safe: true },
  ]);
}

/** Where a line most likely belongs, by the lines around it: below a key that has no value yet, else beside the one above. */
function columnMeant(text: string, from: number): number {
  const above = previousContent(text, from);
  if (!above) return 0;
  const line = text.slice(above.start, lineEnd(text, above.start));
  if (line[contentEnd(line) - 1] !== ':') return above.content;
  const next = nextContent(text, lineEnd(text, from));
  return next && next.column > above.content ? next.column : above.content + 2;
}

function missingCharacter(text: string, start: number, message: string, tokens: Tokens): Fault {
  if (/closing ["']/.test(message)) return openQuote(text, start, tokens);
  if (/\bmap keys? needs?\b/.test(message)) return noColon(text, start);
  if (/without - indicator/.test(message)) return wrongIndent(text, start);
  if (/end with|must end|expected .* to end/i.test(message)) return openBracket(text, start, tokens);
  return fault(wordAt(text, start), 'A comma is missing before this. Separate the items in brackets by commas.');
}

function openQuote(text: string, before: number, tokens: Tokens): Fault {
  const start = last(tokens.openQuotes, before) ?? Math.max(0, before - 1);
  const quote = text[start] ?? '"';
  const line = text.slice(start + 1, lineEnd(text, start));
  const inBrackets = openBefore(text, start) && /[\]}]\s*$/.test(line) ? line.search(/[,\]}]/) : -1;
  const end = start + 1 + (inBrackets >= 0 ? inBrackets : line.trimEnd().length);
  // A lone quote is the start of a text still to come: not an empty one.
  const patch = end === start + 1 ? replace(start, end, '_') : insert(end, quote);
  return fault({ start, end: start + 1 }, `This quote (${quote}) is never closed. Close it at the end of the value.`, [
    patch,
  ]);
}

function openBracket(text: string, before: number, tokens: Tokens): Fault {
  const start = last(tokens.openBrackets, before);
  if (text[before] === ']' || text[before] === '}') return unexpected(text, before);
  if (start === undefined) {
    return fault(
      wordAt(text, before),
      'A line inside brackets must be indented more than the key the brackets belong to. Indent it.',
    );
  }
  const closer = text[start] === '[' ? ']' : '}';
  let end = Math.min(before, text.length);
  while (end > start + 1) {
    const from = Math.max(lineStart(text, end - 1), start);
    const content = contentEnd(text.slice(from, end));
    if (content > 0) {
      end = from + content;
      break;
    }
    end = from;
  }
  return fault({ start, end: start + 1 }, `This "${text[start] ?? ''}" is never closed. Close it with "${closer}".`, [
    insert(Math.max(end, start + 1), closer),
  ]);
}

/** A line that stands left or right of the lines it belongs with. */
function wrongIndent(text: string, at: number): Fault {
  const from = lineStart(text, at);
  const line = text.slice(from, lineEnd(text, at));
  const column = line.length - line.trimStart().length;
  const word = wordAt(text, from + column);
  const message =
    'This line is indented differently from the lines it belongs with. Give all keys of a map, and all items of a list, the same indentation.';
  if (isLoneWord(line)) return fault(word, COLON_MISSING, [blank(text, from + column, lineEnd(text, at))]);
  const above = previousContent(text, from);
  const missing = above === undefined ? 0 : above.content - column;
  const wanted = missing > 0 ? missing : above === undefined ? 0 : above.column - column;
  if (wanted <= 0) return fault(word, message);
  // Lines below that stand where this one is to stand are beside it and stay; deeper ones are in it and go along.
  const next = nextContent(text, lineEnd(text, at));
  const moved = next && next.column === column + wanted ? [from] : blockFrom(text, from);
  return fault(
    word,
    message,
    moved.map((start) => insert(start, ' '.repeat(wanted))),
  );
}

/** A line below `key: value` that is indented deeper, as only a line below `key:` may be. */
function tooDeep(text: string, at: number): Fault {
  const next = nextContent(text, lineEnd(text, at));
  const above = previousContent(text, next?.start ?? 0);
  if (!next || !above) return noColon(text, at);
  const surplus = next.column - above.content;
  return fault(
    wordAt(text, next.start + next.column),
    'This line is indented deeper than the one above, which has a value already. Give the keys of one map the same indentation.',
    surplus > 0 ? blockFrom(text, next.start).map((start) => replace(start, start + surplus, '')) : [],
  );
}

function twoColons(text: string, start: number): Fault {
  const end = lineEnd(text, start);
  const value = text.slice(start, end);
  const body = value.slice(0, contentEnd(value));
  const quote = body.includes("'") ? (/["\\]/.test(body) ? undefined : '"') : "'";
  const edits = quote ? [insert(start, quote), insert(start + body.length, quote)] : [blank(text, start, end)];
  return fault(
    wordAt(text, start),
    'There are two ": " on this line. Put a text that contains ": " in quotes.',
    edits,
    quote ? [{ title: 'Put the value in quotes', edits, safe: false }] : [],
  );
}

const COLON_MISSING = 'A colon is missing after this key. Write "key: value".';

function noColon(text: string, start: number): Fault {
  const end = lineEnd(text, start);
  const line = text.slice(start, end);
  const content = line.slice(0, contentEnd(line));
  const range = { start, end: start + Math.max(1, content.length) };
  const tight = /^[\w-]+:(?=[^\s:/])/.exec(content);
  if (tight) {
    const edits = [insert(start + tight[0].length, ' ')];
    const message = 'A space is missing after the colon. Write "key: value".';
    return fault(range, message, edits, [{ title: 'Add a space', edits, safe: true }]);
  }
  const next = nextContent(text, end);
  const column = start - lineStart(text, start);
  const holds = next && (next.column > column || (next.column === column && next.isItem));
  if (holds && /^[\w."'-]+$/.test(content)) {
    const edits = [insert(start + content.length, ':')];
    return fault(range, COLON_MISSING, edits, [{ title: 'Add a colon', edits, safe: true }]);
  }
  return fault(range, COLON_MISSING, [blank(text, start, end)]);
}

function unexpected(text: string, start: number): Fault {
  const here = text[start] ?? '';
  const end = lineEnd(text, start);
  if (here === ']' || here === '}') {
    const edits = [replace(start, start + 1, '')];
    return fault({ start, end: start + 1 }, `This "${here}" closes nothing. Remove it, or open it before.`, edits);
  }
  const open = here === '{' ? text.lastIndexOf('${{', start) : -1;
  if (open >= 0 && open >= start - 2) {
    const close = text.slice(open, end).indexOf('}}');
    const stop = close < 0 ? end : open + close + 2;
    const quote = text.slice(open, stop).includes('"') ? "'" : '"';
    const edits = [insert(open, quote), insert(stop, quote)];
    return fault(
      { start: open, end: stop },
      'In brackets a "${{ }}" must be in quotes: its braces would be read as a map.',
      edits,
      [{ title: 'Put it in quotes', edits, safe: true }],
    );
  }
  const strayed = beforeFirstKey(text, start);
  if (strayed) return strayed;
  const rest = text.slice(start, end);
  const brackets = openBefore(text, start) ? rest.search(/[,\]}]/) : -1;
  const stop = brackets > 0 ? start + brackets : end;
  const patch = [blank(text, start, stop)];
  if (here === '-' && /^-\s/.test(rest)) {
    return fault(
      { start, end: start + 1 },
      'A list cannot start on the line of its key. Put each "- " on a line of its own, or write [a, b].',
      patch,
    );
  }
  return fault(
    wordAt(text, start),
    'This stands after the end of a value. Put the whole value in quotes, or remove this.',
    patch,
  );
}

/** Lines that may stand before the first key and still be what is wrong, and not the key. */
const MOST_STRAY = 2;

/** What stands before the first key of a file: with it the file is no map, and every line of it would be wrong. */
function beforeFirstKey(text: string, start: number): Fault | undefined {
  const isKey = (at: number): boolean => /^[\w.-]+:(?:\s|$)/.test(text.slice(at, lineEnd(text, at)));
  if (start !== lineStart(text, start) || !isKey(start)) return undefined;
  const stray: number[] = [];
  for (let line = firstContent(text); line && line.start < start; line = nextContent(text, lineEnd(text, line.start))) {
    if (line.column > 0 || stray.length === MOST_STRAY || isKey(line.start)) return undefined;
    stray.push(line.start);
  }
  const [first] = stray;
  if (first === undefined) return undefined;
  const content = text.slice(first, lineEnd(text, first));
  const word = content.slice(0, contentEnd(content));
  const message = /^[\w .-]*\w$/.test(word)
    ? COLON_MISSING
    : 'This stands before the first key, and a file of ours is keys with their values. Remove it, or write "key: value".';
  return fault(
    { start: first, end: first + Math.max(1, word.length) },
    message,
    stray.map((at) => blank(text, at, lineEnd(text, at))),
  );
}

/** The word that starts at `start`, at least one character, within its line. */
function wordAt(text: string, start: number): Range {
  if (start >= text.length) return { start: Math.max(0, text.length - 1), end: Math.max(1, text.length) };
  const stop = /[\s,[\]{}#]|:(?=\s|$)|$/.exec(text.slice(start, start + 120))?.index ?? 0;
  return { start, end: Math.min(start + Math.max(1, stop), text.length) };
}

/** A word half typed, where a key should be. */
function isLoneWord(line: string): boolean {
  return /^\s*[\w.-]+\s*(#.*)?$/.test(line) && !/^\s*-(\s|$)/.test(line);
}

/** Whether a bracket is open before a place on its line. */
function openBefore(text: string, at: number): boolean {
  const before = text.slice(lineStart(text, at), at);
  return (before.match(/[[{]/g)?.length ?? 0) > (before.match(/[\]}]/g)?.length ?? 0);
}

function last(places: readonly number[], before: number): number | undefined {
  return places.findLast((place) => place < before) ?? places[0];
}

function insert(at: number, newText: string): TextEdit {
  return { range: { start: at, end: at }, newText };
}

function replace(start: number, end: number, newText: string): TextEdit {
  return { range: { start, end }, newText };
}

function blank(text: string, start: number, end: number): TextEdit {
  const stop = Math.max(start, end);
  return replace(start, stop, ' '.repeat(text.slice(start, stop).length));
}
