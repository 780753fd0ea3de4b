import type { Call, TraceEvents, TraceLine, Usage } from '../../../runner/protocol/trace.js';

/** Deepest indentation that still helps a reader. */
const MAX_DEPTH = 12;

/**
 * The lines of one trace with what a reader needs to look up while reading them. It only grows, so that a running trace
 * and the parts of a large one are taken in once.
 */
export class Story {
  readonly lines: TraceLine[] = [];
  /** Nesting of each line: a step's heading stands one less than what happens in it. */
  readonly depths: number[] = [];
  readonly calls = new Map<string, Call>();
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

  /** Whether a call acts on the world: anything but reading and recording, and anything that is not known. */
  isConsequential(call: string): boolean {
    const effect = this.calls.get(call)?.effect;
    return effect !== 'read' && effect !== 'record';
  }

  append(lines: readonly TraceLine[]): void {
    for (const line of lines) {
      this.lines.push(line);
      this.depths.push(Math.min(this.#depthOf(line), MAX_DEPTH));
      this.#learn(line);
    }
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

  #learn(line: TraceLine): void {
    switch (line.event) {
      case 'run.opened':
        this.#opened = line.data;
        return;
      case 'run.closed':
        this.#closed = line.data;
        return;
      case 'proposed':
        this.calls.set(line.data.call.id, line.data.call);
        return;
      case 'gate.opened':
        this.#asked(line.data.gate).push({ seq: line.seq, asked: line.data });
        for (const call of line.data.calls) if (!this.calls.has(call.id)) this.calls.set(call.id, call);
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
