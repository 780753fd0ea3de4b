import type { Json, TraceLine } from '../../../runner/protocol/trace.js';
import { canonicalText } from '../events/canonical-text.js';

/** What can be compared of one thing that happened. */
export interface Item {
  /** Names the same thing in another run: step path and occurrence, and of a call its tool and which of that tool. */
  readonly key: string;
  readonly kind: 'run' | 'step' | 'call' | 'question';
  readonly step: string;
  readonly occurrence: number;
  /** Of a call. */
  readonly tool: string;
  /** Index of the line to go to. */
  at: number;
  /** What was decided: empty where nothing was. */
  decision: string;
  outcome: string;
  /** Canonical JSON of a call's arguments, or what a question would let run. */
  arguments: string;
}

/** What a trace comes to, to be compared with another. Fed line by line; holds no line. */
export class Outline {
  readonly items = new Map<string, Item>();
  readonly #occurrences = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  readonly #calls = new Map<string, Item>();
  readonly #questions = new Map<string, Item>();
  #taken = 0;

  add(line: TraceLine): void {
    const at = this.#taken++;
    const path = line.step ?? '';
    switch (line.event) {
      case 'run.closed': {
        const run = this.#item('run', '', 1, '', at);
        run.outcome = join([line.data.outcome, line.data.verdict === null ? '' : `verdict ${text(line.data.verdict)}`]);
        return;
      }
      case 'step.entered':
      case 'step.skipped': {
        const occurrence = (this.#occurrences.get(path) ?? 0) + 1;
        this.#occurrences.set(path, occurrence);
        this.#item('step', path, occurrence, '', at).outcome = line.event === 'step.skipped' ? 'skipped' : 'not left';
        return;
      }
      case 'step.left': {
        const step = this.#step(path);
        if (step !== undefined) step.outcome = join([line.data.outcome, line.data.handler ?? '']);
        return;
      }
      case 'branch': {
        const step = this.#step(path);
        if (step !== undefined) step.decision = `took ${line.data.taken}`;
        return;
      }
      case 'proposed': {
        const { call } = line.data;
        const item = this.#item('call', path, this.#occurrence(path), call.tool, at);
        item.arguments = canonicalText(call.arguments);
        this.#calls.set(call.id, item);
        return;
      }
      case 'authorized': {
        const item = this.#calls.get(line.data.call);
        if (item === undefined) return;
        item.decision = join([item.decision, `${line.data.decision} (${line.data.rule})`], ', then ');
        item.at = line.data.decision === 'deny' ? at : item.at;
        return;
      }
      case 'executed': {
        const item = this.#calls.get(line.data.call);
        if (item !== undefined) item.outcome = line.data.ok ? 'ran' : 'failed';
        return;
      }
      case 'outcome.unknown': {
        const item = this.#calls.get(line.data.call);
        if (item !== undefined) item.outcome = 'not known whether it ran';
        return;
      }
      case 'gate.opened': {
        const item = this.#item('question', path, this.#occurrence(path), '', at);
        item.arguments = canonicalText(
          line.data.calls.map(({ tool, arguments: given }): Json => ({ tool, arguments: given })),
        );
        this.#questions.set(line.data.gate, item);
        return;
      }
      case 'decided': {
        const item = this.#questions.get(line.data.gate);
        if (item !== undefined) item.decision = join([item.decision, `${line.data.decision} by ${line.actor.id}`]);
        return;
      }
      case 'withheld': {
        const item = this.#calls.get(line.data.call);
        if (item !== undefined) item.outcome = 'withheld';
        return;
      }
      case 'undone': {
        const item = this.#calls.get(line.data.call);
        if (item !== undefined) item.outcome = join([item.outcome, line.data.ok ? 'undone' : 'not undone']);
        return;
      }
      case 'gate.closed': {
        const item = this.#questions.get(line.data.gate);
        if (item !== undefined) item.decision = join([line.data.outcome, item.decision], ': ');
        return;
      }
      default:
        return;
    }
  }

  #occurrence(path: string): number {
    return this.#occurrences.get(path) ?? 0;
  }

  #step(path: string): Item | undefined {
    return this.items.get(keyOf('step', path, this.#occurrence(path), '', 1));
  }

  #item(kind: Item['kind'], step: string, occurrence: number, tool: string, at: number): Item {
    const base = keyOf(kind, step, occurrence, tool, 0);
    const number = (this.#numbers.get(base) ?? 0) + 1;
    this.#numbers.set(base, number);
    const key = keyOf(kind, step, occurrence, tool, number);
    const item: Item = { key, kind, step, occurrence, tool, at, decision: '', outcome: '', arguments: '' };
    this.items.set(key, item);
    return item;
  }
}

function keyOf(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts);
}

function join(parts: readonly string[], by = ', '): string {
  return parts.filter((part) => part !== '').join(by);
}

function text(value: Json): string {
  return typeof value === 'string' ? value : canonicalText(value);
}
