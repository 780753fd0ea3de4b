import type { Json } from '../../../runner/protocol/trace.js';

/**
 * Text as a person must see it: control, format and bidirectional characters, lone surrogates and unusual separators
 * become `⟨U+202E⟩`. Line feed and tab stay in `block` text and become signs in a single line. What an attacker hides in a
 * log line is then read by whoever approves on it.
 */
export function visible(text: string, layout: 'line' | 'block' = 'line'): string {
  return text.replace(HIDDEN, (character) => {
    if (layout === 'block' && (character === '\n' || character === '\t')) return character;
    if (character === '\n') return '⏎';
    if (character === '\t') return '⇥';
    return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** One line of at most `length` units, never split inside a character. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/**
 * Controls, formats (bidirectional marks, zero width, tags), line and paragraph separators, surrogates without a partner,
 * spaces that are not the space, and fillers and variation selectors that are drawn as nothing.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u00A0\u115F\u1160\u1680\u2000-\u200A\u202F\u205F\u2800\u3000\u3164\uFFA0]|[\u17B4\u17B5]|[\u180B-\u180F]|[\uFE00-\uFE0E]/gu;

/** A value as JSON that a person may edit: what would not be seen is written as `\u202e`, which means the same. */
export function editableJson(value: Json): string {
  return JSON.stringify(value, null, 2).replace(HIDDEN, (character) =>
    // Between the values, where it is no part of them.
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
