import type {
  ApprovalAnswer,
  ApprovalRequest,
  TaskAnswer,
  TaskRequest,
  UndoAnswer,
  UndoOffer,
} from './protocol/messages.js';

/** Time as the runner sees it; tests pass a clock of their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from any fixed point, never going back. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /**
   * Of a run that is told again: whether the answer that is waited for with `signal` had come when the wait was to be given
   * up, and comes now. Absent: time is what it is.
   */
  inTime?(signal: AbortSignal): boolean;
}

/** Ids for runs and permits. */
export interface Ids {
  next(prefix: string): string;
}

/**
 * Asks people. It only carries the question and the answer: who may answer and whether an answer counts is decided by the
 * engine. `undefined` is silence: nobody answered, which denies. `how` says how the person's identity is known.
 */
export interface Approver {
  readonly how: string;
  approve(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer | undefined>;
  task(request: TaskRequest, signal: AbortSignal): Promise<TaskAnswer | undefined>;
  /**
   * Offers people to take an act back, until `signal` aborts; the run goes on meanwhile. An answer that is no promise counts
   * as given right after the act. Absent: nobody is reached while the run goes on.
   */
  offerUndo?(offer: UndoOffer, signal: AbortSignal): UndoAnswer | undefined | Promise<UndoAnswer | undefined>;
}
