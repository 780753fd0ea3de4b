import {
  type BlobRef,
  TRACE_VERSION,
  type TraceEventName,
  type TraceEvents,
  type TraceLine,
} from '../protocol/trace.js';

/**
 * The shape of every line of version 1, so that a reader never meets a field it does not expect, whoever wrote the file.
 * A check returns what is wrong, to follow the path of the value and starting with what is left of the path, or `undefined`.
 */
type Check = (value: unknown) => string | undefined;

type Fields<T> = { readonly [K in keyof T]-?: Check };

const string: Check = (value) => (typeof value === 'string' ? undefined : ' is not text');
const boolean: Check = (value) => (typeof value === 'boolean' ? undefined : ' is not true or false');
const number: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? undefined : ' is not a number from 0';
const integer: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : ' is not a whole number from 0';
const positive: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) > 0 ? undefined : ' is not a whole number from 1';
/** Anything JSON; only its presence matters. */
const json: Check = (value) => (value === undefined ? ' is missing' : undefined);
const digest: Check = (value) =>
  typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value) ? undefined : ' is not a SHA-256 digest';
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value) ? undefined : ` is none of ${values.join(', ')}`;
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);
const list =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return ' is not a list';
    for (let i = 0; i < value.length; i++) {
      const wrong = check(value[i]);
      if (wrong !== undefined) return `[${i}]${wrong}`;
    }
    return undefined;
  };
const object = (fields: { readonly [key: string]: Check }): Check => {
  const checks = Object.entries(fields).map(([key, check]) => ({ key, check }));
  return (value) => {
    if (!isObject(value)) return ' is not an object';
    let known = 0;
    for (const { key, check } of checks) {
      // No field has the name of a member that every object has, so what is not there is `undefined`.
      const member = value[key];
      if (member !== undefined) known += 1;
      const wrong = check(member);
      if (wrong !== undefined) return `.${key}${wrong}`;
    }
    const keys = Object.keys(value);
    if (keys.length > known) {
      const other = keys.find((key) => !Object.hasOwn(fields, key));
      return `.${other} is not a field of format version ${TRACE_VERSION}`;
    }
    return undefined;
  };
};
const map: Check = (value) => (isObject(value) ? undefined : ' is not an object');

const place = object({ file: string, line: integer, character: integer });
const call = object({ id: string, tool: string, arguments: map, effect: string, target: nullable(string), digest });
const calls = list(call);
const evidence = list(object({ expression: string, value: json }));
const cached = { cacheReadTokens: optional(number), cacheWriteTokens: optional(number) };
const usage = object({ turns: integer, inputTokens: number, outputTokens: number, usd: number, ...cached });
const strings = list(string);
const limits = optional(
  object({
    turns: optional(number),
    toolCalls: optional(number),
    tokens: optional(number),
    usd: optional(number),
    timeMs: optional(number),
  }),
);
const amount = object({ tokens: number, usd: number });
const identity = optional(oneOf('locally-asserted'));
const around = { within: optional(string), branch: optional(string) };

const DATA = {
  'run.opened': {
    playbook: object({ id: string, version: string, file: string, digest }),
    policy: nullable(object({ id: string, digest })),
    catalogs: list(object({ file: string, digest })),
    callees: optional(list(object({ id: string, version: string, file: string, digest }))),
    context: optional(list(object({ file: string, digest }))),
    examples: optional(list(object({ file: string, digest }))),
    case: object({ id: string, file: string, digest }),
    measure: optional(nullable(object({ file: string, digest }))),
    alert: object({ file: string, digest }),
    events: optional(list(object({ table: string, file: string, digest }))),
    live: optional(
      list(
        object({
          server: string,
          transport: oneOf('stdio', 'http'),
          address: string,
          tools: list(object({ tool: string, name: string, digest, note: nullable(string) })),
        }),
      ),
    ),
    engine: string,
    model: object({ provider: string, id: string, ai: boolean, note: string }),
    approvals: string,
    dryRun: oneOf(true),
    startedBy: string,
    limits,
    undoes: optional(object({ run: string, call: string, last: digest })),
    checkpoints: optional(object({ key: string, every: positive })),
    personal: optional(strings),
  },
  'step.entered': { kind: string, title: string, because: string, place, ...around },
  'step.skipped': { kind: string, because: string, place, ...around },
  'step.left': {
    outcome: oneOf('ok', 'failed', 'refused', 'denied', 'rejected', 'timed-out', 'stopped', 'approved', 'skipped'),
    output: json,
    error: nullable(string),
    handler: nullable(string),
  },
  branch: { expression: string, value: json, taken: string },
  iteration: { index: integer, of: integer, item: json },
  joined: { join: oneOf('all', 'any'), through: strings, stopped: strings },
  called: { playbook: string, version: string, file: string, inputs: map },
  retry: { attempt: integer, of: integer, delayMs: number, because: string },
  'model.request': {
    turn: integer,
    model: string,
    messages: integer,
    tools: strings,
    system: nullable(string),
    input: json,
    effort: optional(string),
    limits,
    reserved: optional(object({ tokens: optional(number), usd: optional(number) })),
  },
  'model.response': {
    turn: integer,
    stopReason: string,
    text: string,
    calls: list(object({ id: string, tool: string, arguments: json })),
    output: optional(json),
    usage,
    retried: optional(strings),
    cause: optional(string),
  },
  proposed: { call, untrusted: strings },
  authorized: {
    call: string,
    tool: string,
    decision: oneOf('permit', 'deny', 'needs-approval'),
    rule: string,
    reason: string,
    place: nullable(place),
    answered: optional(object({ decision: string, to: optional(string) })),
  },
  'gate.opened': {
    gate: string,
    ask: string,
    evidence,
    calls,
    roles: strings,
    approvers: strings,
    quorum: integer,
    timeoutMs: nullable(number),
    round: optional(integer),
    changedBy: optional(strings),
  },
  decided: {
    gate: string,
    decision: oneOf('approve', 'reject', 'modify', 'escalate', 'end'),
    reason: string,
    calls: strings,
    identity,
  },
  modified: {
    gate: string,
    changes: list(object({ call: string, arguments: json })),
    before: calls,
    after: calls,
    refused: nullable(string),
  },
  escalated: { gate: string, to: string, approvers: strings },
  'gate.closed': {
    gate: string,
    outcome: oneOf('approved', 'rejected', 'timed-out', 'unsatisfied', 'withdrawn', 'ended'),
    approvedBy: strings,
    because: string,
    identity,
  },
  'task.opened': { task: string, role: string, fields: json, call: nullable(call) },
  'task.done': { output: json, performed: boolean },
  intent: { call: string, tool: string, digest, permit: string, simulated: boolean },
  executed: { call: string, tool: string, simulated: boolean, ok: boolean, result: json, source: string },
  withheld: { call: string, tool: string, reason: string },
  notified: {
    call: string,
    roles: strings,
    people: strings,
    message: string,
    undo: optional(object({ tool: string, arguments: map, until: nullable(string) })),
  },
  undone: { call: string, by: string, ok: boolean, reason: string },
  'review.requested': { call: nullable(string), rate: number, roles: strings, people: strings },
  killed: { reason: string },
  'budget.waiting': { turn: integer, most: amount, least: amount },
  budget: {
    scope: string,
    turns: integer,
    inputTokens: number,
    outputTokens: number,
    usd: number,
    ...cached,
    toolCalls: integer,
    elapsedMs: number,
    exceeded: nullable(string),
  },
  resumed: { fromLine: integer, by: string },
  recovered: { file: string, bytes: integer, digest },
  'outcome.unknown': { call: string, tool: string, because: string },
  'run.closed': {
    outcome: oneOf('completed', 'escalated', 'stopped', 'denied', 'failed', 'cancelled'),
    verdict: json,
    reason: string,
    usage,
    lines: integer,
  },
} satisfies { readonly [E in TraceEventName]: Fields<TraceEvents[E]> };

/** The fields of each event's data, in the order they are described in. */
export const EVENT_FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(DATA).map(([event, fields]) => [event, Object.keys(fields)]),
);

const CHECK_DATA = new Map<string, Check>(Object.entries(DATA).map(([event, fields]) => [event, object(fields)]));

const blobRefs = list(object({ at: string, bytes: integer, digest }));

/** What a journal is given of a line, and the time it reads from a clock. */
const GIVEN = {
  time: (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) ? undefined : ' is not a time',
  event: (value) => (isEventName(value) ? undefined : ` is not an event of format version ${TRACE_VERSION}`),
  step: nullable(string),
  actor: object({ kind: oneOf('human', 'agent', 'engine'), id: string, how: optional(string) }),
  data: map,
} satisfies { readonly [key in keyof TraceLine]?: Check };
const GIVEN_CHECKS = Object.entries(GIVEN);

const ENVELOPE = {
  ...GIVEN,
  v: oneOf(TRACE_VERSION),
  run: string,
  seq: integer,
  mono: number,
  blobs: optional(blobRefs),
  prev: digest,
  hash: digest,
} satisfies Fields<TraceLine>;
const checkEnvelope = object(ENVELOPE);
/** Without a look at digests that somebody compared with digests. */
const checkChained = object({ ...ENVELOPE, prev: string, hash: string });

/** What is wrong with a value as a line of version 1; `undefined` when nothing is. Does not look at the chain. */
export function lineProblem(value: unknown): string | undefined {
  const wrong = checkEnvelope(value);
  if (wrong !== undefined) return `line${wrong}`;
  return isObject(value) ? dataProblem(value) : 'line is not an object';
}

/** As `lineProblem`, of a line that the journal is making: what it puts in itself is not looked at. */
export function newLineProblem(value: { readonly [key: string]: unknown }): string | undefined {
  for (const [key, check] of GIVEN_CHECKS) {
    const wrong = check(value[key]);
    if (wrong !== undefined) return `line.${key}${wrong}`;
  }
  return dataProblem(value);
}

function dataProblem({ event, data }: { readonly [key: string]: unknown }): string | undefined {
  const wrong = CHECK_DATA.get(String(event))?.(data);
  return wrong === undefined ? undefined : `line.data${wrong}`;
}

/** Whether a value says which blobs a line has. */
export function isBlobRefs(value: unknown): value is readonly BlobRef[] {
  return blobRefs(value) === undefined && Array.isArray(value) && value.length > 0;
}

/** Whether a line that the journal is making is one of version 1. */
export function isNewLine(value: { readonly [key: string]: unknown }): value is TraceLine {
  return newLineProblem(value) === undefined;
}

/**
 * Whether a value is a line of version 1.
 *
 * @param chained of a JSON object whose `prev` and `hash` are known to be those it must have
 */
export function isTraceLine(value: unknown, chained = false): value is TraceLine {
  if (!chained) return lineProblem(value) === undefined;
  return isObject(value) && checkChained(value) === undefined && dataProblem(value) === undefined;
}

export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEventName(value: unknown): value is TraceEventName {
  return typeof value === 'string' && Object.hasOwn(DATA, value);
}
