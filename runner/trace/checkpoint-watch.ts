import type { CheckpointsFound, TraceLine } from '../protocol/trace.js';
import { isCheckpointed, readCheckpoints } from './checkpoint.js';
import { type MerkleTree, merkleTree } from './merkle.js';
import { type PublicKey, publicKeyFrom, shownKey } from './note.js';

/** What is known of the checkpoints of a trace before it is read. */
export interface CheckpointInputs {
  /** The text of the file beside the trace; `undefined` when there is none. */
  readonly beside: string | undefined;
  /** The text of a file that was kept elsewhere. It may have those of other traces too. */
  readonly outside?: string | undefined;
  /** The key that whoever checks knows; else the one that the trace names. */
  readonly key?: PublicKey | undefined;
}

export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

/** Compares the lines of a trace with its checkpoints while they are read. */
export interface CheckpointWatch {
  /** Takes the next good line; says from which line on they are not those that were signed, if so. */
  add(line: TraceLine, bytes: Uint8Array): BadLine | undefined;
  /** Whether a checkpoint that covers the last line is yet to come. */
  readonly waiting: boolean;
  /** `closed`: the lines go to the end of the run. `broken`: there was a bad line, and nothing behind it was looked at. */
  end(closed: boolean, broken: boolean): { readonly found: CheckpointsFound; readonly bad: BadLine | undefined };
}

interface Expected {
  readonly size: number;
  readonly root: string;
  readonly outside: boolean;
}

/** Problems of one kind that are told one by one. */
const TOLD = 5;

export function watchCheckpoints(inputs: CheckpointInputs): CheckpointWatch {
  const tree: MerkleTree = merkleTree();
  const problems: string[] = [];
  let announced: { readonly key: string; readonly every: number } | undefined;
  let key: PublicKey | undefined;
  let expected: readonly Expected[] = [];
  let next = 0;
  const missing: number[] = [];
  const confirmed = { beside: { confirmed: 0, upTo: 0 }, outside: { confirmed: 0, upTo: 0 } };
  const upTo = (): number => Math.max(confirmed.beside.upTo, confirmed.outside.upTo);

  const begin = (line: TraceLine): void => {
    if (line.event !== 'run.opened') return;
    announced = line.data.checkpoints;
    const named = announced && publicKeyFrom(announced.key);
    if (announced && !named) problems.push('The trace names a key for its checkpoints that is none.');
    key = inputs.key ?? named;
    const beside = besideOf(inputs, named, problems);
    const sorted: Expected[] = [];
    if (key && beside !== undefined) {
      const read = readCheckpoints(beside, key, line.run);
      tell(
        problems,
        read.flatMap((one) => (one.ok ? [] : [`${one.reason} It is in the file beside the trace.`])),
      );
      for (const one of read) if (one.ok) sorted.push({ ...one.checkpoint, outside: false });
    }
    if (inputs.outside !== undefined) {
      const read = key ? readCheckpoints(inputs.outside, key, line.run) : [];
      const good = read.flatMap((one) => (one.ok ? [one.checkpoint] : []));
      for (const one of good) sorted.push({ ...one, outside: true });
      if (!key)
        problems.push(
          'The checkpoints that were given say nothing without a key: the trace names none. Give it with --key.',
        );
      else if (good.length === 0) {
        problems.push(`None of the checkpoints that were given is of this trace and signed by ${shown(key)}.`);
        tell(
          problems,
          read.flatMap((one) => (one.ok ? [] : [`${one.reason} It is among those that were given.`])),
        );
      }
    }
    expected = sorted.sort((a, b) => a.size - b.size);
  };

  return {
    add(line, bytes) {
      if (tree.size === 0) begin(line);
      if (!announced && expected.length === 0) {
        return undefined;
      }
      tree.add(bytes);
      const size = tree.size;
      let isThere = false;
      let root: string | undefined;
      for (let one = expected[next]; one && one.size <= size; one = expected[next]) {
        root ??= tree.root().toString('base64');
        if (one.root !== root) {
          // What only the file beside confirms, whoever has the key may have signed anew.
          const from = (one.outside ? confirmed.outside.upTo : upTo()) + 1;
          const which = one.outside ? 'a checkpoint that was given' : 'the checkpoint beside the trace';
          return {
            line: from,
            reason: `${linesOf(from, size)} not what was signed: ${which} has another root for ${count(size)}.`,
          };
        }
        const side = one.outside ? confirmed.outside : confirmed.beside;
        side.confirmed += 1;
        side.upTo = size;
        isThere ||= !one.outside;
        next += 1;
      }
      if (announced && !isThere && isCheckpointed(line.event, size, announced.every)) missing.push(size);
      return undefined;
    },
    get waiting() {
      return next < expected.length;
    },
    end(closed, broken) {
      const lines = tree.size;
      const beyond = broken ? undefined : expected.find((one) => one.size > lines);
      // A crash may come between a line and its checkpoint.
      const lacking = missing.filter((size) => closed || size < lines);
      if (announced && lacking.length > 0 && !mismatched(inputs.key, announced.key)) {
        problems.push(lackProblem(lacking, announced.key, inputs.beside === undefined));
      }
      return {
        bad: beyond && {
          line: lines + 1,
          reason: `The trace was cut off: a checkpoint signed by ${key ? shown(key) : 'its key'} says that it had ${count(beyond.size)}.`,
        },
        found: {
          announced: announced?.key ?? null,
          key: key?.vkey ?? null,
          keyGiven: inputs.key !== undefined,
          ...confirmed.beside,
          outside: inputs.outside === undefined ? null : confirmed.outside,
          problems,
        },
      };
    },
  };
}

/** The text of the file beside the trace, where its notes count. */
function besideOf(inputs: CheckpointInputs, named: PublicKey | undefined, problems: string[]): string | undefined {
  const { beside, key } = inputs;
  if (!named) {
    if (beside !== undefined)
      problems.push('There are checkpoints beside the trace, but it does not say that there would be.');
    if (key && inputs.outside === undefined) {
      problems.push(`The trace has no checkpoints, so nothing of it is signed by ${shown(key)}.`);
    }
    return undefined;
  }
  if (mismatched(key, named.vkey)) {
    problems.push(
      `The trace says that ${shown(named)} signs its checkpoints, not ${key ? shown(key) : ''}, which was given.`,
    );
    return undefined;
  }
  return beside;
}

function mismatched(given: PublicKey | undefined, announced: string): boolean {
  return given !== undefined && given.vkey !== announced;
}

function lackProblem(sizes: readonly number[], key: string, none: boolean): string {
  const [first = 0] = sizes;
  const who = shownKey(key);
  if (none) {
    return `The trace says that ${who} signs checkpoints of it, and there are none: the file beside it is missing. If it was not copied along, put it back; else somebody removed it.`;
  }
  const which =
    sizes.length === 1 ? `the one after line ${first} is` : `${sizes.length} are, the first after line ${first},`;
  return `The trace says that ${who} signs checkpoints of it; ${which} missing.`;
}

function tell(problems: string[], reasons: readonly string[]): void {
  problems.push(...reasons.slice(0, TOLD));
  if (reasons.length > TOLD) problems.push(`The same is so of ${reasons.length - TOLD} more.`);
}

function shown(key: PublicKey): string {
  return `${key.name}+${key.id}`;
}

function linesOf(from: number, to: number): string {
  return from === to ? `Line ${from} is` : `Lines ${from} to ${to} are`;
}

function count(lines: number): string {
  return lines === 1 ? 'one line' : `${lines} lines`;
}
