import type { SourcePlace, TraceEvents, TraceLine } from '../../runner/protocol/trace.js';

/** What the extension remembers of a trace that is shown: enough to lead from an event to its line of YAML. */
export interface HeldTrace {
  /** Where an event comes from; `undefined` for a number no line has. */
  readonly placeOf: (seq: number) => SourcePlace | undefined;
  readonly opened: { readonly run: string; readonly data: TraceEvents['run.opened'] } | undefined;
  /** The line itself, which may have to be read again. */
  readonly line: (seq: number) => Promise<TraceLine | undefined>;
}

/** Lines kept as they are; of a longer trace only the places are. The extension host is shared, and a line has about a kilobyte. */
const KEPT = 20_000;

/** Remembers lines as they come. `readAgain` gets one that was not kept. */
export class TraceMemory implements HeldTrace {
  readonly #kept: TraceLine[] = [];
  readonly #places: SourcePlace[] = [];
  readonly #known = new Map<string, number>();
  readonly #steps = new Map<string, number>();
  readonly #readAgain: (seq: number) => Promise<TraceLine | undefined>;
  #opened: HeldTrace['opened'];
  /** For each line the index of its place, counted from 1; 0 for none. */
  #at = new Uint32Array(256);
  #length = 0;

  constructor(readAgain: (seq: number) => Promise<TraceLine | undefined> = () => Promise.resolve(undefined)) {
    this.#readAgain = readAgain;
  }

  add(lines: readonly TraceLine[]): void {
    for (const line of lines) this.#add(line);
  }

  get opened(): HeldTrace['opened'] {
    return this.#opened;
  }

  placeOf(seq: number): SourcePlace | undefined {
    return seq < this.#length ? this.#places[(this.#at[seq] ?? 0) - 1] : undefined;
  }

  async line(seq: number): Promise<TraceLine | undefined> {
    return this.#kept[seq] ?? (seq < this.#length ? this.#readAgain(seq) : undefined);
  }

  #add(line: TraceLine): void {
    if (this.#kept.length === this.#length && this.#length < KEPT) this.#kept.push(line);
    if (line.event === 'run.opened') this.#opened ??= { run: line.run, data: line.data };
    const own = 'place' in line.data && line.data.place !== null ? this.#index(line.data.place) : 0;
    if (line.step !== null && (line.event === 'step.entered' || line.event === 'step.skipped')) {
      this.#steps.set(line.step, own);
    }
    const step = line.step === null ? 0 : (this.#steps.get(line.step) ?? 0);
    if (this.#length === this.#at.length) {
      const more = new Uint32Array(this.#length * 2);
      more.set(this.#at);
      this.#at = more;
    }
    this.#at[this.#length++] = own || step || this.#top();
  }

  /** The top of the playbook. */
  #top(): number {
    return this.#opened === undefined
      ? 0
      : this.#index({ file: this.#opened.data.playbook.file, line: 0, character: 0 });
  }

  #index(place: SourcePlace): number {
    const key = `${place.line}:${place.character}:${place.file}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#places.push(place);
    this.#known.set(key, this.#places.length);
    return this.#places.length;
  }
}
