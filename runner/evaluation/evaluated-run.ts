import type { Truth } from '../../language/model/case.js';
import type { EntityType } from '../../language/model/levels.js';
import type { Act } from '../protocol/result.js';
import type { RunOutcome, Usage } from '../protocol/trace.js';

/** One run of a playbook over a labelled case, and everything an evaluation counts of it. */
export interface EvaluatedRun {
  readonly playbook: string;
  readonly case: string;
  /** From 1; above 1 where a case is run several times. */
  readonly repeat: number;
  /** `refused`: the run could not start. `fault`: Countersign broke. */
  readonly outcome: RunOutcome | 'refused' | 'fault';
  readonly verdict: string | null;
  readonly expected: ExpectedOfRun;
  readonly pass: boolean;
  /** What was expected and did not happen, in words. */
  readonly unmet: readonly string[];
  readonly acts: readonly EvaluatedAct[];
  /** Questions that people were asked at gates. */
  readonly approvals: number;
  /** Where people were needed, in order. */
  readonly people: readonly Needed[];
  /** Milliseconds that the run waited for people, those that let the time pass included. */
  readonly waited: number;
  readonly usage: Usage;
  /** Calls that went ahead without authority, by the audit. */
  readonly unauthorized: number;
  readonly truth: Truth | null;
  readonly injected: boolean;
  /** Whether the case is a decision of a person; absent: it is not, or an earlier version made the run. */
  readonly feedback?: true;
  /** Digest of the alert's text: runs over one alert are one piece of evidence. */
  readonly alert: string;
  /** ATT&CK techniques that the alert names. */
  readonly techniques: readonly string[];
  /** Types of entities that the alert names. */
  readonly entities: readonly EntityType[];
  /** The product that raised the alert. */
  readonly source: string | null;
  /** What the last agent said of how sure it was of its verdict, and whether that was the expected one. */
  readonly confidence: { readonly stated: number; readonly right: boolean } | null;
  /** Acts and outcomes that were drawn for review, and acts that were taken back. */
  readonly reviews: number;
  readonly undone: number;
  /** Why it ended as it did. */
  readonly reason: string;
  /** The trace, relative to the evaluation's folder; `null` where none is kept. */
  readonly trace: string | null;
}

export interface ExpectedOfRun {
  readonly verdict: string | null;
  readonly outcome: string | null;
  readonly must: readonly string[];
  readonly may: readonly string[];
  readonly mustNot: readonly string[];
  readonly decided: readonly string[];
}

export interface EvaluatedAct
  extends Pick<Act, 'step' | 'tool' | 'effect' | 'target' | 'rule' | 'approvedBy' | 'executed'> {
  /** It ran and no person decided it. */
  readonly alone: boolean;
  /** Whether it was right to run; `null`: it did not, or neither expectations nor truth say so. */
  readonly right: boolean | null;
}

/** A point where the run needed a person. */
export interface Needed {
  readonly step: string;
  readonly kind: 'approval' | 'task';
  /** How it was closed: `approved`, `rejected`, `timed-out`, `done`, ... */
  readonly outcome: string;
  /** Milliseconds. */
  readonly waited: number;
}
