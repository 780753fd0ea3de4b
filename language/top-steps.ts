import { countUpTo } from './ascending.js';
import { type Act, actsOf } from './authority/acts.js';
import type { AuthoritySources } from './authority/effective-autonomy.js';
import { argumentScope, itemScope } from './authority/scope.js';
import { type ExpressionSite, type Site, sitesOfStep } from './authority/sites.js';
import { checkExpression, type Scope } from './expressions/check.js';
import type { Tool } from './model/catalog.js';
import { allSteps, childLists, type Step } from './model/playbook.js';
import type { Problem } from './problem.js';
import type { Node } from './syntax/tree.js';

/**
 * What was found out about a step of the playbook's own list, with everything inside it. It is found out anew when the text
 * of the step changes, or anything it depends on; else it is kept from one keystroke to the next.
 */
export interface TopStep {
  readonly step: Step;
  /** The step and all inside it, parents first. */
  readonly steps: readonly Step[];
  readonly sites: readonly ExpressionSite[];
  readonly acts: readonly Act[];
  /** What its expressions read, by where they stand: all that the flow of authority knows of them. */
  readonly reads: string;
  /** What is wrong in it that the rest of the playbook has no part in; `undefined` where not everything was looked for. */
  problems: readonly Problem[] | undefined;
}

/** The one of a playbook's own steps that is around an offset, both ends inclusive. `tops` in source order. */
export function topAround(tops: readonly TopStep[], offset: number): TopStep | undefined {
  const top = tops[countUpTo(tops.length, (index) => tops[index]?.step.node.range.start ?? 0, offset) - 1];
  return top && offset <= top.step.node.range.end ? top : undefined;
}

/** What the expressions and the acts of steps depend on beside the steps. */
export interface TopStepGiven {
  readonly scope: Scope;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly authority: AuthoritySources;
}

export function topStep(step: Step, { scope, tools, authority }: TopStepGiven): TopStep {
  const steps = [...allSteps([step])];
  // Only in loops do expressions see anything else than outside.
  const scopes = steps.some(({ kind }) => kind === 'for-each') ? scopesOf([step], scope) : undefined;
  const sites = steps.flatMap((one) =>
    sitesOfStep(one).map((site) => checkedSite(site, scopes?.get(one) ?? scope, tools)),
  );
  return new KnownStep(step, steps, sites, actsOf({ steps }, tools, authority));
}

/** A class, as there are thousands: each object with a getter of its own has a layout of its own. */
class KnownStep implements TopStep {
  problems: readonly Problem[] | undefined;
  #reads: string | undefined;

  constructor(
    readonly step: Step,
    readonly steps: readonly Step[],
    readonly sites: readonly ExpressionSite[],
    readonly acts: readonly Act[],
  ) {}

  get reads(): string {
    this.#reads ??= this.sites
      .map(({ slot, argument, checked }) => `${slot} ${argument ?? ''}:${readsOf(checked.references)}`)
      .join('\n');
    return this.#reads;
  }
}

export function checkedSite(site: Site, around: Scope, tools: ReadonlyMap<string, Tool>): ExpressionSite {
  const scope = site.slot === 'where' ? argumentScope(around, tools.get(site.tool ?? '')) : around;
  const { slot, step, expression, tool, argument } = site;
  return { slot, step, expression, tool, argument, checked: checkExpression(expression.parsed, scope) };
}

function readsOf(references: ExpressionSite['checked']['references']): string {
  return references.map(({ path }) => path.map(({ name }) => name).join('.')).join(' ');
}

/** What the expressions of each step see: in the body of a loop its item, too. */
export function scopesOf(list: readonly Step[], scope: Scope): ReadonlyMap<Step, Scope> {
  const scopes = new Map<Step, Scope>();
  collectScopes(list, scope, scopes);
  return scopes;
}

function collectScopes(list: readonly Step[], here: Scope, scopes: Map<Step, Scope>): void {
  for (const step of list) {
    scopes.set(step, here);
    const lists = childLists(step);
    if (lists.length === 0) continue;
    const within =
      step.kind === 'for-each'
        ? itemScope(here, step.item?.value, step.in ? checkExpression(step.in.parsed, here).type : { kind: 'any' })
        : here;
    for (const { edge, steps } of lists) {
      collectScopes(steps, step.kind === 'for-each' && edge === 'steps' ? within : here, scopes);
    }
  }
}

/** Keys with words for people and with expressions, of which only what they read matters to others. */
const WORDS: ReadonlySet<string> = new Set([
  'title',
  'goal',
  'task',
  'ask',
  'reason',
  'when',
  'evidence',
  'in',
  'if',
  'switch',
]);

/**
 * Everything a step's text says but words for people, values of arguments, and the texts of expressions. Two steps of the
 * same outline, whose expressions read the same, are the same to every other step.
 */
export function outlineOf(node: Node): string {
  return JSON.stringify(outlined(node, ''));
}

function outlined(node: Node | undefined, key: string): unknown {
  if (node === undefined) return null;
  if (node.kind === 'scalar') return WORDS.has(key) ? '' : node.value;
  if (key === 'evidence') return node.kind === 'list' ? node.items.length : '';
  // An "if" that is no expression is no such key.
  const inner = key === 'with' ? 'reason' : undefined;
  if (node.kind === 'list') return node.items.map((item) => outlined(item, inner ?? key));
  return node.entries.map((entry) => [entry.key.text, inner ? '' : outlined(entry.value, entry.key.text)]);
}
