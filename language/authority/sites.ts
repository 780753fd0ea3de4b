import type { CheckResult } from '../expressions/check.js';
import { type Expression, expressionsOf, type Template } from '../expressions/expression.js';
import type { Playbook, Step } from '../model/playbook.js';

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
  readonly tool: string | undefined;
  /** For `argument`: the argument's name. */
  readonly argument: string | undefined;
}

/** A site with what checking found. */
export interface ExpressionSite extends Site {
  readonly checked: CheckResult;
}

/** The expressions of a playbook that belong to no step. */
export function sitesOfHead({ trigger, verdict }: Pick<Playbook, 'trigger' | 'verdict'>): readonly Site[] {
  const sites: Site[] = [];
  if (trigger?.when) sites.push(siteOf('trigger', undefined, trigger.when));
  if (verdict) sites.push(siteOf('verdict', undefined, verdict));
  return sites;
}

/** The expressions of a step, those of steps inside it left out. */
export function sitesOfStep(step: Step): readonly Site[] {
  const sites: Site[] = [];
  const one = (slot: Slot, expression: Expression | undefined): void => {
    if (expression) sites.push(siteOf(slot, step, expression));
  };
  const all = (slot: Slot, template: Template | undefined): void => {
    if (template) for (const expression of expressionsOf(template)) sites.push(siteOf(slot, step, expression));
  };
  one('when', step.when);
  switch (step.kind) {
    case 'action':
      for (const argument of step.with) {
        for (const expression of expressionsOf(argument.value)) {
          sites.push(siteOf('argument', step, expression, step.tool.value, argument.name.value));
        }
      }
      if (step.where) sites.push(siteOf('where', step, step.where, step.tool.value));
      break;
    case 'agent':
      all('goal', step.goal);
      for (const grant of step.tools) {
        if (grant.where) sites.push(siteOf('where', step, grant.where, grant.tool.value));
      }
      break;
    case 'gate':
      all('ask', step.ask);
      for (const expression of step.evidence) sites.push(siteOf('evidence', step, expression));
      break;
    case 'manual':
      all('task', step.task);
      break;
    case 'if':
      one('if', step.condition);
      break;
    case 'switch':
      one('switch', step.on);
      break;
    case 'for-each':
      one('for-each', step.in);
      break;
    case 'parallel':
      break;
    case 'call':
      for (const argument of step.with) {
        for (const expression of expressionsOf(argument.value)) {
          sites.push(siteOf('argument', step, expression, undefined, argument.name.value));
        }
      }
      break;
    case 'stop':
      all('reason', step.reason);
      one('stop-verdict', step.verdict);
      break;
  }
  return sites;
}

function siteOf(
  slot: Slot,
  step: Step | undefined,
  expression: Expression,
  tool?: string | undefined,
  argument?: string | undefined,
): Site {
  return { slot, step, expression, tool, argument };
}
