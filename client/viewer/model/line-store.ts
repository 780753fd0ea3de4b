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
    this.#blocks[this.#packed++] = this.#encoder.encode(written(block));
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
    const lines = readBlock(this.#decoder.decode(kept));
    this.#cache.set(block, lines);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > CACHED && oldest !== undefined) this.#cache.delete(oldest);
    return lines;
  }
}

/** The first character of the text of a block in which lines leave out what they have in common with the line before. */
const SHORTENED = '~';
const NOBODY: TraceLine['actor'] = { kind: 'engine', id: '' };

/** A fifth of most lines is what the line before has too: the run, who acted, and the hash that it continues. */
function written(block: readonly TraceLine[]): string {
  // What stands for "as in the line before" must not be there already.
  if (block.some(({ run, actor, prev }) => run === '' || actor.id === '' || prev === '')) return JSON.stringify(block);
  const short = block.map((line, index): TraceLine => {
    const before = block[index - 1];
    if (before === undefined) return line;
    return {
      ...line,
      run: line.run === before.run ? '' : line.run,
      actor: sameActor(line.actor, before.actor) ? NOBODY : line.actor,
      prev: line.prev === before.hash ? '' : line.prev,
    };
  });
  return `${SHORTENED}${JSON.stringify(short)}`;
}

function readBlock(text: string): readonly TraceLine[] {
  if (!text.startsWith(SHORTENED)) return JSON.parse(text);
  const short: readonly TraceLine[] = JSON.parse(text.slice(1));
  const whole: TraceLine[] = [];
  for (const line of short) {
    const before = whole.at(-1);
    whole.push({
      ...line,
      run: line.run === '' && before !== undefined ? before.run : line.run,
      actor: line.actor.id === '' && before !== undefined ? before.actor : line.actor,
      prev: line.prev === '' && before !== undefined ? before.hash : line.prev,
    });
  }
  return whole;
}

function sameActor(one: TraceLine['actor'], other: TraceLine['actor']): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
