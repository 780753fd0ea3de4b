import type { ActionStep, AgentStep, CallStep, Step } from '../model/playbook.js';
import { childLists, delayBefore } from '../model/playbook.js';
import type { EdgeKind } from './graph.js';

/** How long something may take. */
export interface Wait {
  /** Milliseconds at most, as far as anything is declared; `Infinity` where people may take any time. */
  readonly known: number;
  /** It also waits for machines that nothing bounds: how long, only the run knows. */
  readonly undeclared: boolean;
}

export const NO_WAIT: Wait = { known: 0, undeclared: false };

/** What is known of steps beside the playbook's text. */
export interface WaitFacts {
  /** Whether a person performs the step's call, or is asked to approve it right there. */
  readonly isByPerson: (step: ActionStep | AgentStep) => boolean;
  /** Whether the playbook that is called has people in it. */
  readonly callsPeople: (step: CallStep) => boolean;
}

/** How long a step may take when it is left by an edge of this kind; of steps with others inside, without those. */
export function waitAt(step: Step, edge: EdgeKind, facts: WaitFacts): Wait {
  if (edge === 'skipped') return NO_WAIT;
  switch (step.kind) {
    case 'gate':
      // A gate that fails does so before anybody is asked.
      return edge === 'failed' ? NO_WAIT : { known: step.approval.timeout?.value ?? Infinity, undeclared: false };
    case 'manual':
      return { known: step.timeout?.value ?? Infinity, undeclared: false };
    case 'action':
    case 'agent': {
      // The longest of the pauses: which attempt it is, the edge does not say.
      const delay = edge === 'retry' && step.retry ? delayBefore(step.retry, step.retry.attempts) : 0;
      // The step's own timeout does not bound how long an approval is waited for.
      const answer = step.approval ? step.approval.timeout : step.timeout;
      const asking = facts.isByPerson(step) ? (answer?.value ?? Infinity) : 0;
      const limit = Math.min(
        step.timeout?.value ?? Infinity,
        step.kind === 'agent' ? (step.budget?.time ?? Infinity) : Infinity,
      );
      const bounded = limit !== Infinity;
      // An agent may ask as often as it likes, and its own time stands still while it waits for people.
      const waiting = step.kind === 'agent' && asking > 0 ? Infinity : asking;
      return { known: waiting + delay + (bounded ? limit : 0), undeclared: !bounded };
    }
    case 'call':
      // Its time stands still while people are waited for in it.
      if (facts.callsPeople(step)) return { known: Infinity, undeclared: !step.timeout };
      return step.timeout ? { known: step.timeout.value, undeclared: false } : { known: 0, undeclared: true };
    case 'if':
    case 'switch':
    case 'for-each':
    case 'parallel':
    case 'stop':
      return NO_WAIT;
  }
}

/** The longest that a list of steps may take, everything inside included. */
export function longestWait(steps: readonly Step[], facts: WaitFacts): Wait {
  return steps.map((step) => longestOf(step, facts)).reduce(after, NO_WAIT);
}

function longestOf(step: Step, facts: WaitFacts): Wait {
  const lists = childLists(step);
  const inside = (edge: (name: string) => boolean): Wait =>
    lists
      .filter((list) => edge(list.edge))
      .map((list) => longestWait(list.steps, facts))
      .reduce(longer, NO_WAIT);
  const attempts = step.kind === 'action' || step.kind === 'agent' ? (step.retry?.attempts ?? 1) : 1;
  const one = longer(waitAt(step, 'ok', facts), waitAt(step, attempts > 1 ? 'retry' : 'failed', facts));
  const own: Wait = { known: times(attempts, one.known), undeclared: one.undeclared };
  const handlers = inside((name) => name.startsWith('on-'));
  const body = inside((name) => !name.startsWith('on-'));
  const repeated = step.kind === 'for-each' ? { ...body, known: times(step.max, body.known) } : body;
  return after(after(own, repeated), handlers);
}

function after(a: Wait, b: Wait): Wait {
  return { known: a.known + b.known, undeclared: a.undeclared || b.undeclared };
}

function longer(a: Wait, b: Wait): Wait {
  return { known: Math.max(a.known, b.known), undeclared: a.undeclared || b.undeclared };
}

/** 0 times for ever is no time. */
function times(count: number, wait: number): number {
  return count === 0 || wait === 0 ? 0 : count * wait;
}
