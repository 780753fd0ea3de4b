import { TRUTHS } from '../../language/model/case.js';
import { ENTITY_TYPES } from '../../language/model/levels.js';
import type { EvaluatedRun } from './evaluated-run.js';
import type { Evaluation, EvaluationPlan } from './evaluation.js';

/** What is read back from files is looked at before it is believed: they may have been edited, or be of another version. */
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const truth: Check = (value) => value === null || TRUTHS.some((one) => one === value);
const flag: Check = (value) => typeof value === 'boolean';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const object =
  (members: { readonly [name: string]: Check }): Check =>
  (value) =>
    isObject(value) && Object.entries(members).every(([name, check]) => check(value[name]));

const USAGE = object({ turns: count, inputTokens: count, outputTokens: count, usd: number });

const RUN = object({
  ...{ playbook: text, case: text, repeat: count, outcome: text, verdict: orNull(text), pass: flag, unmet: list(text) },
  expected: object({
    ...{ verdict: orNull(text), outcome: orNull(text) },
    ...{ must: list(text), may: list(text), mustNot: list(text), decided: list(text) },
  }),
  acts: list(
    object({
      ...{ step: text, tool: text, effect: text, target: orNull(text), rule: text, approvedBy: list(text) },
      ...{ executed: flag, alone: flag, right: orNull(flag) },
    }),
  ),
  ...{ approvals: count, waited: number, usage: USAGE, unauthorized: count, truth, injected: flag },
  people: list(object({ step: text, kind: text, outcome: text, waited: number })),
  ...{ alert: text, techniques: list(text), source: orNull(text), reviews: count, undone: count, reason: text },
  entities: list((value) => ENTITY_TYPES.some((one) => one === value)),
  confidence: orNull(object({ stated: number, right: flag })),
  trace: orNull(text),
  feedback: (value) => value === undefined || value === true,
});

const PLAN = object({
  ...{ digest: text, engine: text, seed: count, people: text, repeat: count, runs: count },
  model: object({ provider: text, id: text, ai: flag }),
  playbooks: list(
    object({
      ...{ id: text, version: text, file: text, digest: text, policy: orNull(text), attack: list(text) },
    }),
  ),
});

export function isEvaluatedRun(value: unknown): value is EvaluatedRun {
  return RUN(value);
}

/** What of an evaluation everything else follows from. */
export type EvaluationSource = Pick<Evaluation, 'version' | 'at' | 'runs'> & { readonly plan: EvaluationPlan };

const SOURCE = object({ version: (value) => value === 1, at: text, plan: PLAN, runs: list(isEvaluatedRun) });

export function isEvaluationSource(value: unknown): value is EvaluationSource {
  return SOURCE(value);
}

export function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
