import type { Expression, Template } from '../expressions/expression.js';
import type { Located, MapNode, Range } from '../syntax/tree.js';
import { unchangedEnds } from '../unchanged-ends.js';
import type { JsonSchema } from './json-schema.js';
import type { AutonomyLevel, Effort, OperatingModel } from './levels.js';

/**
 * The playbook as the rest of the program reads it. Built from any text: what could not be understood is absent, and the
 * problem is reported by the builder. Ranges point at the word that says a thing.
 */
export interface Playbook {
  readonly id: Located<string> | undefined;
  readonly version: Located<string> | undefined;
  readonly title: string | undefined;
  readonly operatingModel: Located<OperatingModel> | undefined;
  readonly owner: Located<string> | undefined;
  readonly accountable: Located<string> | undefined;
  readonly attack: readonly Located<string>[];
  readonly catalogs: readonly Located<string>[];
  readonly policy: Located<string> | undefined;
  readonly trigger: Trigger | undefined;
  /** What a caller gives: JSON Schema of the map `inputs`, an object. */
  readonly inputs: JsonSchema | undefined;
  /** Files of trusted data, by the name expressions read them under. */
  readonly context: readonly ContextFile[];
  /** The highest level at which anything in this playbook may run. */
  readonly autonomy: Located<AutonomyLevel> | undefined;
  readonly defaults: { readonly autonomy: Located<AutonomyLevel> | undefined };
  readonly budget: Budget | undefined;
  /** The expression that names the run's verdict, evaluated when the run ends. */
  readonly verdict: Expression | undefined;
  /** Ids of gates and manual steps whose decisions become labelled cases. */
  readonly feedback: readonly Located<string>[];
  /** Cases that agents are shown: what people decided before. */
  readonly examples: readonly Located<string>[];
  readonly steps: readonly Step[];
  /** Ids of steps that name no kind, or none that can be read: they are there, and say nothing yet. */
  readonly unfinished: ReadonlySet<string>;
  readonly node: MapNode;
}

export interface ContextFile {
  readonly name: Located<string>;
  readonly file: Located<string>;
}

export interface Trigger {
  readonly class: Located<string> | undefined;
  readonly when: Expression | undefined;
}

/** Limits on an agent step or a run. Unset members are unlimited at that level; the run's always apply too. */
export interface Budget {
  readonly turns: number | undefined;
  readonly tokens: number | undefined;
  readonly usd: number | undefined;
  /** Milliseconds. */
  readonly time: number | undefined;
  readonly toolCalls: number | undefined;
  readonly range: Range;
}

interface StepBase {
  readonly id: Located<string>;
  readonly title: string | undefined;
  readonly when: Expression | undefined;
  readonly autonomy: Located<AutonomyLevel> | undefined;
  /** What another product's playbook does here, which nobody has decided on yet. */
  readonly undecided: Located<string> | undefined;
  readonly onError: Handler;
  readonly accountable: Located<string> | undefined;
  /** Milliseconds. */
  readonly timeout: Located<number> | undefined;
  /** Share of outcomes sampled for review, 0 to 1. */
  readonly review: Located<number> | undefined;
  readonly node: MapNode;
  /** The key that names the kind: `action`, `agent`, ... */
  readonly keyRange: Range;
}

/** Further attempts after one that failed or took too long. */
export interface Retry {
  /** Attempts in all, the first one included. */
  readonly attempts: number;
  /** Milliseconds between two attempts. */
  readonly delay: number;
  /** Whether each further pause is as long as the first, or twice as long as the one before. */
  readonly backoff: 'fixed' | 'exponential';
  /** The key `retry`. */
  readonly range: Range;
}

/** Milliseconds of pause before the attempt with this number, counted from 1; before the first there is none. */
export function delayBefore({ delay, backoff }: Retry, attempt: number): number {
  if (attempt < 2) return 0;
  return backoff === 'exponential' ? delay * 2 ** (attempt - 2) : delay;
}

/** What happens after an error, a rejection or a timeout. `stop` is the default; `range` is absent where it is implied. */
export interface Handler {
  readonly steps: readonly Step[];
  readonly then: 'stop' | 'continue';
  readonly range: Range | undefined;
}

export interface ActionStep extends StepBase {
  readonly kind: 'action';
  readonly tool: Located<string>;
  readonly with: readonly Argument[];
  readonly where: Expression | undefined;
  readonly retry: Retry | undefined;
  readonly approval: Approval | undefined;
  readonly notify: Notify | undefined;
  /** Milliseconds in which the act can be undone. */
  readonly undoWithin: Located<number> | undefined;
}

export interface Argument {
  readonly name: Located<string>;
  readonly value: Template;
}

/** Who is told of an act at level `notify`. */
export interface Notify {
  readonly roles: readonly Located<string>[];
  readonly range: Range;
}

export interface AgentStep extends StepBase {
  readonly kind: 'agent';
  readonly goal: Template;
  readonly tools: readonly ToolGrant[];
  /** JSON Schema of the answer, an object. */
  readonly output: JsonSchema | undefined;
  readonly outputRange: Range | undefined;
  /** Id of the model that is to answer, of whichever provider the run has; a wish, never a choice of provider. */
  readonly model: Located<string> | undefined;
  readonly effort: Located<Effort> | undefined;
  readonly budget: Budget | undefined;
  readonly retry: Retry | undefined;
  readonly approval: Approval | undefined;
  readonly notify: Notify | undefined;
}

export interface ToolGrant {
  readonly tool: Located<string>;
  readonly where: Expression | undefined;
  readonly maxCalls: Located<number> | undefined;
}

/** Who must approve, and for how long the question stands. Shared by gates and inline approvals. */
export interface Approval {
  readonly roles: readonly Located<string>[];
  readonly quorum: Located<number> | undefined;
  /** Further roles to which whoever may answer can hand the question. */
  readonly escalateTo: readonly Located<string>[];
  /** Ids of earlier gates whose approvers may not approve here again. */
  readonly distinctFrom: readonly Located<string>[];
  /** Milliseconds until silence denies. */
  readonly timeout: Located<number> | undefined;
  /** Milliseconds an approval stays valid after it was given. */
  readonly expires: Located<number> | undefined;
  /** Times each granted step may use the approval; 1 when unset. */
  readonly uses: Located<number> | undefined;
  readonly range: Range;
}

export interface GateStep extends StepBase {
  readonly kind: 'gate';
  readonly ask: Template;
  readonly evidence: readonly Expression[];
  readonly grants: readonly Located<string>[];
  readonly approval: Approval;
  readonly onReject: Handler;
  readonly onTimeout: Handler;
}

export interface ManualStep extends StepBase {
  readonly kind: 'manual';
  readonly task: Template;
  readonly role: Located<string> | undefined;
  /** JSON Schema of the fields the person fills in, an object. */
  readonly output: JsonSchema | undefined;
}

export interface IfStep extends StepBase {
  readonly kind: 'if';
  /** Absent when it could not be read; the step then fails. */
  readonly condition: Expression | undefined;
  readonly then: readonly Step[];
  readonly else: readonly Step[];
}

export interface SwitchStep extends StepBase {
  readonly kind: 'switch';
  /** Absent when it could not be read; the step then fails. */
  readonly on: Expression | undefined;
  readonly cases: readonly SwitchCase[];
  readonly default: readonly Step[] | undefined;
  readonly defaultRange: Range | undefined;
}

export interface SwitchCase {
  readonly value: Located<string | number | boolean>;
  readonly steps: readonly Step[];
}

export interface ForEachStep extends StepBase {
  readonly kind: 'for-each';
  /** Name of the variable that holds the item in the steps of the body. */
  readonly item: Located<string> | undefined;
  /** Absent when it could not be read; the step then fails. */
  readonly in: Expression | undefined;
  /** Items at most; 0 when it could not be read. */
  readonly max: number;
  readonly steps: readonly Step[];
}

export interface ParallelStep extends StepBase {
  readonly kind: 'parallel';
  /** Whether it goes on when all branches have ended, or when any has. */
  readonly join: Located<'all' | 'any'>;
  /** Branches at work at once, at most. */
  readonly atOnce: Located<number> | undefined;
  readonly branches: readonly Branch[];
}

export interface Branch {
  readonly name: Located<string>;
  readonly steps: readonly Step[];
}

export interface CallStep extends StepBase {
  readonly kind: 'call';
  /** Reference to the playbook it runs. */
  readonly target: Located<string>;
  readonly with: readonly Argument[];
}

/** How a run ended. `completed` and `escalated` are successes; the rest are not. */
export const STOP_OUTCOMES = ['completed', 'escalated', 'stopped', 'failed'] as const;
export type StopOutcome = (typeof STOP_OUTCOMES)[number];

export interface StopStep extends StepBase {
  readonly kind: 'stop';
  readonly outcome: Located<StopOutcome>;
  readonly reason: Template | undefined;
  readonly verdict: Expression | undefined;
}

export type Step =
  | ActionStep
  | AgentStep
  | GateStep
  | ManualStep
  | IfStep
  | SwitchStep
  | ForEachStep
  | ParallelStep
  | CallStep
  | StopStep;
export type StepKind = Step['kind'];
export const STEP_KINDS = [
  'action',
  'agent',
  'gate',
  'manual',
  'if',
  'switch',
  'for-each',
  'parallel',
  'call',
  'stop',
] as const satisfies StepKind[];

/** The lists of steps nested directly in `step`, each with the name of the edge that leads there, in source order. */
export function childLists(step: Step): readonly { readonly edge: string; readonly steps: readonly Step[] }[] {
  const lists: { edge: string; steps: readonly Step[] }[] = [];
  const add = (edge: string, steps: readonly Step[]): void => {
    if (steps.length > 0) lists.push({ edge, steps });
  };
  switch (step.kind) {
    case 'if':
      add('then', step.then);
      add('else', step.else);
      break;
    case 'switch':
      for (const branch of step.cases) add(String(branch.value.value), branch.steps);
      if (step.default) add('default', step.default);
      break;
    case 'for-each':
      add('steps', step.steps);
      break;
    case 'parallel':
      for (const branch of step.branches) add(branch.name.value, branch.steps);
      break;
    case 'gate':
      add('on-reject', step.onReject.steps);
      add('on-timeout', step.onTimeout.steps);
      break;
  }
  add('on-error', step.onError.steps);
  return lists;
}

/** Every step below `steps`, parents before children, in source order. */
export function* allSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    for (const list of childLists(step)) yield* allSteps(list.steps);
  }
}

/** Steps by id; of two of one id the first. */
export type StepsById = ReadonlyMap<string, Step>;

/**
 * The steps by id of an earlier reading, where no two had one id. The map goes from reading to reading, and each changes it; so
 * this object goes with it, and always says of which steps it is.
 */
export interface MadeIds {
  list?: { readonly steps: readonly Step[]; readonly stepOf: Map<string, Step> } | undefined;
}

export function firstOfIds(steps: readonly Step[], made?: MadeIds): StepsById {
  const changed = made?.list && renewed(made.list.steps, steps);
  if (made?.list && changed) {
    const { stepOf } = made.list;
    for (const step of changed) stepOf.set(step.id.value, step);
    made.list = { steps, stepOf };
    return stepOf;
  }
  const stepOf = new Map<string, Step>();
  for (const step of steps) if (!stepOf.has(step.id.value)) stepOf.set(step.id.value, step);
  if (made) made.list = stepOf.size === steps.length ? { steps, stepOf } : undefined;
  return stepOf;
}

/** The steps that are not the very ones they were, if each has the name of the one that was in its place. */
export function renewed(before: readonly Step[], now: readonly Step[]): readonly Step[] | undefined {
  if (before.length !== now.length) return undefined;
  const { start, end } = unchangedEnds(before, now);
  const changed = now.slice(start, now.length - end);
  return changed.every((step, at) => step.id.value === before[start + at]?.id.value) ? changed : undefined;
}
