import type { TraceEventName } from '../protocol/trace.js';
import { base64, openNote, type PublicKey, type Signer, signNote } from './note.js';

/**
 * Checkpoints of a trace, as C2SP `tlog-checkpoint` (https://c2sp.org/tlog-checkpoint) has them: who says it of which
 * trace, how many lines, and the root of the Merkle tree of RFC 6962 over the bytes of the lines, without newlines.
 */
export interface Checkpoint {
  readonly size: number;
  /** 32 bytes, base64. */
  readonly root: string;
}

/** How often a checkpoint is written when nothing else asks for one. */
export const CHECKPOINT_EVERY = 256;

const AFTER: ReadonlySet<TraceEventName> = new Set(['run.opened', 'gate.closed', 'recovered', 'run.closed']);

/** Whether a checkpoint follows the line that makes `size`: at every gate, both ends, and every so many lines. */
export function isCheckpointed(event: TraceEventName, size: number, every: number): boolean {
  return AFTER.has(event) || size % every === 0;
}

/**
 * The log that a checkpoint is of. A key signs many traces, so the name of the key, which the format would have here, is
 * followed by the run.
 */
export function originOf(key: PublicKey, run: string): string {
  return `${key.name}/${run}`;
}

export function signCheckpoint(
  { size, root }: { readonly size: number; readonly root: Buffer },
  run: string,
  signer: Signer,
): string {
  return signNote(`${originOf(signer.public, run)}\n${size}\n${root.toString('base64')}\n`, signer);
}

/** Notes in a file are separated by an empty line; none of ours has one in its text. */
export const NOTE_SEPARATOR = '\n';

export type ReadCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly reason: string };

/**
 * The checkpoints in the text of a file, in its order, each with why it does not count where it does not. What is not
 * signed by the key says nothing.
 */
export function readCheckpoints(text: string, key: PublicKey, run: string): readonly ReadCheckpoint[] {
  return notesIn(text).map((note, index) => {
    const bad = (reason: string): ReadCheckpoint => ({ ok: false, reason: `Checkpoint ${index + 1} ${reason}` });
    const opened = openNote(note, key);
    if (!opened.ok) {
      switch (opened.fault) {
        case 'malformed':
          return bad('is torn or no signed note.');
        case 'unknown-key':
          return bad(`is not signed by ${key.name}+${key.id}.`);
        case 'bad-signature':
          return bad(`has a signature of ${key.name}+${key.id} that is not right: it was changed after it was signed.`);
      }
    }
    const [origin, size = '', root = '', end, ...more] = opened.text.split('\n');
    if (end !== '' || more.length > 0 || !/^[1-9][0-9]{0,14}$/.test(size) || base64(root)?.length !== 32) {
      return bad('is signed, but is not a checkpoint of a trace.');
    }
    if (origin !== originOf(key, run)) return bad('is of another trace.');
    return { ok: true, checkpoint: { size: Number(size), root } };
  });
}

/** The notes in a text. Cuts at every second empty line: the first is inside a note, before its signatures. */
export function notesIn(text: string): readonly string[] {
  if (text === '') return [];
  const parts = text.split('\n\n');
  const notes: string[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const [body = '', signatures] = parts.slice(i, i + 2);
    const last = i + 2 >= parts.length;
    notes.push(signatures === undefined ? body : `${body}\n\n${signatures}${last ? '' : '\n'}`);
  }
  return notes;
}
