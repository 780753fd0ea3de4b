import type { TraceLine } from '../../../runner/protocol/trace.js';

/** One question to people, from the asking to the end. Numbers are indexes of lines. */
export interface Question {
  readonly kind: 'approval' | 'task';
  readonly at: number;
  /** Milliseconds since the run opened. */
  readonly from: number;
  /** Path of the gate or the step; empty where it belongs to none. */
  readonly step: string;
  /** Ids of the calls an approval lets run. */
  readonly calls: readonly string[];
  /** What people said to it, and whatever else happened to it, in order. */
  readonly answers: number[];
  closed: number | undefined;
  to: number | undefined;
  outcome: string | undefined;
  /** What ran of its calls since it was approved. */
  readonly ran: number[];
}

/** The questions of a run. Fed line by line, it only grows. */
export class Ledger {
  readonly questions: Question[] = [];
  /** By gate, and by step for tasks: what is asked there now. */
  readonly #open = new Map<string, Question>();
  /** By call: the approval it can run under. */
  readonly #grants = new Map<string, Question>();
  #taken = 0;

  add(line: TraceLine): void {
    const at = this.#taken++;
    switch (line.event) {
      case 'gate.opened': {
        const calls = line.data.calls.map(({ id }) => id);
        this.#ask(`gate ${line.data.gate}`, line, at, 'approval', line.data.gate, calls);
        return;
      }
      case 'task.opened':
        this.#ask(`task ${line.step}`, line, at, 'task', line.step ?? '', []);
        return;
      case 'gate.closed':
        this.#close(`gate ${line.data.gate}`, line, at, line.data.outcome);
        return;
      case 'task.done': {
        this.#open.get(`task ${line.step}`)?.answers.push(at);
        this.#close(`task ${line.step}`, line, at, line.data.performed ? 'done' : 'not done');
        return;
      }
      case 'step.left':
        // A task nobody did ends with its step.
        this.#close(`task ${line.step}`, line, at, line.data.outcome);
        return;
      case 'executed':
      case 'outcome.unknown':
        this.#grants.get(line.data.call)?.ran.push(at);
        return;
      default:
        // Whatever an engine says of a gate belongs to its question, whether this program knows the event or not.
        if ('gate' in line.data && typeof line.data.gate === 'string')
          this.#open.get(`gate ${line.data.gate}`)?.answers.push(at);
    }
  }

  #ask(
    key: string,
    { mono }: TraceLine,
    at: number,
    kind: Question['kind'],
    step: string,
    calls: readonly string[],
  ): void {
    const question: Question = {
      kind,
      at,
      from: mono,
      step,
      calls,
      answers: [],
      closed: undefined,
      to: undefined,
      outcome: undefined,
      ran: [],
    };
    // What was changed, or handed on, is asked afresh: the question before it is over.
    const before = this.#open.get(key);
    if (before !== undefined) Object.assign(before, { closed: at, to: mono, outcome: 'asked afresh' });
    this.questions.push(question);
    this.#open.set(key, question);
  }

  #close(key: string, { mono }: TraceLine, at: number, outcome: string): void {
    const question = this.#open.get(key);
    if (question === undefined) return;
    Object.assign(question, { closed: at, to: mono, outcome });
    this.#open.delete(key);
    if (outcome === 'approved') for (const call of question.calls) this.#grants.set(call, question);
  }
}
