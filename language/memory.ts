import type { MadeMember } from './authority/scope.js';
import { Carried } from './carried.js';
import type { MadeStep } from './model/build-playbook.js';
import { allSteps, type Playbook, type Step } from './model/playbook.js';
import type { Problem } from './problem.js';
import type { MapNode, Node } from './syntax/tree.js';
import { outlineOf, type TopStep } from './top-steps.js';

/** What is taken over when a playbook is read again. */
export interface Memory {
  readonly carried: CarriedOn;
  /** The playbook as it was last without a fault in its YAML. */
  readonly whole: WholePlaybook | undefined;
}

/** What a playbook was: what of it is the same need not be found out again. */
export interface WholePlaybook {
  /** What everything in the steps depends on beside them. */
  readonly frame: readonly unknown[];
  /** Ids of steps that named no kind. */
  readonly unfinished: ReadonlySet<string>;
  /** The steps of the playbook's own list. */
  readonly list: readonly TopStep[];
  /** What is wrong with the playbook as a whole; `undefined` where it cannot be told again. */
  readonly problems: readonly Problem[] | undefined;
}

/** What was made of single steps. */
export interface CarriedOn {
  readonly sound: Carried<Node, true>;
  readonly steps: Carried<MapNode, MadeStep>;
  readonly members: Carried<Step, MadeMember>;
}

export function carriedOn(before: CarriedOn | undefined): CarriedOn {
  return {
    sound: new Carried(before?.sound),
    steps: new Carried(before?.steps),
    members: new Carried(before?.members),
  };
}

/** All of a playbook but its steps, with what else they depend on. */
export function frameOf({ node }: Playbook, others: readonly unknown[]): readonly unknown[] {
  const entries = node.entries.filter(({ key }) => key.text !== 'steps');
  return [entries.length, ...entries, ...others];
}

/** What of a playbook as it was holds for it as it is. */
export interface Kept {
  /** What was found out about a step, if that is still true of it at this place of the list. */
  readonly topOf: (step: Step, index: number) => TopStep | undefined;
  /** Whether to every other step each step is what it was, as far as its text tells. */
  readonly sameOutline: boolean;
}

const NOTHING_KEPT: Kept = { topOf: () => undefined, sameOutline: false };

/** Compares a playbook with what it was. */
export function keptOf(
  last: WholePlaybook | undefined,
  frame: readonly unknown[],
  { steps, unfinished }: Pick<Playbook, 'steps' | 'unfinished'>,
): Kept {
  if (!last || last.frame.length !== frame.length || !last.frame.every((one, at) => one === frame[at]))
    return NOTHING_KEPT;
  const { list } = last;
  const most = Math.min(list.length, steps.length);
  let start = 0;
  while (start < most && list[start]?.step === steps[start]) start++;
  let end = 0;
  while (end < most - start && list.at(-1 - end)?.step === steps.at(-1 - end)) end++;
  const old = list.slice(start, list.length - end);
  const now = steps.slice(start, steps.length - end);
  const strange = differing(last.unfinished, unfinished);
  const sameOutline =
    strange.length === 0 &&
    old.length === now.length &&
    old.every(({ step }, at) => step === now[at] || outlineOf(step.node) === outlineOf(now[at]?.node ?? step.node));
  const changed = sameOutline
    ? new Set<string>()
    : new Set([
        ...strange,
        ...old.flatMap(idsIn),
        ...now.flatMap((step) => [...allSteps([step])].map(({ id }) => id.value)),
      ]);
  const shift = list.length - steps.length;
  return {
    sameOutline,
    topOf(step, index) {
      const top = list[index >= steps.length - end ? index + shift : index];
      if (top?.step !== step) return undefined;
      return sameOutline || !dependsOn(top, changed) ? top : undefined;
    },
  };
}

function idsIn({ steps }: TopStep): readonly string[] {
  return steps.map(({ id }) => id.value);
}

function differing(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  return [...[...a].filter((one) => !b.has(one)), ...[...b].filter((one) => !a.has(one))];
}

/** Whether its expressions read one of these steps, or say which steps there are because they are wrong. */
function dependsOn({ sites }: TopStep, ids: ReadonlySet<string>): boolean {
  return sites.some(
    ({ checked }) =>
      checked.problems.length > 0 ||
      checked.references.some(({ path: [variable, id] }) => variable?.name === 'steps' && (!id || ids.has(id.name))),
  );
}
