import type { YAMLError } from 'yaml';
import type { Fix } from '../problem.js';
import type { LineIndex } from './lines.js';
import type { Range } from './tree.js';

/** A YAML fault as a person can act on it. */
export interface SyntaxExplanation {
  readonly range: Range;
  readonly message: string;
  readonly fixes: readonly Fix[];
}

/** Says what is wrong at an error of the YAML reader, at the word where a person would mend it. */
export function explainSyntax(
  text: string,
  lines: LineIndex,
  error: Pick<YAMLError, 'code' | 'pos' | 'message'>,
): SyntaxExplanation {
  const start = Math.min(error.pos[0], text.length);
  const range = wordAt(text, start, Math.max(error.pos[1], start));
  const say = (message: string, where: Range = range, fixes: readonly Fix[] = []): SyntaxExplanation => ({
    range: where,
    message,
    fixes,
  });
  switch (error.code) {
    case 'TAB_AS_INDENT': {
      const run = /^\t+/.exec(text.slice(start));
      const where = { start, end: start + (run?.[0].length ?? 1) };
      return say('Tabs cannot indent YAML: how wide one is, is a matter of taste. Use spaces.', where, [
        {
          title: 'Replace tabs by two spaces each',
          edits: [{ range: where, newText: '  '.repeat(where.end - where.start) }],
          safe: true,
        },
      ]);
    }
    case 'MISSING_CHAR': {
      const quote = /closing (["'])/.exec(error.message)?.[1];
      if (quote) {
        const opening = openingQuote(text, start, quote);
        return say(`This quote (${quote}) is never closed. Close it at the end of the value.`, {
          start: opening,
          end: opening + 1,
        });
      }
      const bracket = /with a? ?([\]}])|([\]}])/.exec(error.message);
      return say(`A closing ${bracket?.[1] ?? bracket?.[2] ?? 'bracket'} or a comma is missing here.`);
    }
    case 'BAD_INDENT':
      return /Flow/.test(error.message)
        ? say('A list "[" or map "{" above is not closed before this line. Close it with "]" or "}".')
        : say(
            'This line is indented differently from the lines it belongs with. Give all keys of a map, and all items of a list, the same indentation.',
          );
    case 'BLOCK_AS_IMPLICIT_KEY':
      return say('There are two ": " on this line. Put a text that contains ": " in quotes.');
    case 'MULTILINE_IMPLICIT_KEY': {
      const line = lines.positionAt(start).line;
      const { start: from, end } = lines.lineRange(line);
      const indent = /^[\s-]*/.exec(text.slice(from, end))?.[0].length ?? 0;
      return say('A colon is missing after this key. Write "key: value".', { start: from + indent, end });
    }
    case 'BAD_SCALAR_START':
      return say(`A value cannot start with "${text[start] ?? ''}" unless it is in quotes.`, { start, end: start + 1 });
    case 'BAD_DQ_ESCAPE':
      return say('This is no escape a double-quoted text knows. Use single quotes if the backslash is meant as it is.');
    default:
      return say(
        /colon/i.test(error.message) || error.code === 'KEY_OVER_1024_CHARS'
          ? 'A colon is missing after this key. Write "key: value".'
          : `This is not valid YAML: ${error.message.replace(/\.?$/, '.')}`,
      );
  }
}

/** The word that starts or stands at `start`, at least one character, within its line. */
function wordAt(text: string, start: number, end: number): Range {
  const stop = /[\s,[\]{}#]|$/.exec(text.slice(start, start + 120))?.index ?? 0;
  const last = Math.max(start + Math.max(1, stop), Math.min(end, start + 1));
  if (start >= text.length) return { start: Math.max(0, text.length - 1), end: Math.max(1, text.length) };
  return { start, end: Math.min(last, text.length) };
}

/** Where the unclosed quote opens: the nearest one before that starts a value. */
function openingQuote(text: string, before: number, quote: string): number {
  for (let at = text.lastIndexOf(quote, before - 1); at >= 0; at = text.lastIndexOf(quote, at - 1)) {
    if (at === 0 || /[\s,[{:-]/.test(text[at - 1] ?? '')) return at;
    if (at === 0) break;
  }
  return Math.max(0, before - 1);
}
