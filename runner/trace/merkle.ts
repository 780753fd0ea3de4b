import { hash } from 'node:crypto';

/**
 * The root of the Merkle tree of RFC 6962 (section 2.1) over leaves that arrive one by one. Holds one hash for each bit
 * of their number.
 */
export interface MerkleTree {
  readonly size: number;
  add(leaf: Uint8Array | string): void;
  /** 32 bytes. */
  root(): Buffer;
}

export function merkleTree(): MerkleTree {
  /** Roots of full subtrees, the largest first; their sizes are the bits of `size`. */
  const peaks: Buffer[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(leaf) {
      let node = leafHash(leaf);
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) node = nodeHash(peaks.pop() ?? EMPTY, node);
      peaks.push(node);
      size += 1;
    },
    root() {
      let root: Buffer | undefined;
      for (const peak of peaks.toReversed()) root = root ? nodeHash(peak, root) : peak;
      return root ?? sha256(EMPTY);
    },
  };
}

const EMPTY = Buffer.alloc(0);
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

function leafHash(leaf: Uint8Array | string): Buffer {
  return sha256(Buffer.concat([LEAF, typeof leaf === 'string' ? Buffer.from(leaf) : leaf]));
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return sha256(Buffer.concat([NODE, left, right]));
}

function sha256(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer');
}
