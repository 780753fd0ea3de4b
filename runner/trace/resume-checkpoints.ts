import { type FileHandle, open } from 'node:fs/promises';
import type { TraceLine } from '../protocol/trace.js';
import { isCheckpointed, NOTE_SEPARATOR, notesIn, readCheckpoints, signCheckpoint } from './checkpoint.js';
import { type MerkleTree, merkleTree } from './merkle.js';
import { publicKeyFrom, type Signer, shownKey } from './note.js';

/** Brings the checkpoints of a trace to where its lines are, so that the journal can go on with both. */
export interface ResumedCheckpoints {
  /** Takes each line of the trace. */
  add(line: TraceLine, bytes: Uint8Array): void;
  /** Why nobody can go on, to follow a colon; once all lines are taken. */
  problem(): string | undefined;
  readonly tree: MerkleTree;
  readonly every: number | undefined;
  /**
   * Opens the file for appending, and writes what a crash left out of it: a note that was torn, those of the last lines.
   * All of that follows from the lines, so nothing is lost when it is written anew.
   */
  reopen(path: string): Promise<{ readonly file: FileHandle | undefined; readonly size: number }>;
}

export function resumeCheckpoints(bytes: Buffer | undefined, signer: Signer | undefined): ResumedCheckpoints {
  const tree = merkleTree();
  const roots = new Map<number, Buffer>();
  let announced: { readonly key: string; readonly every: number } | undefined;
  let run = '';
  const text = bytes?.toString('utf8') ?? '';
  const whole = (): readonly string[] => {
    const notes = notesIn(text);
    return notes.at(-1)?.endsWith('\n') === false ? notes.slice(0, -1) : notes;
  };

  return {
    tree,
    get every() {
      return announced?.every;
    },
    add(line, stored) {
      if (line.event === 'run.opened') {
        announced = line.data.checkpoints;
        run = line.run;
      }
      tree.add(stored);
      if (announced && isCheckpointed(line.event, tree.size, announced.every)) roots.set(tree.size, tree.root());
    },
    problem() {
      const wanted = announced?.key;
      if (wanted === undefined) {
        return signer
          ? 'its checkpoints were not signed from the start, so they cannot be from here on. Go on without a key'
          : undefined;
      }
      const who = shownKey(wanted);
      if (signer?.public.vkey !== wanted) {
        return `its checkpoints are signed by the key ${who}, so it takes that key${signer ? `, not ${signer.public.name}+${signer.public.id},` : ''} to go on`;
      }
      const key = publicKeyFrom(wanted);
      const sizes = [...roots.keys()];
      for (const [index, one] of (key ? readCheckpoints(whole().join(NOTE_SEPARATOR), key, run) : []).entries()) {
        if (!one.ok) return `a checkpoint beside it is not as it was written. ${one.reason.replace(/\.$/, '')}`;
        const { size, root } = one.checkpoint;
        if (size > tree.size)
          return `it was cut off: a checkpoint says that it had ${size} lines, and it has ${tree.size}`;
        if (size !== sizes[index]) return `the checkpoint after line ${sizes[index]} is missing`;
        if (roots.get(size)?.toString('base64') !== root)
          return `its first ${size} lines are not those that were signed`;
      }
      return undefined;
    },
    async reopen(path) {
      if (!signer) return { file: undefined, size: 0 };
      const kept = whole();
      const lacking = [...roots].slice(kept.length).map(([size, root]) => signCheckpoint({ size, root }, run, signer));
      const size = Buffer.byteLength(kept.join(NOTE_SEPARATOR));
      const file = await open(path, 'a', 0o600);
      await file.truncate(size);
      const added = `${size === 0 || lacking.length === 0 ? '' : NOTE_SEPARATOR}${lacking.join(NOTE_SEPARATOR)}`;
      await file.writeFile(added);
      await file.datasync();
      return { file, size: size + Buffer.byteLength(added) };
    },
  };
}
