import type { ApprovalAnswer, ApprovalRequest, TaskAnswer, TaskRequest } from '../../runner/protocol/messages.js';
import type { Cancelled } from '../runner/runner-process.js';
import type { FromViewer, ToViewer } from '../viewer/protocol/messages.js';

type Decide = Extract<FromViewer, { type: 'decide' }>;
type Perform = Extract<FromViewer, { type: 'perform' }>;

interface Waiting {
  readonly message: Extract<ToViewer, { type: 'approval' | 'task' }>;
  readonly settle: (answer: ApprovalAnswer | TaskAnswer | undefined) => void;
}

function answerOf({ decision, as, reason, to, changes }: Decide): ApprovalAnswer | undefined {
  switch (decision) {
    case 'approve':
    case 'reject':
    case 'end':
      return { decision, as, reason };
    case 'escalate':
      return to === undefined ? undefined : { decision, as, reason, to };
    case 'modify':
      return changes === undefined ? undefined : { decision, as, reason, changes };
  }
}

/** The desk at which a run's questions wait for the person. Only an answer that fits its question settles it. */
export class Questions {
  readonly #waiting = new Map<string, Waiting>();
  readonly #user: string;
  readonly #newAsk: () => string;
  readonly #post: (message: ToViewer) => void;

  /**
   * @param user who the editor's user says they are
   * @param newAsk makes a name nobody can guess
   */
  constructor(user: string, newAsk: () => string, post: (message: ToViewer) => void) {
    this.#user = user;
    this.#newAsk = newAsk;
    this.#post = post;
  }

  get open(): readonly Extract<ToViewer, { type: 'approval' | 'task' }>[] {
    return [...this.#waiting.values()].map(({ message }) => message);
  }

  /** Resolves with the answer, or with `undefined` when the run stops waiting for one. */
  async approve(request: ApprovalRequest, cancelled: Cancelled): Promise<ApprovalAnswer | undefined> {
    const answer = await this.#ask({ type: 'approval', ask: this.#newAsk(), request, user: this.#user }, cancelled);
    return answer !== undefined && 'decision' in answer ? answer : undefined;
  }

  /** As `approve`, for something a person does. */
  async task(request: TaskRequest, cancelled: Cancelled): Promise<TaskAnswer | undefined> {
    const answer = await this.#ask({ type: 'task', ask: this.#newAsk(), request, user: this.#user }, cancelled);
    return answer !== undefined && 'done' in answer ? answer : undefined;
  }

  /** An answer from the page. One that does not fit is dropped and the question asked again. */
  answer(answer: Decide | Perform): void {
    const waiting = this.#waiting.get(answer.ask);
    if (waiting === undefined) return;
    const { message, settle } = waiting;
    if (answer.type === 'decide' && message.type === 'approval' && this.#decides(answer, message.request)) {
      const said = answerOf(answer);
      if (said) settle(said);
      else this.#post(message);
    } else if (answer.type === 'perform' && message.type === 'task' && this.#performs(answer, message.request)) {
      settle({ done: answer.done, as: answer.as, output: answer.output });
    } else this.#post(message);
  }

  /** Asks this one before the others; what was asked before it is asked again behind it. */
  first(ask: string): void {
    const chosen = this.#waiting.get(ask);
    if (chosen === undefined) return;
    const [before] = this.#waiting.keys();
    if (before === ask) return;
    const others = [...this.#waiting].filter(([other]) => other !== ask);
    for (const [other] of others) this.#post({ type: 'withdrawn', ask: other });
    this.#waiting.clear();
    this.#waiting.set(ask, chosen);
    for (const [other, waiting] of others) {
      this.#waiting.set(other, waiting);
      this.#post(waiting.message);
    }
  }

  /** Silence for everything that still waits. */
  close(): void {
    for (const { settle } of [...this.#waiting.values()]) settle(undefined);
  }

  /** What cannot be undone is approved only by who also said that they know. */
  #decides({ decision, as, reason, acknowledged }: Decide, { approvers, irreversible }: ApprovalRequest): boolean {
    if (!approvers.includes(as)) return false;
    return decision === 'approve' ? !irreversible || acknowledged === true : reason.trim() !== '';
  }

  /** A task without a role may be done by anybody, which here is the editor's user. */
  #performs({ as }: Perform, { people }: TaskRequest): boolean {
    return people.length === 0 ? as === this.#user : people.includes(as);
  }

  #ask(message: Waiting['message'], cancelled: Cancelled): Promise<ApprovalAnswer | TaskAnswer | undefined> {
    if (cancelled.isCancellationRequested) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle: Waiting['settle'] = (answer) => {
        if (!this.#waiting.delete(message.ask)) return;
        listener.dispose();
        this.#post({ type: 'withdrawn', ask: message.ask });
        resolve(answer);
      };
      this.#waiting.set(message.ask, { message, settle });
      const listener = cancelled.onCancellationRequested(() => settle(undefined));
      this.#post(message);
    });
  }
}
