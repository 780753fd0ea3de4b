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
  readonly gates = new Map<string, TraceEvents['gate.opened']>();
  readonly #open: string[] = [];
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
    if (line.step === null) return line.event.startsWith('run.') ? 0 : this.#open.length;
    if (line.event === 'step.entered') return this.#open.push(line.step) - 1;
    if (line.event === 'step.left') {
      const at = this.#open.lastIndexOf(line.step);
      if (at < 0) return this.#open.length;
      this.#open.length = at;
      return at + 1;
    }
    return this.#open.length;
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
        this.gates.set(line.data.gate, line.data);
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
