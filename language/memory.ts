import type { Act } from './authority/acts.js';
import type { MadeMembers } from './authority/scope.js';
import type { ExpressionSite } from './authority/sites.js';
import { Carried } from './carried.js';
import type { Joined } from './joined.js';
import type { MadeSteps } from './model/build-playbook.js';
import type { Catalog, Tool } from './model/catalog.js';
import { allSteps, type CallStep, type MadeIds, type Playbook, type Step } from './model/playbook.js';
import type { SoundSteps } from './model/shape.js';
import type { Problem } from './problem.js';
import { outlineOf, type TopStep } from './top-steps.js';
import { unchangedEnds } from './unchanged-ends.js';

/** What is taken over when a playbook is read again. */
export interface Memory {
  readonly carried: CarriedOn;
  readonly tools: KnownTools;
  /** All steps, by those of the playbook's own list. */
  readonly steps: Joined<Step, Step>;
  readonly calls: Joined<Step, CallStep>;
  /** The playbook as it was last without a fault in its YAML. */
  readonly whole: WholePlaybook | undefined;
}

/** What a playbook was: what of it is the same need not be found out again. */
export interface WholePlaybook {
  /** What everything in the steps depends on beside them. */
  readonly frame: readonly unknown[];
  /** Ids of steps that named no kind. */
  readonly unfinished: ReadonlySet<string>;
  /** The steps of the playbook's own list, and what was found out about them. */
  readonly steps: readonly Step[];
  readonly list: readonly TopStep[];
  readonly acts: Joined<TopStep, Act>;
  readonly sites: Joined<TopStep, ExpressionSite>;
  /** What is wrong with the playbook as a whole; `undefined` where it cannot be told again. */
  readonly problems: readonly Problem[] | undefined;
}

/** The tools of a playbook's catalogs by name: the same as long as the catalogs are. */
export interface KnownTools {
  readonly catalogs: readonly Catalog[];
  readonly tools: ReadonlyMap<string, Tool>;
}

/** What was made of single steps. */
export interface CarriedOn {
  readonly sound: SoundSteps;
  readonly steps: MadeSteps;
  readonly members: MadeMembers;
  readonly ids: MadeIds;
}

export function carriedOn(before: CarriedOn | undefined): CarriedOn {
  return {
    sound: { ...before?.sound, each: new Carried(before?.sound.each) },
    steps: { ...before?.steps, each: new Carried(before?.steps.each) },
    members: { each: new Carried(before?.members.each), last: before?.members.last ?? {} },
    ids: before?.ids ?? {},
  };
}

/** All of a playbook but its steps, with what else they depend on. */
export function frameOf({ node }: Playbook, others: readonly unknown[]): readonly unknown[] {
  const entries = node.entries.filter(({ key }) => key.text !== 'steps');
  return [entries.length, ...entries, ...others];
}

/** What of a playbook as it was holds for it as it is. */
export interface Kept {
  /** What is known of the steps of the list: what was found out, if that is still true, and the rest by `make`. */
  readonly tops: (make: (step: Step) => TopStep) => readonly TopStep[];
  /** Whether to every other step each step is what it was, as far as its text tells. */
  readonly sameOutline: boolean;
}

/** Compares a playbook with what it was. */
export function keptOf(
  last: WholePlaybook | undefined,
  frame: readonly unknown[],
  { steps, unfinished }: Pick<Playbook, 'steps' | 'unfinished'>,
): Kept {
  if (!last || last.frame.length !== frame.length || !last.frame.every((one, at) => one === frame[at]))
    return { sameOutline: false, tops: (make) => steps.map(make) };
  const { list } = last;
  const { start, end } = unchangedEnds(last.steps, steps);
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
  return {
    sameOutline,
    tops(make) {
      const head = list.slice(0, start);
      const tail = list.slice(list.length - end);
      const again = (top: TopStep): TopStep => (dependsOn(top, changed) ? make(top.step) : top);
      const made = now.map(make);
      return sameOutline ? head.concat(made, tail) : head.map(again).concat(made, tail.map(again));
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
