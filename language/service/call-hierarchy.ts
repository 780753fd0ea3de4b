import type { Range } from '../syntax/tree.js';
import type { CallSite, NamedFile } from './named-file.js';
import { nameAt } from './occurrence.js';
import type { World } from './world.js';

/** The calls between two playbooks: `ranges` are the paths at the `call` steps of the one that calls. */
export interface Calls {
  readonly other: NamedFile;
  readonly ranges: readonly Range[];
}

/** The playbook whose calls are asked for: this one at its id, the called one anywhere in the head of a `call` step. */
export function callTargetAt(file: NamedFile, offset: number, world: World): NamedFile | undefined {
  if (file.kind !== 'playbook') return undefined;
  const found = nameAt(file.occurrences, offset);
  if (found?.kind === 'playbook' && found.declares) return file;
  // Steps around the cursor begin one in the other: the last is the innermost.
  const call = file.calls.findLast(({ range }) => range.start <= offset && offset <= range.end);
  const callee = call && isHead(call, file, offset) ? world.file(call.uri) : undefined;
  return callee?.kind === 'playbook' ? callee : undefined;
}

/** Whether an offset is at the id of a call or at what it calls. */
function isHead({ step, target }: CallSite, { lines }: NamedFile, offset: number): boolean {
  const line = lines.positionAt(offset).line;
  return [step.range, target.range].some(
    ({ start, end }) => lines.positionAt(start).line <= line && line <= lines.positionAt(end).line,
  );
}

/** The playbooks that a playbook calls, in the order of their first calls. */
export function outgoingCalls(file: NamedFile, world: World): Calls[] {
  const byUri = new Map<string, CallSite[]>();
  for (const call of file.calls) {
    const key = world.key(call.uri);
    byUri.set(key, [...(byUri.get(key) ?? []), call]);
  }
  return [...byUri.values()].flatMap((calls) => {
    const other = calls[0] && world.file(calls[0].uri);
    return other?.kind === 'playbook' ? [{ other, ranges: calls.map(({ target }) => target.range) }] : [];
  });
}

/** The playbooks of the world that call a playbook. */
export function incomingCalls(file: NamedFile, world: World): Calls[] {
  const key = world.key(file.uri);
  return world.files.flatMap((other) => {
    const ranges = other.calls.filter(({ uri }) => world.key(uri) === key).map(({ target }) => target.range);
    return ranges.length > 0 ? [{ other, ranges }] : [];
  });
}
