import type { StepNode } from '../model/steps.js';
import type { State } from '../state.js';

/** How a step ended: a codicon, a tone and words. */
export interface OutcomeWords {
  readonly icon: string;
  readonly tone: 'good' | 'bad' | 'warning' | 'quiet' | 'plain';
  readonly text: string;
}

export function outcomeOf({ outcome, kind }: StepNode, { live }: State): OutcomeWords {
  switch (outcome) {
    case undefined:
      return live
        ? { icon: 'loading codicon-modifier-spin', tone: 'plain', text: 'under way' }
        : { icon: 'question', tone: 'warning', text: 'not left: the trace ends before' };
    case 'ok':
      return { icon: 'check', tone: 'good', text: kind === 'manual' ? 'done by a person' : 'done' };
    case 'approved':
      return { icon: 'pass', tone: 'good', text: 'approved' };
    case 'skipped':
      return { icon: 'debug-step-over', tone: 'quiet', text: 'skipped' };
    case 'stopped':
      return { icon: 'debug-stop', tone: 'plain', text: 'ended here' };
    case 'denied':
      return { icon: 'circle-slash', tone: 'bad', text: 'denied' };
    case 'rejected':
      return { icon: 'error', tone: 'bad', text: 'rejected' };
    case 'timed-out':
      return { icon: 'watch', tone: 'bad', text: 'out of time' };
    case 'refused':
      return { icon: 'circle-slash', tone: 'bad', text: 'refused by the model' };
    case 'failed':
      return { icon: 'error', tone: 'bad', text: 'failed' };
    default:
      return { icon: 'question', tone: 'warning', text: String(outcome) };
  }
}
