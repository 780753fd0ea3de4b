import type { Reference } from '../expressions/check.js';
import { childLists, type Playbook, type Step } from '../model/playbook.js';
import type { ExpressionSite } from './sites.js';

/** Where the value an expression reads comes from, as far as trust goes. */
export type Origin =
  /** Attackers write log lines: alert fields, tool results, agent output, and what a caller passes on. */
  | 'untrusted'
  /** Names the detection itself gives: `alert.entities`. Untrusted, but of a known set. */
  | 'entities'
  /** What a person filled in. */
  | 'person'
  /** The organization's own data: `context`. Trusted. */
  | 'context'
  /** The engine's own word, such as a step's outcome, or the arguments a `where` bounds. */
  | 'engine';

/** From the least trusted to the most. */
const ORIGINS: readonly Origin[] = ['untrusted', 'entities', 'person', 'context', 'engine'];

/** Where the items of the loops around a step come from, by the name of the variable that holds them. */
export type ItemOrigins = ReadonlyMap<string, Origin>;

/** Where the value of one reference comes from. `items`: of the loops around it; without them an item is untrusted. */
export function originOf(
  reference: Reference,
  stepOf: ReadonlyMap<string, Step>,
  items: ItemOrigins = new Map(),
): Origin {
  const [variable, member, third] = reference.path;
  if (variable?.name === 'args') return 'engine';
  if (variable?.name === 'alert') return member?.name === 'entities' ? 'entities' : 'untrusted';
  if (variable?.name === 'context') return 'context';
  if (variable?.name !== 'steps') return items.get(variable?.name ?? '') ?? 'untrusted';
  if (third?.name === 'outcome') return 'engine';
  return member && stepOf.get(member.name)?.kind === 'manual' ? 'person' : 'untrusted';
}

/** Where the items of each loop come from: where its list does, of several values the least trusted. */
export function itemOrigins({
  playbook,
  sites,
  stepOf,
}: {
  readonly playbook: Pick<Playbook, 'steps'>;
  readonly sites: readonly ExpressionSite[];
  readonly stepOf: ReadonlyMap<string, Step>;
}): ReadonlyMap<Step, ItemOrigins> {
  const lists = new Map<Step, ExpressionSite>();
  for (const site of sites) if (site.slot === 'for-each' && site.step) lists.set(site.step, site);
  const found = new Map<Step, ItemOrigins>();
  const visit = (steps: readonly Step[], here: ItemOrigins): void => {
    for (const step of steps) {
      found.set(step, here);
      let within = here;
      if (step.kind === 'for-each' && step.item) {
        const list = lists.get(step);
        const origins = list?.checked.references.map((reference) => originOf(reference, stepOf, here));
        within = new Map([...here, [step.item.value, origins ? leastTrusted(origins) : 'untrusted']]);
      }
      for (const child of childLists(step)) {
        visit(child.steps, step.kind === 'for-each' && child.steps === step.steps ? within : here);
      }
    }
  };
  visit(playbook.steps, new Map());
  return found;
}

function leastTrusted(origins: readonly Origin[]): Origin {
  return ORIGINS.find((origin) => origins.includes(origin)) ?? 'engine';
}

/** A reference as it is written: `steps.investigate.output.verdict`. */
export function nameOf(reference: Reference): string {
  return reference.path.map((segment) => segment.name).join('.');
}
