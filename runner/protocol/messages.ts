import type { RunResult } from './result.js';
import type { Call, Json, JsonObject, TraceLine, Verification } from './trace.js';

/**
 * What the editor and the runner process say to each other, as JSON-RPC over the child's standard input and output
 * (`vscode-jsonrpc`). Names exist here once; both sides build their typed requests from them.
 */
export const METHODS = {
  /** Editor asks; cancelling the request ends the run before its next effect. RunParams -> RunReply */
  run: 'runner/run',
  /** Editor asks: goes on with a run that broke off; cancelled like a run. ResumeParams -> RunReply */
  resume: 'runner/resume',
  /** Editor asks: an adversary instead of a model, over everything from outside. RedTeamParams -> RedTeamReply */
  redTeam: 'runner/redteam',
  /** Runner tells, for every trace line once it is written. TraceLine */
  event: 'runner/event',
  /** Runner asks a person. Cancelled when nobody may answer any more. ApprovalRequest -> ApprovalAnswer */
  approve: 'runner/approve',
  /** Runner asks a person to do or fill in something. TaskRequest -> TaskAnswer */
  task: 'runner/task',
  /** Runner offers a person to take an act back. Cancelled when it is too late for it. UndoOffer -> UndoAnswer */
  undo: 'runner/undo',
  /** Editor asks. ReadTraceParams -> TraceReply */
  readTrace: 'runner/readTrace',
  /** Editor asks: a trace as the text of a file for other tools. ExportParams -> ExportReply */
  exportTrace: 'runner/exportTrace',
  /** Editor asks: a labelled case of a run. FeedbackParams -> FeedbackReply */
  feedback: 'runner/feedback',
  /** Editor asks: a case to begin with, written beside its alert. NewCaseParams -> NewCaseReply */
  newCase: 'runner/newCase',
  /** Editor asks what comes of tests of policies. PolicyTestsParams -> PolicyTestsReply */
  policyTests: 'runner/policyTests',
  /** Editor asks what a language model of its chat asked. AssistantParams -> AssistantReply */
  assist: 'runner/assist',
  /** Runner tells, while it reads a trace in parts: the next lines that hold. TraceLine[] */
  lines: 'runner/lines',
} as const;

export type ModelProvider = 'rehearsal' | 'scripted' | 'adversary' | 'claude' | 'record' | 'replay';

export interface RunParams {
  /** File system paths. */
  readonly playbook: string;
  readonly case: string;
  readonly trace: string;
  readonly model: ModelProvider;
  /** Model id for `claude` and `record`, of steps that name none; its default when absent. */
  readonly modelId?: string;
  /** Likewise; the model's own when absent. */
  readonly effort?: string;
  /** Model to its price, as a person wrote it: checked by the runner. */
  readonly prices?: Json;
  /** Path of the recording that `record` makes and `replay` plays. */
  readonly recording?: string;
  /** Only for `claude` and `record`, from SecretStorage; never logged. */
  readonly apiKey?: string;
  /** Path of the file that says which live servers there are; absent: none is reached. Never from a folder's settings. */
  readonly live?: string;
  /** Who the editor's user says they are, for the trace. */
  readonly user: string;
  /** Whether the trace names the alert's people as they are, which it does when this is absent, or by tokens. */
  readonly personal?: 'keep' | 'commit';
  /** Who answers what people are asked: the editor's people, when this is absent, or the case's script. */
  readonly approvals?: 'editor' | 'case';
}

/** Cancelling the request starts no further run. Nothing is written, and nothing leaves the machine. */
export interface RedTeamParams {
  /** File system paths. */
  readonly playbook: string;
  readonly case: string;
  readonly user: string;
}

export type RedTeamReply =
  | {
      readonly ok: true;
      /** How many were made, the one without an injected text included. */
      readonly runs: number;
      /** Calls that were proposed and refused, and whatever went ahead without authority. */
      readonly attempts: number;
      readonly unauthorized: number;
      /** Of what ran without authority, and faults of the runner: where the text was that led to it. Empty texts: in none. */
      readonly findings: readonly { readonly field: string; readonly injection: string; readonly problem: string }[];
    }
  | Extract<RunReply, { readonly ok: false }>;

export interface ResumeParams {
  /** File system path of the trace of a run that broke off. */
  readonly trace: string;
  /** As in `RunParams`, for the model that the run was started with. */
  readonly apiKey?: string;
  readonly effort?: string;
  readonly prices?: Json;
  readonly recording?: string;
  /** As in `RunParams`; a run that was started with live servers goes on with the same only. */
  readonly live?: string;
  /** Who has it go on, for the trace. */
  readonly user: string;
}

/** A run that could not start is a value, not an exception. */
export type RunReply =
  | {
      readonly ok: true;
      readonly result: RunResult;
      /** Of a run with the adversary: what it tried in vain, and how often it managed what nothing allowed. */
      readonly adversary?: AdversaryReview;
    }
  | { readonly ok: false; readonly message: string; readonly file: string | null; readonly line: number | null };

export interface AdversaryReview {
  readonly attempts: number;
  readonly unauthorized: number;
  /** Calls of which it cannot be told, because secrets were replaced in the trace. */
  readonly untold: number;
}

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
  /** Roles of the policy to which whoever may answer can hand the question. */
  readonly escalateTo: readonly string[];
  /** Who changed the calls to what they are; empty while they are as first proposed. They may not approve them. */
  readonly changedBy: readonly string[];
  /** RFC 3339; after it silence denies. `null`: no time is set. */
  readonly deadline: string | null;
  readonly irreversible: boolean;
}

/** What a person may do with a question. */
export type ApprovalAnswer = { readonly as: string; readonly reason: string } & (
  | { readonly decision: 'approve' | 'reject' }
  /** The run ends before its next effect. */
  | { readonly decision: 'end' }
  /** A new proposal, asked afresh, which they may not approve. Calls by their id, with all their arguments. */
  | { readonly decision: 'modify'; readonly changes: readonly CallChange[] }
  /** Holders of this role are to decide; one of the request's `escalateTo`. */
  | { readonly decision: 'escalate'; readonly to: string }
);

export interface CallChange {
  readonly call: string;
  readonly arguments: JsonObject;
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

/** An act that ran without asking, which people may take back. */
export interface UndoOffer {
  readonly run: string;
  readonly step: string;
  readonly title: string;
  /** The act. */
  readonly call: Call;
  /** What takes it back. */
  readonly undo: { readonly tool: string; readonly arguments: JsonObject };
  /** Who may. */
  readonly people: readonly string[];
  /** RFC 3339; `null`: as long as the run goes on. */
  readonly until: string | null;
  /** The same in milliseconds from now. */
  readonly windowMs: number | null;
}

/** Somebody takes the act back. */
export interface UndoAnswer {
  readonly as: string;
  readonly reason: string;
}

export interface ReadTraceParams {
  readonly path: string;
  /** Sends the lines in parts as they are checked; those of the reply are then none. For traces of any size. */
  readonly inParts?: boolean;
}

/** OpenTelemetry spans as one OTLP request in JSON, or OCSF events, one a line. */
export type ExportFormat = 'otel' | 'ocsf';

export interface ExportParams {
  /** File system path. */
  readonly path: string;
  readonly format: ExportFormat;
}

export type ExportReply =
  | { readonly ok: true; readonly text: string }
  /** `broken`: the trace is there, and is not as it was written. */
  | { readonly ok: false; readonly broken: boolean; readonly message: string };

export type TraceReply =
  | { readonly ok: true; readonly lines: readonly TraceLine[]; readonly verification: Verification }
  | { readonly ok: false; readonly message: string };
