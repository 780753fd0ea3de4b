import type { Json, Located, Range } from '../syntax/tree.js';

/** A sample alert with everything a dry run needs to answer without the world. */
export interface Case {
  readonly uri: string;
  readonly id: Located<string> | undefined;
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** Id of the playbook it is for. */
  readonly playbook: Located<string> | undefined;
  /** What the alert really is; `undefined`: the author does not say. */
  readonly truth: Truth | undefined;
  /** Whether text in it tries to make an agent do something; `undefined`: the author does not say. */
  readonly injected: boolean | undefined;
  /** Where a case comes from that was made of a person's decision; `undefined`: somebody wrote it. */
  readonly feedback: CaseFeedback | undefined;
  /** Reference to the alert's JSON file. */
  readonly alert: Located<string> | undefined;
  /** What the playbook's `inputs` get. */
  readonly inputs: { readonly [name: string]: Json };
  /** Event data by the name of its table, each in a file relative to the case. */
  readonly events: readonly { readonly table: string; readonly file: Located<string> }[];
  readonly answers: readonly RecordedAnswer[];
  /** Model turns for the `scripted` provider, by agent step id. */
  readonly turns: ReadonlyMap<string, readonly ScriptedTurn[]>;
  readonly approvals: readonly ScriptedApproval[];
  /** Answers to manual tasks, by step id. */
  readonly tasks: readonly ScriptedTask[];
  readonly undo: readonly ScriptedUndo[];
  /** Paths of the steps that are drawn for review; `undefined`: by chance. */
  readonly sampled: readonly Located<string>[] | undefined;
  readonly expect: Expectation | undefined;
}

/** How personal data was looked at before it was saved: a person saw it and kept it, or made-up values replace it. */
export const REVIEWS = ['seen', 'pseudonymized'] as const;

/** The run in which people decided otherwise than was proposed. */
export interface CaseFeedback {
  readonly run: string;
  /** `sha256:<hex>`, the hash of the trace's last line. */
  readonly trace: string;
  readonly by: readonly string[];
  /** `undefined` where the file does not say it. */
  readonly reviewed: (typeof REVIEWS)[number] | undefined;
  /** That agents may be shown it, as an example; `undefined`: they may not. */
  readonly example: ExampleMark | undefined;
}

/** A person read what agents are shown of a case, and lets it be shown. */
export interface ExampleMark {
  /** As the policy names them. */
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  /** `sha256:<hex>` of the canonical JSON of what they read. */
  readonly digest: string;
}

/** What a tool answered once. Matched on the tool's exact name and exactly equal arguments. */
export interface RecordedAnswer {
  readonly tool: Located<string>;
  readonly with: { readonly [argument: string]: Json };
  /** Exactly one of `output` and `error` is set. */
  readonly output: Json | undefined;
  readonly error: string | undefined;
  readonly range: Range;
}

/** One model turn: text, calls, or the final answer. */
export interface ScriptedTurn {
  readonly text: string | undefined;
  readonly calls: readonly { readonly tool: string; readonly with: { readonly [argument: string]: Json } }[];
  readonly output: Json | undefined;
}

export const SCRIPTED_DECISIONS = ['approve', 'reject', 'modify', 'escalate', 'end', 'silence'] as const;

/** `silence` lets the gate's timeout pass. */
export interface ScriptedApproval {
  /** Id of the gate, or of the step with an inline approval. */
  readonly gate: Located<string>;
  readonly as: string;
  readonly decision: (typeof SCRIPTED_DECISIONS)[number];
  /** Milliseconds that it takes them, where time is simulated. */
  readonly after: number;
  readonly reason: string | undefined;
  /** Of `modify`: number of the call that changes among those shown, from 1, and the arguments that change. */
  readonly call: number;
  readonly with: { readonly [argument: string]: Json };
  /** Of `escalate`: the role that is to decide. */
  readonly to: string | undefined;
}

/** An act at level `notify` that somebody takes back. */
export interface ScriptedUndo {
  readonly step: Located<string>;
  readonly as: string;
  /** Milliseconds after the act. */
  readonly after: number;
  readonly reason: string | undefined;
}

export interface ScriptedTask {
  readonly step: Located<string>;
  readonly as: string;
  /** Milliseconds that it takes them, where time is simulated. */
  readonly after: number;
  readonly output: { readonly [field: string]: Json };
}

/** What the case's author says should happen; `run` reports where it did not. */
export interface Expectation {
  readonly verdict: string | undefined;
  readonly outcome: string | undefined;
  readonly mustAct: readonly string[];
  readonly mayAct: readonly string[];
  readonly mustNotAct: readonly string[];
  readonly decided: readonly ExpectedDecision[];
  readonly range: Range;
}

/** What an alert really is. `novel` is an attack too, of a kind nobody has seen. */
export const TRUTHS = ['benign', 'malicious', 'novel', 'ambiguous'] as const;
export type Truth = (typeof TRUTHS)[number];

export const EXPECTED_DECISIONS = ['approve', 'reject', 'modify', 'escalate', 'end', 'done'] as const;

/** A decision that must be in the run's record; of `role`, `by` and `decision`, all that are set must fit. */
export interface ExpectedDecision {
  /** Path of the gate, of the step with an inline approval, or of the manual step. */
  readonly at: Located<string>;
  readonly role: string | undefined;
  readonly by: string | undefined;
  readonly decision: (typeof EXPECTED_DECISIONS)[number] | undefined;
}
