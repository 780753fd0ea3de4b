import { type Expression, expressionsOf, type Template } from '../expressions/expression.js';
import { ENTITY_MEMBERS } from '../model/entities.js';
import type { Playbook, Step } from '../model/playbook.js';
import type { Policy } from '../model/policy.js';
import type { Act } from './acts.js';
import { breakerRulesOn } from './breaker.js';
import { ceilingsMatching } from './effective-autonomy.js';
import type { ExpressionSite } from './sites.js';
import type { Structure } from './structure.js';
import { nameOf, originOf } from './trust.js';

/** What an act is on, as the playbook writes it. */
export function scopeOf(act: Act, { placeOf }: Structure): string {
  const { step, tool, grant } = act;
  const target = tool?.target?.value;
  if (step.kind === 'agent') {
    const where = grant?.where?.parsed.text.trim();
    if (where !== undefined) return `where ${where}`;
    const entity = target === undefined ? undefined : tool?.input.properties?.[target]?.['x-entity'];
    return entity ? `any of ${ENTITY_MEMBERS[entity]}` : 'anything the agent chooses';
  }
  const argument = step.with.find((one) => one.name.value === target);
  if (!argument) return tool ? 'no particular target' : 'not known';
  const loops = placeOf.get(step)?.loops ?? [];
  const each = [...expressionsOf(argument.value)].flatMap((expression) => {
    const path = /^\s*([A-Za-z_]\w*)/.exec(expression.parsed.text)?.[1];
    const loop = loops.findLast((one) => path !== undefined && one.item?.value === path);
    return loop?.in ? [` for each ${loop.item?.value} in ${loop.in.parsed.text.trim()}, at most ${loop.max}`] : [];
  });
  return `${templateText(argument.value)}${[...new Set(each)].join('')}`;
}

/** A value as the playbook writes it, expressions without the marks around them. */
export function templateText(template: Template): string {
  const shown = (expression: Expression): string => expression.parsed.text.trim();
  switch (template.kind) {
    case 'constant':
      return JSON.stringify(template.value);
    case 'expression':
      return shown(template.expression);
    case 'text':
      return template.parts.map((part) => (typeof part === 'string' ? part : `\${{ ${shown(part)} }}`)).join('');
    case 'list':
      return `[${template.items.map(templateText).join(', ')}]`;
    case 'map':
      return `{ ${template.entries.map(({ key, value }) => `${key}: ${templateText(value)}`).join(', ')} }`;
  }
}

/** What limits an act beside its level. */
export function boundsOn(
  act: Act,
  playbook: Playbook,
  policy: Policy | undefined,
  { placeOf }: Structure,
): readonly string[] {
  const { step, tool, grant } = act;
  const bounds: string[] = [];
  const where = step.kind === 'action' ? step.where : grant?.where;
  if (where) bounds.push(`where ${where.parsed.text.trim()}`);
  if (grant?.maxCalls) bounds.push(`at most ${grant.maxCalls.value} calls`);
  for (const loop of placeOf.get(step)?.loops ?? []) bounds.push(`at most ${loop.max} of ${loop.id.value}`);
  if (step.retry) bounds.push(`at most ${step.retry.attempts} attempts`);
  const budget = step.kind === 'agent' ? step.budget : undefined;
  for (const [words, limits] of [
    ['step', budget],
    ['run', playbook.budget],
  ] as const) {
    if (limits?.turns !== undefined) bounds.push(`${limits.turns} turns a ${words}`);
    if (limits?.toolCalls !== undefined) bounds.push(`${limits.toolCalls} tool calls a ${words}`);
    if (limits?.time !== undefined) bounds.push(`${durationText(limits.time)} a ${words}`);
  }
  if (step.notify && act.autonomy.level === 'notify')
    bounds.push(`${step.notify.roles.map((role) => role.value).join(' and ')} told at once`);
  if (step.kind === 'action' && step.undoWithin)
    bounds.push(`can be undone for ${durationText(step.undoWithin.value)}`);
  if (step.review) bounds.push(`${percent(step.review.value)} reviewed`);
  for (const ceiling of tool ? ceilingsMatching(tool, policy) : []) {
    if (!ceiling.targetTag) continue;
    const quorum = ceiling.quorum === undefined ? '' : `, ${ceiling.quorum} people`;
    bounds.push(`${ceiling.targetTag.value}: at most ${ceiling.autonomy.value}${quorum}`);
  }
  const alone = act.autonomy.level === 'notify' || act.autonomy.level === 'autonomous';
  for (const rule of tool && alone ? breakerRulesOn(tool, policy) : [])
    bounds.push(
      `approve unless at most ${percent(rule.maxError)} are measured wrong, ${durationText(rule.maxAge)} ago or less`,
    );
  return bounds;
}

/**
 * The untrusted values that reach an act's arguments, or decide whether it runs.
 * @param sites the expressions of its arguments, and those it runs under
 */
export function untrustedAt(
  act: Act,
  sites: readonly ExpressionSite[],
  stepOf: ReadonlyMap<string, Step>,
): readonly string[] {
  const names = new Set<string>();
  for (const { checked } of sites) {
    for (const reference of checked.references) {
      if (originOf(reference, stepOf) === 'untrusted') names.add(nameOf(reference));
    }
  }
  if (act.step.kind === 'agent') names.add(`what the agent "${act.step.id.value}" reads`);
  return [...names].sort();
}

/** A duration as playbooks write it: `30m`, `24h`, `90s`. */
export function durationText(ms: number): string {
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}
