import type { RunResult } from './result.js';
import type { Call, Json, TraceLine, Verification } from './trace.js';

/**
 * What the editor and the runner process say to each other, as JSON-RPC over the child's standard input and output
 * (`vscode-jsonrpc`). Names exist here once; both sides build their typed requests from them.
 */
export const METHODS = {
  /** Editor asks; cancelling the request ends the run before its next effect. RunParams -> RunReply */
  run: 'runner/run',
  /** Runner tells, for every trace line once it is written. TraceLine */
  event: 'runner/event',
  /** Runner asks a person. Cancelled when nobody may answer any more. ApprovalRequest -> ApprovalAnswer */
  approve: 'runner/approve',
  /** Runner asks a person to do or fill in something. TaskRequest -> TaskAnswer */
  task: 'runner/task',
  /** Editor asks. ReadTraceParams -> TraceReply */
  readTrace: 'runner/readTrace',
  /** Runner tells, while it reads a trace in parts: the next lines that hold. TraceLine[] */
  lines: 'runner/lines',
} as const;

export type ModelProvider = 'rehearsal' | 'scripted' | 'claude';

export interface RunParams {
  /** File system paths. */
  readonly playbook: string;
  readonly case: string;
  readonly trace: string;
  readonly model: ModelProvider;
  /** Model id for `claude`; its default when absent. */
  readonly modelId?: string;
  /** Only for `claude`, from SecretStorage; never logged. */
  readonly apiKey?: string;
  /** Who the editor's user says they are, for the trace. */
  readonly user: string;
  /** Whether the trace names the alert's people as they are, which it does when this is absent, or by tokens. */
  readonly personal?: 'keep' | 'commit';
}

/** A run that could not start is a value, not an exception. */
export type RunReply =
  | { readonly ok: true; readonly result: RunResult }
  | { readonly ok: false; readonly message: string; readonly file: string | null; readonly line: number | null };

export interface ApprovalRequest {
  readonly run: string;
  readonly gate: string;
  readonly title: string;
  /** Exactly the text a person reads; control and bidirectional characters already made visible. */
  readonly ask: string;
  readonly evidence: readonly { readonly expression: string; readonly value: Json }[];
  /** Exactly what will run if approved, nothing more. */
  readonly calls: readonly Call[];
  readonly roles: readonly string[];
  /** Who may answer, by the policy's roles, less those already counted. */
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly approvedBy: readonly string[];
  /** RFC 3339; after it silence denies. `null`: the run's own deadline. */
  readonly deadline: string | null;
  readonly irreversible: boolean;
}

export interface ApprovalAnswer {
  readonly decision: 'approve' | 'reject';
  readonly as: string;
  readonly reason: string;
}

export interface TaskRequest {
  readonly run: string;
  readonly step: string;
  readonly title: string;
  readonly task: string;
  readonly role: string;
  readonly people: readonly string[];
  /** JSON Schema (object) of the fields to fill in; `null` when none. */
  readonly fields: Json;
  /** For an act at level `assist`: the call the person is to perform themselves. */
  readonly call: Call | null;
}

/** `done: false` says the person did not do it; the step then fails. */
export interface TaskAnswer {
  readonly done: boolean;
  readonly as: string;
  readonly output: { readonly [field: string]: Json };
}

export interface ReadTraceParams {
  readonly path: string;
  /** Sends the lines in parts as they are checked; those of the reply are then none. For traces of any size. */
  readonly inParts?: boolean;
}

export type TraceReply =
  | { readonly ok: true; readonly lines: readonly TraceLine[]; readonly verification: Verification }
  | { readonly ok: false; readonly message: string };
