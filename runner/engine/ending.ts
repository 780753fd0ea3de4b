import type { Handler } from '../../language/model/playbook.js';
import { stopReason } from '../deadline.js';
import type { Json, RunOutcome } from '../protocol/trace.js';

/** How a run ends. `verdict` is `undefined` where the playbook's own expression names it. */
export interface Ending {
  readonly outcome: RunOutcome;
  readonly reason: string;
  readonly verdict: Json | undefined;
  /** A person ended the run: that a playbook was called by another is no matter then. */
  readonly wholeRun?: true;
}

/** How a step ended. */
export type Left =
  | { readonly outcome: 'ok' | 'approved'; readonly output: Json | undefined }
  /** `ends` is how the run ends where nothing handles it. */
  | {
      readonly outcome: 'failed' | 'refused' | 'denied' | 'rejected' | 'timed-out';
      readonly error: string;
      readonly ends: Exclude<RunOutcome, 'completed' | 'escalated' | 'cancelled'>;
    }
  /** The run ends here. */
  | { readonly outcome: 'stopped'; readonly ending: Ending };

export type Stopped = Extract<Left, { readonly outcome: 'stopped' }>;
export type Unsuccessful = Extract<Left, { readonly error: string }>;

/** The run was cancelled, or another branch ended this one: `signal` says which. */
export function cancelled(signal: AbortSignal): Stopped {
  return {
    outcome: 'stopped',
    ending: { outcome: 'cancelled', reason: `${stopReason(signal)}.`, verdict: undefined },
  };
}

/** A person who was asked ended the run. */
export function endedByPerson(because: string): Stopped {
  return {
    outcome: 'stopped',
    ending: { outcome: 'stopped', reason: because, verdict: undefined, wholeRun: true },
  };
}

export function ok(output: Json | undefined): Left {
  return { outcome: 'ok', output };
}

export function failed(error: string): Unsuccessful {
  return { outcome: 'failed', error, ends: 'failed' };
}

/** The model would not do it. The run, where nothing handles it, has failed: nobody of ours denied anything. */
export function refused(error: string): Unsuccessful {
  return { outcome: 'refused', error, ends: 'failed' };
}

export function denied(error: string): Unsuccessful {
  return { outcome: 'denied', error, ends: 'denied' };
}

/** A handler in words for the trace: `on-error: continue`, `on-reject: 2 steps, then stop`. */
export function describeHandler(key: string, { steps, then }: Handler): string {
  return steps.length === 0
    ? `${key}: ${then}`
    : `${key}: ${steps.length === 1 ? '1 step' : `${steps.length} steps`}, then ${then}`;
}
