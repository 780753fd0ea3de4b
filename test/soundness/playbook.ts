/**
 * Playbooks as the soundness test knows them. Its own form, made by the generator and read by the interpreter and the
 * monitor, so that nothing of the language's own reading or analysis stands between a playbook and what it is seen to do.
 * All durations are milliseconds.
 */

export const LEVELS = ['manual', 'assist', 'approve', 'notify', 'autonomous'] as const;
export type Level = (typeof LEVELS)[number];

/** A tool of the one catalog every generated playbook has. */
export interface Tool {
  readonly name: string;
  readonly effect: 'read' | 'record' | 'notify' | 'suppress' | 'contain' | 'evict' | 'restore';
  readonly reversible: boolean;
  readonly undo?: string;
  readonly autonomy?: Level;
}

export const TOOLS: readonly Tool[] = [
  { name: 't.look', effect: 'read', reversible: true },
  { name: 't.note', effect: 'record', reversible: true },
  { name: 't.suspend', effect: 'contain', reversible: true, undo: 't.resume' },
  { name: 't.resume', effect: 'restore', reversible: true, undo: 't.suspend' },
  { name: 't.delete', effect: 'evict', reversible: false },
  { name: 't.mute', effect: 'suppress', reversible: true, undo: 't.resume', autonomy: 'approve' },
  { name: 't.page', effect: 'notify', reversible: false, autonomy: 'notify' },
];

/** No catalog has it. */
export const UNKNOWN_TOOL = 't.ghost';

export interface Policy {
  readonly name: string;
  readonly ceilings: readonly {
    readonly effect?: Tool['effect'];
    readonly tool?: string;
    readonly autonomy: Level;
    readonly quorum?: number;
  }[];
  readonly alwaysGate: readonly string[];
}

export const POLICIES: readonly Policy[] = [
  { name: 'open', ceilings: [], alwaysGate: [] },
  { name: 'gated', ceilings: [], alwaysGate: ['t.suspend', 't.delete'] },
  { name: 'contained', ceilings: [{ effect: 'contain', autonomy: 'approve' }], alwaysGate: [] },
  {
    name: 'careful',
    ceilings: [
      { effect: 'contain', autonomy: 'notify', quorum: 2 },
      { effect: 'evict', autonomy: 'approve', quorum: 1 },
      { tool: 't.resume', autonomy: 'autonomous' },
    ],
    alwaysGate: ['t.page'],
  },
  { name: 'by-hand', ceilings: [{ effect: 'evict', autonomy: 'assist' }], alwaysGate: [] },
];

/** Who may approve, in every policy. */
export const ROLE = 'lead';
export const PEOPLE: readonly string[] = ['ana@soc.example', 'bo@soc.example', 'cy@soc.example'];
/** Starts runs, so never approves, and holds no role. */
export const REQUESTER = 'req@soc.example';

/** Where (a part of) the text of a call's one argument comes from. */
export type Source =
  | { readonly from: 'constant'; readonly value: string }
  | { readonly from: 'alert' }
  /** The text a step gave, or a fixed one where it gave none. */
  | { readonly from: 'output'; readonly step: string }
  | { readonly from: 'item'; readonly name: string }
  | { readonly from: 'input'; readonly name: string };

/** Members of `alert.entities`, each a list of its own. */
export const ENTITIES = ['users', 'hosts', 'ips', 'domains', 'urls', 'files', 'emails', 'processes'] as const;

/** What a loop goes over. */
export type ListSource =
  | { readonly from: 'constant'; readonly values: readonly string[] }
  /** What the alert names of one type. */
  | { readonly from: 'alert'; readonly entities: string }
  /** The list a step gave, or an empty one where it gave none. */
  | { readonly from: 'output'; readonly step: string };

/** A condition. Which way it goes is the adversary's choice, so only what it reads is kept. */
export type Condition = { readonly from: 'alert' } | { readonly from: 'output'; readonly step: string };

export interface Handler {
  readonly then: 'stop' | 'continue';
  readonly steps: readonly Step[];
}

interface Common {
  readonly id: string;
  readonly when?: Condition;
  readonly autonomy?: Level;
  readonly onError?: Handler;
  readonly timeout?: number;
}

export interface Inline {
  readonly timeout?: number;
  readonly expires?: number;
}

export interface Retry {
  readonly attempts: number;
  readonly delay?: number;
}

export interface ActionStep extends Common {
  readonly kind: 'action';
  readonly tool: string;
  /** The argument: these texts, one after the other. */
  readonly x: readonly Source[];
  readonly where?: boolean;
  readonly approval?: Inline;
  readonly notify?: boolean;
  readonly retry?: Retry;
}

export interface AgentStep extends Common {
  readonly kind: 'agent';
  readonly grants: readonly { readonly tool: string; readonly where?: boolean; readonly maxCalls?: number }[];
  readonly budgetTime?: number;
  readonly approval?: Inline;
  readonly notify?: boolean;
  readonly retry?: Retry;
}

export interface GateStep extends Common {
  readonly kind: 'gate';
  readonly grants: readonly string[];
  readonly quorum?: number;
  readonly uses?: number;
  readonly expires?: number;
  /** How long the question stands. */
  readonly stands?: number;
  readonly onReject?: Handler;
  readonly onTimeout?: Handler;
}

export interface ManualStep extends Common {
  readonly kind: 'manual';
}

export interface IfStep extends Common {
  readonly kind: 'if';
  readonly condition: Condition;
  readonly then: readonly Step[];
  readonly else?: readonly Step[];
}

export interface SwitchStep extends Common {
  readonly kind: 'switch';
  /** The step whose output is switched on: `p` or `q`, or `r` when there is none. */
  readonly on: string;
  readonly cases: readonly { readonly value: string; readonly steps: readonly Step[] }[];
  readonly default?: readonly Step[];
}

export interface LoopStep extends Common {
  readonly kind: 'for-each';
  readonly item: string;
  readonly in: ListSource;
  readonly max: number;
  readonly steps: readonly Step[];
}

export interface ParallelStep extends Common {
  readonly kind: 'parallel';
  readonly join: 'all' | 'any';
  readonly branches: readonly { readonly name: string; readonly steps: readonly Step[] }[];
}

export interface CallStep extends Common {
  readonly kind: 'call';
  /** File name of the callee without its ending. */
  readonly playbook: string;
  readonly inputs: { readonly [name: string]: readonly Source[] };
}

export interface StopStep extends Common {
  readonly kind: 'stop';
  readonly outcome: 'completed' | 'escalated' | 'stopped' | 'failed';
}

export type Step =
  | ActionStep
  | AgentStep
  | GateStep
  | ManualStep
  | IfStep
  | SwitchStep
  | LoopStep
  | ParallelStep
  | CallStep
  | StopStep;

export interface Playbook {
  /** Its id, and its file name without the ending. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly autonomy?: Level;
  readonly defaults: { readonly autonomy?: Level; readonly onError?: 'stop' | 'continue'; readonly timeout?: number };
  readonly steps: readonly Step[];
}

/** A playbook with those it calls, under one policy. */
export interface Program {
  readonly main: Playbook;
  readonly callees: readonly Playbook[];
  readonly policy: Policy | undefined;
}

const STOP: Handler = { then: 'stop', steps: [] };
const CONTINUE: Handler = { then: 'continue', steps: [] };

/** What happens when `step` of `playbook` fails. */
export function onErrorOf(step: Step, playbook: Playbook): Handler {
  return step.onError ?? (playbook.defaults.onError === 'continue' ? CONTINUE : STOP);
}

export function onRejectOf(step: GateStep): Handler {
  return step.onReject ?? STOP;
}

export function onTimeoutOf(step: GateStep): Handler {
  return step.onTimeout ?? STOP;
}

export function toolOf(name: string): Tool | undefined {
  return TOOLS.find((tool) => tool.name === name);
}

/** Everything but what reads and records; an unknown tool, too. */
export function isConsequential(name: string): boolean {
  const effect = toolOf(name)?.effect;
  return effect !== 'read' && effect !== 'record';
}

/** The lists of steps right below `step`: its own, then those of its handlers. */
export function listsOf(step: Step): readonly (readonly Step[])[] {
  const lists: (readonly Step[])[] = [];
  switch (step.kind) {
    case 'if':
      lists.push(step.then);
      if (step.else) lists.push(step.else);
      break;
    case 'switch':
      for (const one of step.cases) lists.push(one.steps);
      if (step.default) lists.push(step.default);
      break;
    case 'for-each':
      lists.push(step.steps);
      break;
    case 'parallel':
      for (const branch of step.branches) lists.push(branch.steps);
      break;
    case 'gate':
      if (step.onReject) lists.push(step.onReject.steps);
      if (step.onTimeout) lists.push(step.onTimeout.steps);
      break;
  }
  if (step.onError) lists.push(step.onError.steps);
  return lists;
}

/** Every step below `steps`, parents first, in source order. */
export function everyStep(steps: readonly Step[], into: Step[] = []): Step[] {
  for (const step of steps) {
    into.push(step);
    for (const list of listsOf(step)) everyStep(list, into);
  }
  return into;
}

/** `step` with the same change made to each of its lists. */
export function mapLists(step: Step, change: (steps: readonly Step[]) => readonly Step[]): Step {
  const handler = (one: Handler | undefined): Handler | undefined => one && { ...one, steps: change(one.steps) };
  const onError = handler(step.onError);
  const base = onError ? { onError } : {};
  switch (step.kind) {
    case 'if':
      return { ...step, ...base, then: change(step.then), ...(step.else && { else: change(step.else) }) };
    case 'switch':
      return {
        ...step,
        ...base,
        cases: step.cases.map((one) => ({ ...one, steps: change(one.steps) })),
        ...(step.default && { default: change(step.default) }),
      };
    case 'for-each':
      return { ...step, ...base, steps: change(step.steps) };
    case 'parallel':
      return { ...step, ...base, branches: step.branches.map((one) => ({ ...one, steps: change(one.steps) })) };
    case 'gate': {
      const onReject = handler(step.onReject);
      const onTimeout = handler(step.onTimeout);
      return { ...step, ...base, ...(onReject && { onReject }), ...(onTimeout && { onTimeout }) };
    }
    default:
      return { ...step, ...base };
  }
}
