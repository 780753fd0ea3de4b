import type { RunReply } from './messages.js';
import type { RunOutcome } from './trace.js';

/** A case to begin with is to be written. */
export interface NewCaseParams {
  /** File system paths. */
  readonly playbook: string;
  readonly alert: string;
  /** The new case, `….case.yaml`; by default beside the alert and named as it is. */
  readonly out?: string;
  /** Who would run it, for the trace of the runs it is made by, which nobody keeps. */
  readonly user: string;
}

export type NewCaseReply =
  | {
      readonly ok: true;
      /** Path of the case, and what is in it. */
      readonly path: string;
      readonly text: string;
      /** What a dry run with it comes to. */
      readonly outcome: RunOutcome;
      readonly verdict: string | null;
      readonly reason: string;
      /** How many of each are made up. */
      readonly answers: number;
      readonly approvals: number;
      readonly tasks: number;
      /** What could not be made up, a sentence each. */
      readonly notes: readonly string[];
    }
  | Extract<RunReply, { readonly ok: false }>;
