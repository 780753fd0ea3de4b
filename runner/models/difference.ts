import type { Json } from '../protocol/trace.js';
import { isJsonObject } from '../trace/json-object.js';

/** Where two values differ first. `path` is as in code: `messages[2].text`; empty for the whole. */
export interface Difference {
  readonly path: string;
  /** Short, for a person; "nothing" where there is no value. */
  readonly wanted: string;
  readonly found: string;
}

/** Everything two values differ in, in the order of their members' names. */
export function* differences(wanted: Json | undefined, found: Json | undefined, path = ''): Generator<Difference> {
  if (wanted === found) return;
  if (Array.isArray(wanted) && Array.isArray(found)) {
    for (let i = 0; i < Math.max(wanted.length, found.length); i++) {
      yield* differences(wanted[i], found[i], `${path}[${i}]`);
    }
    return;
  }
  if (isJsonObject(wanted) && isJsonObject(found)) {
    const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])].sort();
    for (const name of names) {
      yield* differences(wanted[name], found[name], path === '' ? name : `${path}.${name}`);
    }
    return;
  }
  const from = typeof wanted === 'string' && typeof found === 'string' ? partingOf(wanted, found) : 0;
  yield { path, wanted: excerpt(wanted, from), found: excerpt(found, from) };
}

/** How many characters two texts have in common at their start. */
function partingOf(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

/** A value in a message, from a little before `from`. */
function excerpt(value: Json | undefined, from: number): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const start = Math.max(0, from - 20);
  const piece = text.slice(start, start + 80);
  const quoted = typeof value === 'string' ? JSON.stringify(piece) : piece;
  return `${start > 0 ? '…' : ''}${quoted}${start + 80 < text.length ? '…' : ''}`;
}
