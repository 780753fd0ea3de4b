import type { Json, Message, ModelRequest } from '../port.js';
import { type Reading, readResult } from './signals.js';

export type Level = 'malicious' | 'suspicious' | 'benign' | 'unknown';

/** What all the tools said, taken together by counting. */
export interface Findings {
  readonly level: Level;
  /** How sure the counting is, 0 to 1. */
  readonly confidence: number;
  /** In plain words, at most a few hundred characters. */
  readonly summary: string;
  /** One sentence for each answer that stood out. */
  readonly notable: readonly string[];
  readonly flagged: ReadonlySet<string>;
  readonly flags: ReadonlySet<string>;
}

export function findingsOf(messages: readonly Message[], entities: ModelRequest['entities']): Findings {
  const asked = new Map<string, Json>();
  const readings: Reading[] = [];
  for (const message of messages) {
    if (message.role === 'assistant') for (const call of message.calls) asked.set(call.id, call.arguments);
    if (message.role !== 'tool') continue;
    for (const result of message.results) {
      readings.push(readResult(result.tool, result.ok, asked.get(result.call) ?? null, result.content, entities));
    }
  }
  const count = (weight: Reading['weight']) =>
    readings.filter((reading) => reading.ok && reading.weight === weight).length;
  const counts = { bad: count('bad'), suspicious: count('suspicious'), good: count('good') };
  const failed = readings.filter((reading) => !reading.ok).length;
  const level = levelOf(counts);
  const notable = readings
    .filter((reading) => reading.weight === 'bad' || reading.weight === 'suspicious')
    .map((reading) => `${reading.tool}: ${reading.notes.join(', ')}`);
  return {
    level,
    confidence: confidenceOf(level, counts, failed),
    summary: summaryOf(level, readings, notable),
    notable,
    flagged: new Set(readings.flatMap((reading) => [...reading.flagged])),
    flags: new Set(readings.flatMap((reading) => [...reading.flags])),
  };
}

interface Counts {
  readonly bad: number;
  readonly suspicious: number;
  readonly good: number;
}

function levelOf({ bad, suspicious, good }: Counts): Level {
  if (bad >= 2 || (bad === 1 && (good === 0 || suspicious >= 1))) return 'malicious';
  if (bad + suspicious > 0) return 'suspicious';
  return good > 0 ? 'benign' : 'unknown';
}

function confidenceOf(level: Level, { bad, suspicious, good }: Counts, failed: number): number {
  const agreeing = { malicious: bad + suspicious, suspicious: 0, benign: good, unknown: 0 }[level];
  const base = { malicious: 0.7, suspicious: 0.5, benign: 0.7, unknown: 0.2 }[level];
  const sure = Math.min(0.95, base + 0.1 * agreeing) - 0.1 * failed;
  return Math.round(Math.max(0.1, sure) * 100) / 100;
}

function summaryOf(level: Level, readings: readonly Reading[], notable: readonly string[]): string {
  const times = new Map<string, number>();
  for (const { tool } of readings) times.set(tool, (times.get(tool) ?? 0) + 1);
  const asked = [...times].map(([tool, n]) => (n === 1 ? tool : `${tool} (${n} times)`)).join(', ');
  const silent = [...new Set(readings.filter((reading) => !reading.ok).map((reading) => reading.tool))];
  return [
    'Rehearsal, not AI.',
    asked === '' ? 'No tool could be asked with what the alert names.' : `Asked ${asked}.`,
    silent.length > 0 ? `No answer from ${silent.join(', ')}.` : '',
    notable.length > 0 ? `What stood out: ${notable.slice(0, 6).join('; ')}.` : 'Nothing stood out.',
    `Counting what they said: ${level}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
