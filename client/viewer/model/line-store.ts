import type { TraceLine } from '../../../runner/protocol/trace.js';

/** Lines of a block. Reading one line of a packed block costs reading all of it. */
const BLOCK = 128;
/** Blocks at the end that stay as they came: what a running trace shows is there. */
const FRESH = 8;
/** Packed blocks that were read last and are kept unpacked. */
const CACHED = 48;

/**
 * The lines of one trace, in little room. Lines come as objects, which take several times the room of their text; all but
 * the newest are packed into the bytes of their JSON and read again when they are asked for.
 */
export class LineStore {
  /** Full blocks, packed up to `#packed`. */
  readonly #blocks: (readonly TraceLine[] | Uint8Array)[] = [];
  #last: TraceLine[] = [];
  #packed = 0;
  /** The most recently read is last. */
  readonly #cache = new Map<number, readonly TraceLine[]>();
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  get length(): number {
    return this.#blocks.length * BLOCK + this.#last.length;
  }

  push(line: TraceLine): void {
    this.#last.push(line);
    if (this.#last.length < BLOCK) return;
    this.#blocks.push(this.#last);
    this.#last = [];
  }

  /** The line with an index, as in an array: from the end when negative. */
  at(index: number): TraceLine | undefined {
    const from = index < 0 ? index + this.length : index;
    if (from < 0 || from >= this.length) return undefined;
    const block = Math.floor(from / BLOCK);
    return (block === this.#blocks.length ? this.#last : this.#read(block))[from % BLOCK];
  }

  /** Packs a block that is no longer fresh; whether there are more. */
  packOne(): boolean {
    const block = this.#blocks[this.#packed];
    if (this.#packed >= this.#blocks.length - FRESH || block === undefined || block instanceof Uint8Array) return false;
    this.#blocks[this.#packed++] = this.#encoder.encode(JSON.stringify(block));
    return this.#packed < this.#blocks.length - FRESH;
  }

  #read(block: number): readonly TraceLine[] {
    const kept = this.#blocks[block];
    if (kept === undefined) return [];
    if (!(kept instanceof Uint8Array)) return kept;
    const known = this.#cache.get(block);
    if (known !== undefined) {
      this.#cache.delete(block);
      this.#cache.set(block, known);
      return known;
    }
    const lines: readonly TraceLine[] = JSON.parse(this.#decoder.decode(kept));
    this.#cache.set(block, lines);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > CACHED && oldest !== undefined) this.#cache.delete(oldest);
    return lines;
  }
}
