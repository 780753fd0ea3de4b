import { durationText } from '../authority/cell-facts.js';
import { parseDuration } from '../model/read.js';

const UNITS = { ms: 'millisecond', s: 'second', m: 'minute', h: 'hour', d: 'day' } as const;
const PARTS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
] as const;

/** A duration as written (`90m`) in plain words: `90 minutes (1 hour 30 minutes)`; `undefined` when it is none. */
export function durationWords(text: string): string | undefined {
  const ms = parseDuration(text);
  const [, number = '', unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (ms === undefined || (unit !== 'ms' && unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd'))
    return undefined;
  const written = counted(Number(number), UNITS[unit]);
  const parts: string[] = [];
  let rest = ms;
  for (const [name, size] of PARTS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(counted(count, name));
  }
  const long = parts.join(' ');
  return long === written ? written : `${written} (${long})`;
}

/** Milliseconds in plain words: `15 minutes`. */
export function durationWordsOf(ms: number): string {
  const text = durationText(ms);
  return durationWords(text) ?? text;
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
