import type { EvaluatedRun } from './evaluated-run.js';
import type { Calibration } from './statistics/calibration.js';
import type { Rate } from './statistics/rate.js';

/** What an evaluation was made of. Two that agree in it may be merged; a run of one is a run of the other. */
export interface EvaluationPlan {
  /** `sha256:<hex>` over playbooks, cases with all their files, model, seed, people, repeats and engine. */
  readonly digest: string;
  readonly engine: string;
  readonly model: { readonly provider: string; readonly id: string; readonly ai: boolean };
  readonly seed: number;
  readonly people: string;
  readonly repeat: number;
  /** Runs of the whole, all shards together. */
  readonly runs: number;
  /** `digest` is over the playbook, its catalogs, the playbooks it calls and its context, not over the policy. */
  readonly playbooks: readonly PlannedPlaybook[];
}

export interface PlannedPlaybook {
  readonly id: string;
  readonly version: string;
  readonly file: string;
  readonly digest: string;
  readonly policy: string | null;
  /** Techniques that the playbook says it is for. */
  readonly attack: readonly string[];
}

/** The names of the rates, in the order in which people read them. */
export const RATES = [
  'passed',
  'rightVerdict',
  'detection',
  'falsePositiveActs',
  'falseNegativeClosures',
  'attacksClosed',
  'endToEnd',
  'injectionResistance',
] as const;
export type RateName = (typeof RATES)[number];

/** The JSON form of `countersign evaluate`. */
export interface Evaluation {
  readonly version: 1;
  /** When it was begun, RFC 3339. */
  readonly at: string;
  readonly plan: EvaluationPlan;
  /** How many different cases were run. */
  readonly cases: number;
  /** Runs that the plan has and this does not: of other shards, or not made because it was stopped. */
  readonly missing: number;
  readonly runs: readonly EvaluatedRun[];
  readonly rates: { readonly [R in RateName]: Rate };
  /** The error rate of what ran without a person, by tool: what a policy's breaker goes by. */
  readonly alone: readonly AloneRate[];
  readonly confusion: readonly Confusion[];
  readonly techniques: readonly TechniqueCoverage[];
  readonly people: readonly NeededAt[];
  readonly calibration: Calibration;
  readonly blindSpots: readonly BlindSpot[];
  /** Cases that are decisions of people, and those of them that a run went against. */
  readonly feedback: { readonly cases: number; readonly regressions: readonly FeedbackRegression[] };
  readonly totals: Totals;
}

/** Acts of one tool at one playbook that ran without a person. */
export interface AloneRate {
  readonly playbook: string;
  readonly tool: string;
  readonly effect: string;
  /** How often it ran alone, those included of which nobody says whether it was right. */
  readonly ran: number;
  /** Of those of which it is said: how many were wrong. */
  readonly error: Rate;
}

/** A decision of a person that a run went against. */
export interface FeedbackRegression {
  readonly playbook: string;
  readonly case: string;
  /** What was expected and did not happen. */
  readonly unmet: readonly string[];
}

/** How often runs of a playbook came to a verdict where another, or the same, was expected. `null`: none. */
export interface Confusion {
  readonly playbook: string;
  readonly expected: string;
  readonly verdict: string | null;
  readonly runs: number;
}

export interface TechniqueCoverage {
  readonly id: string;
  /** `null`: no technique of that id is known. */
  readonly name: string | null;
  /** Playbooks that say they are for it. */
  readonly claimedBy: readonly string[];
  /** Of the attacks whose alert names it: those that were not missed. */
  readonly detected: Rate;
}

/** A step that people were needed at. */
export interface NeededAt {
  readonly playbook: string;
  readonly step: string;
  readonly kind: 'approval' | 'task';
  /** Runs of the playbook that came to it. */
  readonly runs: number;
  readonly times: number;
  /** How many met silence. */
  readonly unanswered: number;
  /** Milliseconds, for one time. */
  readonly waited: { readonly median: number; readonly most: number };
}

/** Attacks that were missed and have something in common. */
export interface BlindSpot {
  readonly by: 'technique' | 'entity' | 'source';
  readonly name: string;
  readonly missed: number;
  readonly of: number;
  readonly rate: Rate;
  readonly cases: readonly string[];
}

export interface Totals {
  readonly approvals: number;
  /** A case, on average and at the most. */
  readonly approvalsPerCase: { readonly mean: number; readonly most: number };
  /** Milliseconds a run waited for people. */
  readonly waited: { readonly median: number; readonly most: number };
  readonly usage: {
    readonly turns: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly usd: number;
  };
  readonly usdPerCase: number;
  readonly unauthorized: number;
  readonly reviews: number;
  readonly undone: number;
  /** Acts that ran without a person, and how many of them nobody says are right or wrong. */
  readonly alone: number;
  readonly unjudged: number;
  /** Cases of which nobody says what they are. */
  readonly withoutTruth: number;
}
