import type { HeldApproval } from '../decide/approval.js';
import type { Act } from '../protocol/result.js';
import type { Json, StepOutcome, Usage } from '../protocol/trace.js';

/** What a run knows. Changed by events only, so that every change has a name and a place in the journal's order. */
export interface RunState {
  /** By step id: how steps ended and what they returned. */
  readonly results: ReadonlyMap<string, StepResult>;
  readonly approvals: readonly HeldApproval[];
  /** By gate id: who approved there. */
  readonly approvedBy: ReadonlyMap<string, readonly string[]>;
  readonly acts: readonly Act[];
  /** By scope: `run`, or the id of an agent step. */
  readonly spent: ReadonlyMap<string, Spent>;
  /** Ids of calls that were proposed for execution. */
  readonly proposed: ReadonlySet<string>;
}

export interface StepResult {
  readonly outcome: StepOutcome;
  /** `undefined` when the step returned nothing. */
  readonly output: Json | undefined;
}

export interface Spent extends Usage {
  readonly toolCalls: number;
}

export type RunEvent =
  | { readonly kind: 'step-ended'; readonly step: string; readonly result: StepResult }
  | {
      readonly kind: 'approved';
      readonly gate: string;
      readonly people: readonly string[];
      readonly approvals: readonly HeldApproval[];
    }
  | { readonly kind: 'approval-used'; readonly approval: HeldApproval }
  | { readonly kind: 'acted'; readonly act: Act }
  | { readonly kind: 'proposed'; readonly call: string }
  | { readonly kind: 'spent'; readonly scopes: readonly string[]; readonly amount: Spent };

export const NOTHING_SPENT: Spent = { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0, toolCalls: 0 };

export const FIRST_STATE: RunState = {
  results: new Map(),
  approvals: [],
  approvedBy: new Map(),
  acts: [],
  spent: new Map(),
  proposed: new Set(),
};

/** The state after an event. Pure. */
export function reduce(state: RunState, event: RunEvent): RunState {
  switch (event.kind) {
    case 'step-ended':
      return { ...state, results: new Map(state.results).set(event.step, event.result) };
    case 'approved':
      return {
        ...state,
        approvals: [...state.approvals, ...event.approvals],
        approvedBy: new Map(state.approvedBy).set(event.gate, event.people),
      };
    case 'approval-used':
      return {
        ...state,
        approvals: state.approvals.map((held) =>
          held === event.approval ? { ...held, usesLeft: held.usesLeft - 1 } : held,
        ),
      };
    case 'acted':
      return { ...state, acts: [...state.acts, event.act] };
    case 'proposed':
      return { ...state, proposed: new Set(state.proposed).add(event.call) };
    case 'spent': {
      const spent = new Map(state.spent);
      for (const scope of event.scopes) spent.set(scope, sum(spent.get(scope) ?? NOTHING_SPENT, event.amount));
      return { ...state, spent };
    }
  }
}

function sum(a: Spent, b: Spent): Spent {
  return {
    turns: a.turns + b.turns,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    usd: a.usd + b.usd,
    toolCalls: a.toolCalls + b.toolCalls,
  };
}
