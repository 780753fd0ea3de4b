import type { CheckResult } from '../expressions/check.js';
import { type Expression, expressionsOf, type Template } from '../expressions/expression.js';
import { allSteps, type Playbook, type Step } from '../model/playbook.js';

/** Where an expression may stand. */
export type Slot =
  | 'trigger'
  | 'verdict'
  | 'when'
  | 'where'
  | 'argument'
  | 'ask'
  | 'evidence'
  | 'if'
  | 'switch'
  | 'for-each'
  | 'goal'
  | 'task'
  | 'reason'
  | 'stop-verdict';

/** An expression of a playbook with where it stands. */
export interface Site {
  readonly slot: Slot;
  /** `undefined` for the playbook's own. */
  readonly step: Step | undefined;
  readonly expression: Expression;
  /** For `where`: the exact name of the tool whose arguments `args` holds. */
  readonly tool?: string;
  /** For `argument`: the argument's name. */
  readonly argument?: string;
}

/** A site with what checking found. */
export interface ExpressionSite extends Site {
  readonly checked: CheckResult;
}

/** Every expression of a playbook, in source order within each step. */
export function* sitesOf(playbook: Playbook): Generator<Site> {
  if (playbook.trigger?.when) yield { slot: 'trigger', step: undefined, expression: playbook.trigger.when };
  if (playbook.verdict) yield { slot: 'verdict', step: undefined, expression: playbook.verdict };
  for (const step of allSteps(playbook.steps)) yield* sitesOfStep(step);
}

function* sitesOfStep(step: Step): Generator<Site> {
  const one = function* (slot: Slot, expression: Expression | undefined): Generator<Site> {
    if (expression) yield { slot, step, expression };
  };
  const all = function* (slot: Slot, template: Template | undefined): Generator<Site> {
    if (template) for (const expression of expressionsOf(template)) yield { slot, step, expression };
  };
  yield* one('when', step.when);
  switch (step.kind) {
    case 'action':
      for (const argument of step.with) {
        for (const expression of expressionsOf(argument.value)) {
          yield { slot: 'argument', step, expression, tool: step.tool.value, argument: argument.name.value };
        }
      }
      if (step.where) yield { slot: 'where', step, expression: step.where, tool: step.tool.value };
      return;
    case 'agent':
      yield* all('goal', step.goal);
      for (const grant of step.tools) {
        if (grant.where) yield { slot: 'where', step, expression: grant.where, tool: grant.tool.value };
      }
      return;
    case 'gate':
      yield* all('ask', step.ask);
      for (const expression of step.evidence) yield { slot: 'evidence', step, expression };
      return;
    case 'manual':
      return yield* all('task', step.task);
    case 'if':
      return yield* one('if', step.condition);
    case 'switch':
      return yield* one('switch', step.on);
    case 'for-each':
      return yield* one('for-each', step.in);
    case 'parallel':
      return;
    case 'call':
      for (const argument of step.with) {
        for (const expression of expressionsOf(argument.value)) {
          yield { slot: 'argument', step, expression, argument: argument.name.value };
        }
      }
      return;
    case 'stop':
      yield* all('reason', step.reason);
      yield* one('stop-verdict', step.verdict);
      return;
  }
}
