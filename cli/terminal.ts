import { visible } from '../language/visible.js';

/** Where a command writes, and how. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Progress and what went wrong. */
  err(text: string): void;
  readonly paint: Paint;
  /** Whether `err` is a screen on which a line may be written over. */
  readonly live: boolean;
}

export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold';
export type Paint = (colour: Colour, text: string) => string;

const CODES: { readonly [C in Colour]: readonly [number, number] } = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export function painter(colours: boolean): Paint {
  return colours
    ? (colour, text) => `\u001b[${CODES[colour][0]}m${text}\u001b[${CODES[colour][1]}m`
    : (_, text) => text;
}

/** Text from alerts, tools and files for one line of a terminal: it can neither move the cursor nor change the reading order. */
export function plain(text: string): string {
  return visible(text).replace(/\n/g, ' ⏎ ').replace(/\t/g, ' ');
}

/** A count with its noun: `1 error`, `3 errors`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** What to say of an exception, which is always a fault of ours. */
export function faultWords(error: unknown): string {
  const what = error instanceof Error ? error.message : String(error);
  return `A fault inside Countersign: ${plain(what)}. Please report it.\n`;
}
