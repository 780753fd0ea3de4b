import type { HeldApproval } from '../decide/approval.js';
import type { Most } from '../models/most.js';
import type { Act, OpenUndo, Review } from '../protocol/result.js';
import type { Json, StepOutcome, Usage } from '../protocol/trace.js';
import { EMPTY_SET, type GrowingSet } from './growing-set.js';

/**
 * What a run knows. Changed by events only, so that every change has a name and a place in the journal's order.
 * Gates and steps are named by path here: their id after those of the calls that lead to them, `contain/ask`.
 */
export interface RunState {
  /** By frame: what the steps of one playbook did, as one branch of it sees it. */
  readonly frames: ReadonlyMap<string, Results>;
  readonly approvals: readonly HeldApproval[];
  /** By gate: who approved there. */
  readonly approvedBy: ReadonlyMap<string, readonly string[]>;
  readonly acts: readonly Act[];
  /** What was drawn for review. */
  readonly reviews: readonly Review[];
  /** Acts at level `notify` that somebody may take back, and ids of those somebody did. */
  readonly undoable: readonly OpenUndo[];
  readonly undone: ReadonlySet<string>;
  /** By key of a budget scope that has not ended. */
  readonly spent: ReadonlyMap<string, Spent>;
  /** By key of a budget scope in which turns are under way: what they may use. */
  readonly reserved: ReadonlyMap<string, Reserved>;
  /** By key of a budget scope whose time stands still while people are waited for. */
  readonly pauses: ReadonlyMap<string, Pause>;
  /** Ids of calls that were proposed for execution. */
  readonly proposed: GrowingSet;
}

/** By step id, without a path: how steps ended and what they returned. */
export type Results = ReadonlyMap<string, StepResult>;

export interface StepResult {
  readonly outcome: StepOutcome;
  /** `undefined` when the step returned nothing. */
  readonly output: Json | undefined;
}

export interface Spent extends Required<Usage> {
  readonly toolCalls: number;
}

/** What turns that are under way may use, and how many there are. */
export interface Reserved extends Most {
  readonly turns: number;
}

/** How long people were waited for in a scope. Of waits that overlap, each moment counts once. */
export interface Pause {
  /** Waits that go on. */
  readonly open: number;
  /** When the first of them began, on the clock that never goes back. */
  readonly since: number;
  /** Milliseconds, those that go on not included. */
  readonly total: number;
}

export type RunEvent =
  /** A frame begins, with what another knows or with nothing. */
  | { readonly kind: 'frame-opened'; readonly frame: string; readonly from: string | null }
  /** A frame ends; another takes over what these steps did in it. */
  | { readonly kind: 'frame-joined'; readonly frame: string; readonly into: string; readonly steps: readonly string[] }
  | { readonly kind: 'frame-closed'; readonly frame: string }
  | { readonly kind: 'step-ended'; readonly frame: string; readonly step: string; readonly result: StepResult }
  /** Steps are about to run again, or nobody may read their results any more. */
  | { readonly kind: 'steps-cleared'; readonly frame: string; readonly steps: readonly string[] }
  /** A gate asks: whatever was approved at it before is void, for the new answer counts. */
  | { readonly kind: 'asked'; readonly gate: string }
  | {
      readonly kind: 'approved';
      readonly gate: string;
      readonly people: readonly string[];
      readonly approvals: readonly HeldApproval[];
    }
  | { readonly kind: 'approval-used'; readonly approval: HeldApproval }
  /** A called playbook begins or ends: no approval goes in or out of it. `prefix` ends in `/`. */
  | { readonly kind: 'playbook-crossed'; readonly prefix: string }
  | { readonly kind: 'acted'; readonly act: Act }
  | { readonly kind: 'drawn'; readonly review: Review }
  | { readonly kind: 'undo-offered'; readonly undo: OpenUndo }
  /** `undone`: somebody takes the act back, and nobody else may. `taken-back`: that worked. */
  | { readonly kind: 'undone' | 'taken-back'; readonly call: string }
  | { readonly kind: 'proposed'; readonly call: string }
  | { readonly kind: 'spent'; readonly scopes: readonly string[]; readonly amount: Spent }
  /** A turn begins that may use so much, or has ended and gives it back. */
  | { readonly kind: 'reserved' | 'given-back'; readonly scopes: readonly string[]; readonly amount: Most }
  | { readonly kind: 'waiting-began' | 'waiting-ended'; readonly scopes: readonly string[]; readonly at: number }
  /** Nobody asks any more what these spent, or how long people were waited for in them. */
  | { readonly kind: 'scopes-ended'; readonly scopes: readonly string[] };

export const NOTHING_SPENT: Spent = {
  turns: 0,
  inputTokens: 0,
  outputTokens: 0,
  usd: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  toolCalls: 0,
};

export const NOTHING_RESERVED: Reserved = { turns: 0, tokens: 0, usd: 0 };

/** The frame of the playbook a run is started with. */
export const FIRST_FRAME = 'run';

export const FIRST_STATE: RunState = {
  frames: new Map([[FIRST_FRAME, new Map()]]),
  approvals: [],
  approvedBy: new Map(),
  acts: [],
  reviews: [],
  undoable: [],
  undone: new Set(),
  spent: new Map(),
  reserved: new Map(),
  pauses: new Map(),
  proposed: EMPTY_SET,
};

/** The state after an event. Pure. */
export function reduce(state: RunState, event: RunEvent): RunState {
  switch (event.kind) {
    case 'frame-opened': {
      const known = event.from === null ? undefined : state.frames.get(event.from);
      return { ...state, frames: new Map(state.frames).set(event.frame, new Map(known)) };
    }
    case 'frame-joined': {
      const frames = new Map(state.frames);
      const into = new Map(frames.get(event.into));
      for (const step of event.steps) {
        const result = frames.get(event.frame)?.get(step);
        if (result) into.set(step, result);
        else into.delete(step);
      }
      frames.set(event.into, into).delete(event.frame);
      return { ...state, frames };
    }
    case 'frame-closed': {
      const frames = new Map(state.frames);
      frames.delete(event.frame);
      return { ...state, frames };
    }
    case 'step-ended': {
      const results = new Map(state.frames.get(event.frame)).set(event.step, event.result);
      return { ...state, frames: new Map(state.frames).set(event.frame, results) };
    }
    case 'steps-cleared': {
      const results = new Map(state.frames.get(event.frame));
      for (const step of event.steps) results.delete(step);
      return { ...state, frames: new Map(state.frames).set(event.frame, results) };
    }
    case 'asked':
      return { ...state, approvals: state.approvals.filter((held) => held.gate !== event.gate) };
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
    case 'playbook-crossed': {
      const inside = (path: string): boolean => path.startsWith(event.prefix);
      return {
        ...state,
        approvals: state.approvals.filter((held) => !inside(held.step) && !inside(held.gate)),
        approvedBy: new Map([...state.approvedBy].filter(([gate]) => !inside(gate))),
      };
    }
    case 'acted':
      return { ...state, acts: [...state.acts, event.act] };
    case 'drawn':
      return { ...state, reviews: [...state.reviews, event.review] };
    case 'undo-offered':
      return { ...state, undoable: [...state.undoable, event.undo] };
    case 'undone':
      return { ...state, undone: new Set(state.undone).add(event.call) };
    case 'taken-back':
      return { ...state, undoable: state.undoable.filter(({ call }) => call !== event.call) };
    case 'proposed':
      return { ...state, proposed: state.proposed.with(event.call) };
    case 'spent': {
      const spent = new Map(state.spent);
      for (const scope of event.scopes) spent.set(scope, sum(spent.get(scope) ?? NOTHING_SPENT, event.amount));
      return { ...state, spent };
    }
    case 'reserved': {
      const reserved = new Map(state.reserved);
      for (const scope of event.scopes) {
        const { turns, tokens, usd } = reserved.get(scope) ?? NOTHING_RESERVED;
        const amount = { tokens: tokens + event.amount.tokens, usd: usd + event.amount.usd };
        reserved.set(scope, { turns: turns + 1, ...amount });
      }
      return { ...state, reserved };
    }
    case 'given-back': {
      const reserved = new Map(state.reserved);
      for (const scope of event.scopes) {
        const { turns, tokens, usd } = reserved.get(scope) ?? NOTHING_RESERVED;
        const amount = { tokens: tokens - event.amount.tokens, usd: usd - event.amount.usd };
        // With the last turn goes what rounding left.
        if (turns > 1) reserved.set(scope, { turns: turns - 1, ...amount });
        else reserved.delete(scope);
      }
      return { ...state, reserved };
    }
    case 'scopes-ended': {
      const spent = new Map(state.spent);
      const pauses = new Map(state.pauses);
      for (const scope of event.scopes) {
        spent.delete(scope);
        pauses.delete(scope);
      }
      return { ...state, spent, pauses };
    }
    case 'waiting-began': {
      const pauses = new Map(state.pauses);
      for (const scope of event.scopes) {
        const { open, since, total } = pauses.get(scope) ?? NO_PAUSE;
        pauses.set(scope, { open: open + 1, since: open === 0 ? event.at : since, total });
      }
      return { ...state, pauses };
    }
    case 'waiting-ended': {
      const pauses = new Map(state.pauses);
      for (const scope of event.scopes) {
        const { open, since, total } = pauses.get(scope) ?? NO_PAUSE;
        pauses.set(scope, { open: open - 1, since, total: open === 1 ? total + (event.at - since) : total });
      }
      return { ...state, pauses };
    }
  }
}

const NO_PAUSE: Pause = { open: 0, since: 0, total: 0 };

/** Milliseconds for which people were waited for in a scope until `now`. */
export function pausedFor(state: RunState, scope: string, now: number): number {
  const { open, since, total } = state.pauses.get(scope) ?? NO_PAUSE;
  return open > 0 ? total + (now - since) : total;
}

function sum(a: Spent, b: Spent): Spent {
  return {
    turns: a.turns + b.turns,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    usd: a.usd + b.usd,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    toolCalls: a.toolCalls + b.toolCalls,
  };
}
