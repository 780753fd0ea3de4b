import type { Located, Range } from '../syntax/tree.js';
import type { AutonomyLevel, Effect } from './levels.js';

/** The organization's authority: who holds which role, and how far any playbook may go. */
export interface Policy {
  readonly uri: string;
  readonly id: Located<string> | undefined;
  /** Role name to the people who hold it. */
  readonly roles: ReadonlyMap<string, readonly Located<string>[]>;
  /** Tag to the targets that bear it, by exact name. */
  readonly tags: ReadonlyMap<string, readonly Located<string>[]>;
  readonly ceilings: readonly Ceiling[];
  /** `undefined`: autonomy does not depend on a measure. */
  readonly breaker: Breaker | undefined;
  /** Tools that need a person's approval whatever else is said. Exact names. */
  readonly alwaysGate: readonly Located<string>[];
  /** Tools that never run. Exact names. */
  readonly forbid: readonly Located<string>[];
  readonly require: {
    readonly accountable: boolean;
    readonly budget: boolean;
    readonly undoFor: readonly Effect[];
  };
  readonly waivers: readonly Waiver[];
  readonly acknowledgements: readonly Acknowledgement[];
}

/** A widening of a playbook's boundary that somebody agrees to before it is made. Permits nothing by itself. */
export interface Acknowledgement {
  /** The fingerprint of the change, which nothing else has. */
  readonly change: Located<string>;
  readonly playbook: Located<string>;
  /** As the comparison names it: after the calls that lead to it. */
  readonly step: Located<string>;
  readonly tool: Located<string>;
  readonly owner: string;
  readonly reason: string;
  /** The last day it holds, `YYYY-MM-DD`. */
  readonly expires: Located<string>;
  readonly range: Range;
}

/** A requirement that does not hold for a playbook, or a step of it, for a time. */
export interface Waiver {
  readonly rule: Located<string>;
  readonly playbook: Located<string>;
  /** `undefined`: the whole playbook. */
  readonly step: Located<string> | undefined;
  readonly owner: string;
  readonly reason: string;
  /** The last day it holds, `YYYY-MM-DD`. */
  readonly expires: Located<string>;
  readonly range: Range;
}

/** A bound on every act it matches: all of `effect`, `tool` and `targetTag` that are set must match. */
export interface Ceiling {
  readonly effect: Located<Effect> | undefined;
  readonly tool: Located<string> | undefined;
  /** Set: only acts on targets of this tag, which the run alone knows. */
  readonly targetTag: Located<string> | undefined;
  readonly autonomy: Located<AutonomyLevel>;
  readonly quorum: number | undefined;
  /** If set, approvers must hold one of these roles. */
  readonly roles: readonly Located<string>[];
  /** Least share of outcomes sampled for review, 0 to 1. */
  readonly review: number | undefined;
  readonly range: Range;
}

/** Acts that run without a person only while a measure shows that they are seldom wrong. */
export interface Breaker {
  /** Reference to the measure's JSON file; `undefined`: it cannot be read, so there is no measure. */
  readonly measure: Located<string> | undefined;
  readonly acts: readonly BreakerRule[];
}

/** A bound on every act it matches: all of `effect` and `tool` that are set must match. */
export interface BreakerRule {
  readonly effect: Located<Effect> | undefined;
  readonly tool: Located<string> | undefined;
  /** The most that may be wrong, 0 to 1. */
  readonly maxError: number;
  /** How old a measure may be when a run begins, in milliseconds. */
  readonly maxAge: number;
  readonly range: Range;
}
