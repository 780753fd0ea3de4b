import type { TraceLine } from '../protocol/trace.js';
import { reveal } from './personal.js';
import { readPersonal } from './personal-file.js';
import { isTraceLine } from './shape.js';
import { sideFiles } from './side-files.js';

/** A line with the values for its tokens, as far as they are known: a map of token to value. */
export function revealLine(line: TraceLine, values: ReadonlyMap<string, string>): TraceLine {
  if (values.size === 0) return line;
  const shown: unknown = { ...line, data: reveal(line.event, JSON.parse(JSON.stringify(line.data)), values) };
  return isTraceLine(shown) ? shown : line;
}

/** What the tokens of a trace stand for, as far as that was not erased. */
export function knownValues(trace: string): ReadonlyMap<string, string> {
  const read = readPersonal(sideFiles(trace).personal);
  return new Map(read.ok ? read.data.entries.map(({ token, value }) => [token, value]) : []);
}
