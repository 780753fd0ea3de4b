import type { Identity, RunOutcome, SourcePlace, Usage } from './trace.js';

/** One attempt at a consequential act. */
export interface Act {
  readonly step: string;
  readonly tool: string;
  readonly effect: string;
  readonly target: string | null;
  readonly decision: 'allowed' | 'denied';
  /** The rule of the decision point that allowed or denied it. */
  readonly rule: string;
  readonly approvedBy: readonly string[];
  readonly simulated: boolean;
  readonly executed: boolean;
}

/** An act, or where `call` is `null` the outcome of a step, that people are to look at. */
export interface Review {
  readonly step: string;
  readonly call: string | null;
  readonly tool: string | null;
  readonly target: string | null;
  readonly people: readonly string[];
}

/** An act that ran without asking and that people may still take back. */
export interface OpenUndo {
  readonly step: string;
  readonly call: string;
  readonly tool: string;
  readonly target: string | null;
  /** The tool that takes it back. */
  readonly undo: string;
  readonly people: readonly string[];
  /** RFC 3339; `null`: only while the run went on. */
  readonly until: string | null;
}

/** Something a case expected and that did not happen. */
export interface Unmet {
  /** A sentence that says both. */
  readonly message: string;
  /** What was to be and what is, where it is one value against another. */
  readonly expected: string | null;
  readonly actual: string | null;
  /** Where the case says so, its file by its whole path; `null` where it says nothing of it. */
  readonly place: SourcePlace | null;
}

/** The JSON form of `countersign run`. */
export interface RunResult {
  readonly version: 1;
  readonly run: string;
  readonly playbook: string;
  readonly case: string;
  readonly model: string;
  readonly outcome: RunOutcome;
  readonly verdict: string | null;
  readonly acts: readonly Act[];
  /** Drawn for review. */
  readonly reviews: readonly Review[];
  /** What was open to be taken back when the run ended. */
  readonly undo: readonly OpenUndo[];
  readonly usage: Usage;
  /** Path of the trace file. */
  readonly trace: string;
  /** What the case expected and did not happen; empty when all of it did, or nothing was expected. */
  readonly unmet: readonly Unmet[];
  /** How far it was looked at who the people are that acts rest on; `null` when none rests on a person. */
  readonly identity: Identity | null;
  /** Why the run ended as it did. */
  readonly reason: string;
}
