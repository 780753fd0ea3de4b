import type { ClientCapabilities, Position as LspPosition, Range as LspRange } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range } from '../language/syntax/tree.js';

// Everything between offsets, UTF-16 code units as JavaScript and `language` count, and positions as the client counts
// them. Nothing else in the server converts: documents (document.ts) and the ranges of features come here.

/** What the characters of a position are: bytes of UTF-8, UTF-16 code units, or code points. */
export type Encoding = (typeof ENCODINGS)[number];

const ENCODINGS = ['utf-8', 'utf-16', 'utf-32'] as const;

/** The first of the encodings a client offers that there is here; UTF-16, as the LSP has it, where it offers none. */
export function encodingFor(capabilities: ClientCapabilities): Encoding {
  for (const offered of capabilities.general?.positionEncodings ?? []) {
    const known = ENCODINGS.find((encoding) => encoding === offered);
    if (known) return known;
  }
  return 'utf-16';
}

/** Offsets to an LSP range, zero-based lines and characters in the encoding of the document. */
export function toLspRange(document: TextDocument, range: Range): LspRange {
  return { start: document.positionAt(range.start), end: document.positionAt(range.end) };
}

export function fromLspRange(document: TextDocument, range: LspRange): Range {
  return { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
}

export function toLspPosition(document: TextDocument, offset: number): LspPosition {
  return document.positionAt(offset);
}

export function fromLspPosition(document: TextDocument, position: LspPosition): number {
  return document.offsetAt(position);
}

/** How many characters of an encoding lie between two offsets. A lone surrogate counts as the U+FFFD it is sent as. */
export function charactersBetween(text: string, start: number, end: number, encoding: Encoding): number {
  if (encoding === 'utf-16') return end - start;
  let count = 0;
  for (let at = start; at < end; at += unitsAt(text, at)) count += charactersAt(text, at, encoding);
  return count;
}

/** The offset so many characters of an encoding behind `start`, at most `end`; the start of a character it falls into. */
export function offsetAfter(text: string, start: number, end: number, characters: number, encoding: Encoding): number {
  if (encoding === 'utf-16') return Math.min(start + Math.max(0, characters), end);
  let left = characters;
  let at = start;
  while (at < end) {
    left -= charactersAt(text, at, encoding);
    if (left < 0) break;
    at += unitsAt(text, at);
  }
  return Math.min(at, end);
}

/** The UTF-16 code units of the code point at an offset. */
function unitsAt(text: string, at: number): 1 | 2 {
  return isPair(text, at) ? 2 : 1;
}

function charactersAt(text: string, at: number, encoding: 'utf-8' | 'utf-32'): number {
  if (encoding === 'utf-32') return 1;
  const code = text.charCodeAt(at);
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return isPair(text, at) ? 4 : 3;
}

function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}
