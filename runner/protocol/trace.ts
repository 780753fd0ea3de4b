/**
 * The audit trace, format version 1: one JSON object a line, canonical JSON (RFC 8785), each line bound to the one before
 * by its SHA-256. This file is the frozen type of version 1; a later version gets a file of its own.
 */
export const TRACE_VERSION = 1;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Who did it. `how` says how a person's identity is known: `scripted`, `locally-asserted`, ... */
export interface Actor {
  readonly kind: 'human' | 'agent' | 'engine';
  readonly id: string;
  readonly how?: string;
}

/** A place in a file: `line` and `character` zero-based, UTF-16. `file` as in the run's `files` table. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly character: number;
}

/** An exact call: what is proposed, approved, authorized and executed. `digest` is over tool, arguments and target. */
export interface Call {
  /** Unique in the run. */
  readonly id: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly effect: string;
  readonly target: string | null;
  /**
   * `sha256:<hex>` of the canonical JSON of {tool, arguments, target, playbook, policy}, the last two being digests; where
   * the playbook calls others, with {callees}, the sorted list of their digests.
   */
  readonly digest: string;
}

export type RunOutcome = 'completed' | 'escalated' | 'stopped' | 'denied' | 'failed' | 'cancelled';

/**
 * Name of an event to its data.
 *
 * A step is named by path: its id, in a called playbook after those of the calls that lead to it, `contain/ask`. A path is
 * unique among the steps that are under way. In a loop the same step is entered and left once in each round, after an
 * `iteration` of the loop. The lines of parallel branches lie among each other; `within` and `branch` of `step.entered`
 * tell them apart.
 */
export interface TraceEvents {
  'run.opened': {
    readonly playbook: {
      readonly id: string;
      readonly version: string;
      readonly file: string;
      readonly digest: string;
    };
    readonly policy: { readonly id: string; readonly digest: string } | null;
    readonly catalogs: readonly { readonly file: string; readonly digest: string }[];
    /** The playbooks it calls, directly and through others; absent when it calls none. */
    readonly callees?: readonly {
      readonly id: string;
      readonly version: string;
      readonly file: string;
      readonly digest: string;
    }[];
    /** The files of the organization's context, its callees' too; absent when there are none. */
    readonly context?: readonly { readonly file: string; readonly digest: string }[];
    /** What agents are shown of earlier cases, its callees' too: the cases and their alerts; absent when there are none. */
    readonly examples?: readonly { readonly file: string; readonly digest: string }[];
    readonly case: { readonly id: string; readonly file: string; readonly digest: string };
    /** What the policy's breaker goes by, `null` where it cannot be read; absent where the policy has no breaker. */
    readonly measure?: { readonly file: string; readonly digest: string } | null;
    readonly alert: { readonly file: string; readonly digest: string };
    /** The case's event data by table; absent when it has none. */
    readonly events?: readonly { readonly table: string; readonly file: string; readonly digest: string }[];
    /** The live servers that reading tools are bound to, with what each said of its tools by digest; absent without any. */
    readonly live?: readonly {
      readonly server: string;
      readonly transport: 'stdio' | 'http';
      /** The program's name, or the origin of the address. */
      readonly address: string;
      readonly tools: readonly {
        readonly tool: string;
        /** Its name at the server. */
        readonly name: string;
        readonly digest: string;
        /** How what it takes differs from what the catalog says. */
        readonly note: string | null;
      }[];
    }[];
    readonly engine: string;
    /** `ai` is false for stand-ins that are not a model. */
    readonly model: { readonly provider: string; readonly id: string; readonly ai: boolean; readonly note: string };
    readonly approvals: string;
    /** A dry run simulates every consequential tool. */
    readonly dryRun: true;
    readonly startedBy: string;
    /** The run's own limits; absent in traces that do not tell them. */
    readonly limits?: Limits;
    /** Present when this is no run of the playbook but an act of another run being undone. */
    readonly undoes?: { readonly run: string; readonly call: string; readonly last: string };
    /** Who signs checkpoints of this trace, and after how many lines at the latest; absent when nobody does. */
    readonly checkpoints?: { readonly key: string; readonly every: number };
    /** Which entities of the alert are named by tokens in their stead; absent when all are as they were. */
    readonly personal?: readonly string[];
  };
  'step.entered': {
    readonly kind: string;
    readonly title: string;
    readonly because: string;
    readonly place: SourcePlace;
    /** The step around it, by path; absent at the top. */
    readonly within?: string;
    /** The branch of `within`, a parallel step, in whose list it stands. */
    readonly branch?: string;
  };
  'step.skipped': {
    readonly kind: string;
    readonly because: string;
    readonly place: SourcePlace;
    readonly within?: string;
    readonly branch?: string;
  };
  'step.left': {
    readonly outcome: StepOutcome;
    readonly output: Json;
    /** What went wrong, or what cut the step short. */
    readonly error: string | null;
    readonly handler: string | null;
  };
  /** The branch an `if` or `switch` took. */
  branch: { readonly expression: string; readonly value: Json; readonly taken: string };
  /** A loop goes into its next round. `index` from 0, `of` how many there are. */
  iteration: { readonly index: number; readonly of: number; readonly item: Json };
  /** A parallel step goes on: the branches that came to their end, in that order, and those that were stopped before. */
  joined: {
    readonly join: 'all' | 'any';
    readonly through: readonly string[];
    readonly stopped: readonly string[];
  };
  /** A call goes into its playbook, with these inputs. The paths of its steps start with that of the call. */
  called: { readonly playbook: string; readonly version: string; readonly file: string; readonly inputs: JsonObject };
  /** An action or agent failed and is tried again: attempt `attempt` of `of`, after `delayMs`. */
  retry: { readonly attempt: number; readonly of: number; readonly delayMs: number; readonly because: string };
  'model.request': {
    readonly turn: number;
    readonly model: string;
    readonly messages: number;
    readonly tools: readonly string[];
    readonly system: string | null;
    readonly input: Json;
    /** How much effort the model is asked for; absent where it is its own. */
    readonly effort?: string;
    /** The step's own limits, on its first turn. */
    readonly limits?: Limits;
    /** What the turn may use, and no other turn meanwhile; absent where nothing limits tokens or money. */
    readonly reserved?: { readonly tokens?: number; readonly usd?: number };
  };
  'model.response': {
    readonly turn: number;
    readonly stopReason: string;
    readonly text: string;
    readonly calls: readonly { readonly id: string; readonly tool: string; readonly arguments: Json }[];
    /** The structured answer handed in with this turn, unchecked; absent when there is none. */
    readonly output?: Json;
    readonly usage: Usage;
    /** Why earlier requests of this turn failed; absent when the first was answered. */
    readonly retried?: readonly string[];
    /** Of one that failed: what kind of failure; absent where asking again may help. */
    readonly cause?: string;
  };
  proposed: { readonly call: Call; readonly untrusted: readonly string[] };
  authorized: {
    readonly call: string;
    readonly tool: string;
    readonly decision: 'permit' | 'deny' | 'needs-approval';
    readonly rule: string;
    readonly reason: string;
    readonly place: SourcePlace | null;
    /** Of a person's answer that did not count: what it was. */
    readonly answered?: { readonly decision: string; readonly to?: string };
  };
  'gate.opened': {
    readonly gate: string;
    readonly ask: string;
    readonly evidence: readonly { readonly expression: string; readonly value: Json }[];
    readonly calls: readonly Call[];
    readonly roles: readonly string[];
    readonly approvers: readonly string[];
    readonly quorum: number;
    readonly timeoutMs: number | null;
    /** From 2 where the question is asked afresh: the calls were changed, or other people are asked. */
    readonly round?: number;
    /** Who changed the calls to what they are here; they may not approve them. */
    readonly changedBy?: readonly string[];
  };
  decided: {
    readonly gate: string;
    readonly decision: 'approve' | 'reject' | 'modify' | 'escalate' | 'end';
    readonly reason: string;
    readonly calls: readonly string[];
    readonly identity?: Identity;
  };
  /** A person changed what was proposed. `refused` says why nothing came of it, and then the question stands as it was. */
  modified: {
    readonly gate: string;
    /** What they gave, as they gave it. */
    readonly changes: readonly { readonly call: string; readonly arguments: Json }[];
    readonly before: readonly Call[];
    readonly after: readonly Call[];
    readonly refused: string | null;
  };
  /** A person handed the question to another role: from now on only its holders may answer. */
  escalated: { readonly gate: string; readonly to: string; readonly approvers: readonly string[] };
  'gate.closed': {
    readonly gate: string;
    /**
     * `withdrawn`: the run was cancelled, or another branch ended this one, before there was an answer. `ended`: a person
     * ended the run instead.
     */
    readonly outcome: 'approved' | 'rejected' | 'timed-out' | 'unsatisfied' | 'withdrawn' | 'ended';
    readonly approvedBy: readonly string[];
    readonly because: string;
    /** How far it was looked at who they are. */
    readonly identity?: Identity;
  };
  'task.opened': { readonly task: string; readonly role: string; readonly fields: Json; readonly call: Call | null };
  'task.done': { readonly output: Json; readonly performed: boolean };
  /** Written and flushed to disk before any effect. */
  intent: {
    readonly call: string;
    readonly tool: string;
    readonly digest: string;
    readonly permit: string;
    readonly simulated: boolean;
  };
  executed: {
    readonly call: string;
    readonly tool: string;
    readonly simulated: boolean;
    readonly ok: boolean;
    readonly result: Json;
    readonly source: string;
  };
  /** What an intent stated was not done: the run ended in between. */
  withheld: { readonly call: string; readonly tool: string; readonly reason: string };
  notified: {
    readonly call: string;
    readonly roles: readonly string[];
    readonly people: readonly string[];
    readonly message: string;
    /** What takes the act back. `until`: RFC 3339; `null`: as long as the run goes on. */
    readonly undo?: { readonly tool: string; readonly arguments: JsonObject; readonly until: string | null };
  };
  /** A person took an act back, by the call `by`; `ok` says whether that worked. */
  undone: { readonly call: string; readonly by: string; readonly ok: boolean; readonly reason: string };
  /** Drawn for review: people are to look at this act, or where `call` is `null` at this outcome of the step. */
  'review.requested': {
    readonly call: string | null;
    /** Share that is drawn, 0 to 1. */
    readonly rate: number;
    readonly roles: readonly string[];
    readonly people: readonly string[];
  };
  /** A person ended the run from outside, before its next effect. */
  killed: { readonly reason: string };
  /** A turn that needs `least`, and could use `most`, waits until turns of other branches have ended. */
  'budget.waiting': {
    readonly turn: number;
    readonly most: { readonly tokens: number; readonly usd: number };
    readonly least: { readonly tokens: number; readonly usd: number };
  };
  budget: {
    /** `run`, or the path of the agent step; where the step's event is `null` it is the run's. */
    readonly scope: string;
    readonly turns: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly usd: number;
    readonly cacheReadTokens?: number;
    readonly cacheWriteTokens?: number;
    readonly toolCalls: number;
    readonly elapsedMs: number;
    readonly exceeded: string | null;
  };
  /** A run that had broken off goes on: `fromLine` is the `seq` of its last line, `by` who had it go on. */
  resumed: { readonly fromLine: number; readonly by: string };
  /** The last line had been torn by a crash. Its bytes were set aside in `file`, beside the trace. */
  recovered: { readonly file: string; readonly bytes: number; readonly digest: string };
  /** An intent has no result: the run broke off in between, and the act may or may not have happened. */
  'outcome.unknown': { readonly call: string; readonly tool: string; readonly because: string };
  'run.closed': {
    readonly outcome: RunOutcome;
    readonly verdict: Json;
    readonly reason: string;
    readonly usage: Usage;
    readonly lines: number;
  };
}

/**
 * How far it was looked at who a person is. Every way people are asked on one machine takes their word: two approvals there may
 * be one person's.
 */
export type Identity = 'locally-asserted';

/** How a step ended. */
export type StepOutcome =
  | 'ok'
  | 'failed'
  /** The model would not do it: its provider's rules, not ours. */
  | 'refused'
  | 'denied'
  | 'rejected'
  | 'timed-out'
  | 'stopped'
  | 'approved'
  | 'skipped';

/** How much a run or an agent step may use; what is absent has no limit of its own. */
export interface Limits {
  readonly turns?: number;
  readonly toolCalls?: number;
  /** In and out. */
  readonly tokens?: number;
  /** US dollars. */
  readonly usd?: number;
  readonly timeMs?: number;
}

export interface Usage {
  readonly turns: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; 0 for stand-ins. */
  readonly usd: number;
  /** Of the tokens in, those read from and written to the provider's prompt cache; absent: none. */
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
}

export type TraceEventName = keyof TraceEvents;

/** A value of `data` that is too large for the line: in the file it is `null` there, and a file of its own has it. */
export interface BlobRef {
  /** Where in `data` it belongs: `/result`, `/calls/0/arguments`. */
  readonly at: string;
  /** How many bytes its canonical JSON has. */
  readonly bytes: number;
  /** `sha256:<hex>` of its canonical JSON. */
  readonly digest: string;
}

/** One line of a trace. */
export type TraceLine = {
  readonly [E in TraceEventName]: {
    readonly v: typeof TRACE_VERSION;
    readonly run: string;
    /** From 0, without gaps. */
    readonly seq: number;
    /** RFC 3339, UTC, milliseconds. */
    readonly time: string;
    /** Milliseconds since the run opened, from a clock that never goes back. */
    readonly mono: number;
    readonly event: E;
    readonly step: string | null;
    readonly actor: Actor;
    /** As in memory: with the values of `blobs` where they belong. */
    readonly data: TraceEvents[E];
    /** Absent where the line has all of it. */
    readonly blobs?: readonly BlobRef[];
    /** `sha256:<hex>` of the line before, without its newline; of the empty string for the first. */
    readonly prev: string;
    /** `sha256:<hex>` of this line's canonical JSON without `hash`. */
    readonly hash: string;
  };
}[TraceEventName];

/** What the checkpoints of a trace say of it. */
export interface CheckpointsFound {
  /** The key that the trace itself says signs, as a C2SP verifier key; `null` when it names none. */
  readonly announced: string | null;
  /** The key that was looked for; `null` without any. */
  readonly key: string | null;
  /** Whether whoever checked named that key. What only the trace names, who rewrote the trace could have named. */
  readonly keyGiven: boolean;
  /** How many checkpoints hold. */
  readonly confirmed: number;
  /** How many lines the last of them covers. */
  readonly upTo: number;
  /** The same, for checkpoints that were kept elsewhere and given; `null` when none were. */
  readonly outside: { readonly confirmed: number; readonly upTo: number } | null;
  /** What is wrong with them, or missing. Any makes the trace not valid. */
  readonly problems: readonly string[];
}

/** Of a trace without checkpoints. */
export const NO_CHECKPOINTS: CheckpointsFound = {
  announced: null,
  key: null,
  keyGiven: false,
  confirmed: 0,
  upTo: 0,
  outside: null,
  problems: [],
};

/** What `verify` found. `firstBad` is a one-based line number. */
export interface Verification {
  readonly version: 1;
  readonly checkpoints: CheckpointsFound;
  readonly valid: boolean;
  readonly lines: number;
  readonly firstBad: { readonly line: number; readonly reason: string } | null;
  /** What a reader may rely on now. */
  readonly established: readonly string[];
  /** What this check cannot see, said plainly. */
  readonly notEstablished: readonly string[];
}
