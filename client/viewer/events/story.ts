import type { Call, TraceEvents, TraceLine, Usage } from '../../../runner/protocol/trace.js';
import { byteColumn, type Column, firstAbove, firstAtLeast, flagColumn, wideColumn } from '../model/column.js';
import { LineStore } from '../model/line-store.js';
import { type CallTraits, marksOf } from '../model/marks.js';

/** Deepest indentation that still helps a reader. */
const MAX_DEPTH = 12;

interface Known extends CallTraits {
  /** Index of the line that has the call itself. */
  at: number;
  untrusted: boolean;
  readonly lines: number[];
}

/**
 * The lines of one trace with what a reader needs to look up while reading them. It only grows, so that a running trace
 * and the parts of a large one are taken in once.
 */
export class Story {
  readonly lines = new LineStore();
  /** Nesting of each line: a step's heading stands one less than what happens in it. */
  readonly depths: Column = byteColumn();
  /** What kind of line each is, see `MARK`. */
  readonly marks: Column = flagColumn();
  /** When each line was written, milliseconds since the run opened. */
  readonly times: Column = wideColumn();
  readonly #calls = new Map<string, Known>();
  /** By gate, each time it asked: in a loop it asks again. */
  readonly #gates = new Map<string, { readonly seq: number; readonly asked: TraceEvents['gate.opened'] }[]>();
  /** Steps that are under way, by path, in the order they were entered: how deep their heading is, and the step around. */
  readonly #open = new Map<string, { readonly depth: number; readonly around: string | undefined }>();
  #opened: TraceEvents['run.opened'] | undefined;
  #closed: TraceEvents['run.closed'] | undefined;
  #spent: Usage = { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0 };

  get opened(): TraceEvents['run.opened'] | undefined {
    return this.#opened;
  }

  get closed(): TraceEvents['run.closed'] | undefined {
    return this.#closed;
  }

  /** What the run's model has used: as the end of the run states it, or so far. */
  get usage(): Usage {
    return this.#closed?.usage ?? this.#spent;
  }

  /** What a gate asked last before the line with a number: what the answer in that line is an answer to. */
  askedBefore(seq: number, gate: string): TraceEvents['gate.opened'] | undefined {
    return this.#gates.get(gate)?.findLast((one) => one.seq < seq)?.asked;
  }

  /** A call by its id, as it was first proposed or shown. */
  call(id: string): Call | undefined {
    const known = this.#calls.get(id);
    const line = known === undefined ? undefined : this.lines.at(known.at);
    if (line?.event === 'proposed') return line.data.call;
    return line?.event === 'gate.opened' ? line.data.calls.find((call) => call.id === id) : undefined;
  }

  /** Indexes of the lines about a call, in order: from its proposal to its result. */
  linesOfCall(id: string): readonly number[] {
    return this.#calls.get(id)?.lines ?? [];
  }

  /** When the last line was written, milliseconds since the run opened. */
  get end(): number {
    return this.times.length === 0 ? 0 : this.times.at(this.times.length - 1);
  }

  /** Indexes of the lines in a range of time: from the first up to, and without, the last. */
  between(from: number, to: number): readonly [first: number, end: number] {
    return [firstAtLeast(this.times, from), firstAbove(this.times, to)];
  }

  /** Whether a call acts on the world: anything but reading and recording, and anything that is not known. */
  isConsequential(call: string): boolean {
    return this.#calls.get(call)?.consequential ?? true;
  }

  append(lines: readonly TraceLine[]): void {
    for (const line of lines) {
      const index = this.lines.length;
      this.lines.push(line);
      this.times.push(line.mono);
      this.depths.push(Math.min(this.#depthOf(line), MAX_DEPTH));
      this.#learn(line, index);
      this.marks.push(marksOf(line, this.#about(line, index)));
    }
  }

  /** What is known of the call that a line is about; it is noted that the line is. */
  #about(line: TraceLine, index: number): CallTraits | undefined {
    const id = line.event === 'proposed' ? line.data.call.id : 'call' in line.data ? line.data.call : undefined;
    if (typeof id !== 'string') return undefined;
    const known = this.#calls.get(id) ?? this.#know(id, index, undefined);
    known.lines.push(index);
    return known;
  }

  /** A call that is not known counts as one that acts on the world. */
  #know(id: string, at: number, effect: string | undefined): Known {
    const consequential = effect !== 'read' && effect !== 'record';
    const known = { at, consequential, untrusted: false, lines: [] };
    this.#calls.set(id, known);
    return known;
  }

  #depthOf(line: TraceLine): number {
    const { step } = line;
    if (step === null) return line.event.startsWith('run.') ? 0 : this.#below(this.#innermost);
    switch (line.event) {
      case 'step.entered':
      case 'step.skipped': {
        // The lines of parallel branches lie among each other: the step around says where this one belongs.
        const { within } = line.data;
        const around = within !== undefined && this.#open.has(within) ? within : this.#innermost;
        const depth = this.#below(around);
        if (line.event === 'step.entered') {
          this.#close(step);
          this.#open.set(step, { depth, around });
        }
        return depth;
      }
      case 'step.left': {
        const depth = this.#below(this.#open.has(step) ? step : this.#innermost);
        this.#close(step);
        return depth;
      }
      default:
        return this.#below(this.#open.has(step) ? step : this.#innermost);
    }
  }

  #propose({ call, untrusted }: TraceEvents['proposed'], index: number): void {
    const known = this.#calls.get(call.id) ?? this.#know(call.id, index, call.effect);
    known.at = index;
    if (untrusted.length > 0) known.untrusted = true;
  }

  #asked(gate: string): { readonly seq: number; readonly asked: TraceEvents['gate.opened'] }[] {
    const known = this.#gates.get(gate) ?? [];
    this.#gates.set(gate, known);
    return known;
  }

  /** The step that was entered last, of those under way. */
  get #innermost(): string | undefined {
    return [...this.#open.keys()].at(-1);
  }

  #below(step: string | undefined): number {
    const open = step === undefined ? undefined : this.#open.get(step);
    return open === undefined ? 0 : open.depth + 1;
  }

  /** Ends a step and what is still under way in it. */
  #close(step: string): void {
    const closed = new Set([step]);
    for (const [other, { around }] of this.#open) if (around !== undefined && closed.has(around)) closed.add(other);
    for (const one of closed) this.#open.delete(one);
  }

  #learn(line: TraceLine, index: number): void {
    switch (line.event) {
      case 'run.opened':
        this.#opened = line.data;
        return;
      case 'run.closed':
        this.#closed = line.data;
        return;
      case 'proposed':
        this.#propose(line.data, index);
        return;
      case 'gate.opened':
        this.#asked(line.data.gate).push({ seq: line.seq, asked: line.data });
        for (const { id, effect } of line.data.calls) if (!this.#calls.has(id)) this.#know(id, index, effect);
        return;
      case 'model.response': {
        const { inputTokens, outputTokens, usd } = line.data.usage;
        this.#spent = {
          turns: this.#spent.turns + 1,
          inputTokens: this.#spent.inputTokens + inputTokens,
          outputTokens: this.#spent.outputTokens + outputTokens,
          usd: this.#spent.usd + usd,
        };
        return;
      }
      default:
        return;
    }
  }
}
