import type { Difference } from './difference.js';
import { type ActFacts, factsOf } from './facts.js';
import { matchSteps } from './match.js';
import { type ChangeClass, classOf, countsAsWidened, differencesOf } from './order.js';
import { renamedRoles } from './renamed-roles.js';
import type { Side } from './side.js';
import type { ToolIndex } from './tool-index.js';

/** One act before and after. `undefined` is an act that is not there or never runs. */
export interface ActChange {
  readonly base: ActFacts | undefined;
  readonly head: ActFacts | undefined;
  readonly class: ChangeClass;
  readonly differences: readonly Difference[];
}

/**
 * Every act of two playbooks, each with what it was before. `undefined` is a playbook that is not there: it may do nothing.
 *
 * @param roles names of roles in the base by those in the head, where they differ
 */
export function compareSides(
  base: Side | undefined,
  head: Side | undefined,
  tools: ToolIndex,
  roles = renamedRoles(base?.loaded.policy, head?.loaded.policy),
): readonly ActChange[] {
  if (!base || !head) {
    return [
      ...(base ? own(base, tools).map((facts) => changeOf(facts, undefined)) : []),
      ...(head ? own(head, tools).map((facts) => changeOf(undefined, facts)) : []),
    ];
  }
  const names = matchSteps(base, head, roles);
  return pairActs(factsOf(base, names.base, tools), factsOf(head, names.head, tools));
}

/** The acts of one playbook, as their own files name them. */
function own(side: Side, tools: ToolIndex): readonly ActFacts[] {
  return factsOf(side, { side, nameOf: (path) => path }, tools);
}

function changeOf(base: ActFacts | undefined, head: ActFacts | undefined): ActChange {
  const differences = differencesOf(base, head);
  return { base, head, differences, class: classOf(differences) };
}

/**
 * Pairs acts of the same step and tool. Those that then look widened are paired anew with any act of the same tool that
 * allowed as much: which of two acts is which does not matter where every one of them was allowed before.
 */
function pairActs(base: readonly ActFacts[], head: readonly ActFacts[]): readonly ActChange[] {
  const waiting = new Map<string, ActFacts[]>();
  const keyOf = ({ name, tool }: ActFacts): string => JSON.stringify([name, tool]);
  for (const facts of base) waiting.set(keyOf(facts), [...(waiting.get(keyOf(facts)) ?? []), facts]);
  const changes: ActChange[] = head.map((facts) => changeOf(waiting.get(keyOf(facts))?.shift(), facts));
  changes.push(...[...waiting.values()].flat().map((facts) => changeOf(facts, undefined)));

  const settled = changes.filter((change) => change.class === 'unchanged');
  const open = changes.filter((change) => change.class !== 'unchanged');
  const before = new Set(open.flatMap((change) => change.base ?? []));
  const after = new Set(open.flatMap((change) => change.head ?? []));
  const again: ActChange[] = [];
  const pairWhere = (fits: (change: ActChange) => boolean): void => {
    for (const facts of after) {
      for (const candidate of before) {
        if (candidate.tool !== facts.tool) continue;
        const change = changeOf(candidate, facts);
        if (!fits(change)) continue;
        again.push(change);
        after.delete(facts);
        before.delete(candidate);
        break;
      }
    }
  };
  pairWhere((change) => change.class === 'unchanged');
  const kept = open.filter(
    (change) => isOpen(change, before, after) && !countsAsWidened(change.class) && change.head && change.base,
  );
  for (const change of kept) {
    again.push(change);
    if (change.base) before.delete(change.base);
    if (change.head) after.delete(change.head);
  }
  pairWhere((change) => !countsAsWidened(change.class));
  // What is left stays with its own step, as far as that is left.
  for (const change of open) {
    const { base, head } = change;
    if (base && head && before.has(base) && after.has(head)) {
      again.push(change);
      before.delete(base);
      after.delete(head);
    }
  }
  again.push(...[...before].map((facts) => changeOf(facts, undefined)));
  again.push(...[...after].map((facts) => changeOf(undefined, facts)));
  return [...settled, ...again];
}

function isOpen({ base, head }: ActChange, before: ReadonlySet<ActFacts>, after: ReadonlySet<ActFacts>): boolean {
  return (!base || before.has(base)) && (!head || after.has(head));
}
