/**
 * How many members the objects in JSON text have, names given twice counted twice; -1 where a text may have been written otherwise
 * than RFC 8785 does: with a blank outside a string, a backslash, a name that begins with a digit, or a number in another form than JavaScript gives it.
 * With
 * as many members as its value has, and those in order, such a text is the canonical one, and nothing need be written anew.
 *
 * @param bytes UTF-8 that `JSON.parse` took
 */
export function membersInPlainText(bytes: Uint8Array): number {
  const { length } = bytes;
  let members = 0;
  for (let at = 0; at < length; ) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      const first = bytes[at + 1] ?? 0;
      for (at++; bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH || at >= length) return -1;
      at++;
      // In a value such a name comes first, wherever the text has it.
      if (isDigit(first) && bytes[at] === COLON) return -1;
    } else if (byte === COLON) {
      members++;
      at++;
    } else if (byte === COMMA || byte === OPEN_MAP || byte === CLOSE_MAP || byte === OPEN_LIST || byte === CLOSE_LIST) {
      at++;
    } else if (byte === MINUS || isDigit(byte)) {
      const end = numberEnd(bytes, at);
      if (!isPlainNumber(bytes, at, end)) return -1;
      at = end;
    } else if (byte >= LETTER_A && byte <= LETTER_Z) {
      // Of true, false and null.
      at++;
    } else return -1;
  }
  return members;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const LETTER_A = 0x61;
const LETTER_E = 0x65;
const LETTER_Z = 0x7a;

/** Every decimal of so many digits is told from all others by its double. */
const SAFE_DIGITS = 15;
/** JavaScript writes no number longer: "-1.2345678901234567e-300". */
const MOST_CHARACTERS = 25;

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function numberEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    // "E" ends it, and is nothing that may stand there: JavaScript writes "e".
    if (!isDigit(byte) && byte !== DOT && byte !== LETTER_E && byte !== PLUS && byte !== MINUS) return at;
  }
  return bytes.length;
}

/**
 * Whether a number that JSON.parse took is written as JavaScript writes it. A decimal of up to 15 digits is the only one of so few
 * that its double has, so it is what JavaScript writes, but for zeros at its end and where it writes an exponent.
 */
function isPlainNumber(bytes: Uint8Array, from: number, to: number): boolean {
  let dot = -1;
  let plain = to - from <= SAFE_DIGITS;
  for (let at = from; plain && at < to; at++) {
    if (bytes[at] === DOT) dot = at;
    else plain = isDigit(bytes[at] ?? 0);
  }
  if (plain && dot < 0) return true;
  if (plain && bytes[to - 1] !== ZERO && (bytes[from] !== ZERO || bytes[dot + 1] !== ZERO)) return true;
  const text = String.fromCharCode(...bytes.subarray(from, Math.min(to, from + MOST_CHARACTERS)));
  return to - from <= MOST_CHARACTERS && String(Number(text)) === text;
}
