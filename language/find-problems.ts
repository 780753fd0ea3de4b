import type { Act } from './authority/acts.js';
import { byStep } from './authority/by-step.js';
import type { ExpressionSite } from './authority/sites.js';
import { itemOrigins } from './authority/trust.js';
import type { Kept, WholePlaybook } from './memory.js';
import type { Step } from './model/playbook.js';
import { once } from './once.js';
import type { Problem } from './problem.js';
import { areKept, bound } from './problems-kept.js';
import type { PlaybookContext } from './rules/context.js';
import { expressionProblems } from './rules/expressions.js';
import { PLAYBOOK_RULES } from './rules/index.js';
import type { PlaybookRule } from './rules/rule.js';
import type { Parts } from './syntax/parts.js';
import { type Anchor, anchorOf } from './syntax/place.js';
import type { Node } from './syntax/tree.js';
import type { TopStep } from './top-steps.js';

/** What the rules go by beside the playbook. */
export interface RuleInput {
  /** Expressions that belong to no step. */
  readonly head: readonly ExpressionSite[];
  /** The steps of the playbook's own list; those without `problems` are looked at, and get them. */
  readonly tops: readonly TopStep[];
  readonly kept: Kept;
  readonly last: WholePlaybook | undefined;
  /** Set where what is found is to be told again at the next reading. */
  readonly parts: Parts | undefined;
  /** Whether the YAML has no fault: rules that say "this is missing" say nothing of a file with one. */
  readonly whole: boolean;
}

/**
 * What rules and expressions find in a playbook. Only steps that are not what they were are looked at, and the rules that
 * look at the whole playbook run only when something has changed that they can see.
 */
export function findProblems(
  context: PlaybookContext,
  { head, tops, kept, last, parts, whole }: RuleInput,
): { readonly problems: readonly Problem[]; readonly ofPlaybook: readonly Problem[] | undefined } {
  const { uri, text, tree, playbook, catalogsRead } = context;
  // What a catalog that cannot be read says of its tools is not known; that it cannot be read is a problem already.
  const known = catalogsRead
    ? context
    : withActs(
        context,
        context.acts.filter((act) => act.tool !== undefined),
      );
  const anchors = once(() => new Set(parts?.parts.map((part) => part.anchor)));
  const isAlive = (anchor: Anchor): boolean => anchors().has(anchor);

  const ofHead = { tops: [], steps: [], sites: head, acts: [], nodes: nodesBeside(tree.root, playbook.steps) };
  const inHead = [...expressionProblems(head, text), ...check(RULES_OF_STEPS, partOf(known, ofHead), whole)];
  const changed = tops.filter((top) => !top.problems);
  const ofChanged = {
    tops: changed.map((top) => top.step),
    steps: changed.flatMap((top) => top.steps),
    sites: changed.flatMap((top) => top.sites),
    acts: changed.flatMap((top) => top.acts).filter((act) => catalogsRead || act.tool !== undefined),
    nodes: changed.map((top) => top.step.node),
  };
  const inSteps = [
    ...expressionProblems(ofChanged.sites, text),
    ...check(RULES_OF_STEPS, partOf(known, ofChanged), whole),
  ];
  const again = tops.flatMap((top) => top.problems ?? []).filter(({ rule }) => whole || !WHOLE_ONLY.has(rule));
  keepInSteps(changed, whole && parts ? bound(inSteps, uri, parts) : undefined, uri);

  const readsSame =
    kept.sameOutline && last?.list.every((top, index) => top === tops[index] || top.reads === tops[index]?.reads);
  const earlier = readsSame && whole ? last?.problems : undefined;
  const told = earlier && areKept(earlier, uri, isAlive) ? earlier : undefined;
  const inPlaybook = told ?? check(RULES_OF_PLAYBOOKS, known, whole);
  const problems = [...inHead, ...again, ...inSteps, ...inPlaybook];
  return { problems, ofPlaybook: told ?? (parts && whole ? bound(inPlaybook, uri, parts) : undefined) };
}

const RULES_OF_STEPS = PLAYBOOK_RULES.filter((rule) => rule.reach === 'step');
/** Rules that say nothing of a file with syntax errors. */
const WHOLE_ONLY: ReadonlySet<string> = new Set(RULES_OF_STEPS.filter((rule) => !rule.partial).map(({ name }) => name));
const RULES_OF_PLAYBOOKS = PLAYBOOK_RULES.filter((rule) => rule.reach !== 'step');

function check(rules: readonly PlaybookRule[], context: PlaybookContext, whole: boolean): readonly Problem[] {
  const problems: Problem[] = [];
  for (const rule of rules) {
    if (whole || rule.partial) for (const found of rule.check(context)) problems.push(found);
  }
  return problems;
}

/** Gives each step the problems that are in it, unless one of them points at another. */
function keepInSteps(tops: readonly TopStep[], problems: readonly Problem[] | undefined, uri: string): void {
  const own = new Map<unknown, Problem[]>();
  for (const found of problems ?? []) {
    const anchor = anchorOf(found.range);
    const there = own.get(anchor);
    if (there) there.push(found);
    else own.set(anchor, [found]);
  }
  for (const top of tops) {
    const anchor = anchorOf(top.step.node.range);
    const found = own.get(anchor) ?? [];
    top.problems = problems && anchor && areKept(found, uri, (one) => one === anchor) ? found : undefined;
  }
}

/** The parts of the tree that are in no step of the list. */
function nodesBeside(root: Node | undefined, steps: readonly Step[]): readonly (Node | undefined)[] {
  if (root?.kind !== 'map') return [root];
  return root.entries.flatMap(({ key, value }) => {
    if (key.text !== 'steps' || value?.kind !== 'list') return [value];
    // No item makes more than one step.
    if (value.items.length === steps.length) return [];
    const read = new Set<Node>(steps.map((step) => step.node));
    return value.items.filter((item) => !item || !read.has(item));
  });
}

/** What of a playbook is to be looked at: some of the steps of its list. */
interface Part extends Pick<PlaybookContext, 'steps' | 'sites' | 'acts' | 'nodes'> {
  readonly tops: readonly Step[];
}

/** The same context with less to look at; what is worked out when it is asked for stays so. */
function partOf(context: PlaybookContext, { tops, ...part }: Part): PlaybookContext {
  const { sites, acts } = part;
  const actsAt = once(() => byStep(acts));
  const sitesAt = once(() => byStep(sites));
  const items = once(() => itemOrigins({ playbook: { steps: tops }, sites, stepOf: context.stepOf }));
  const narrowed = {
    ...part,
    get actsAt() {
      return actsAt();
    },
    get sitesAt() {
      return sitesAt();
    },
    get items() {
      return items();
    },
  };
  return Object.create(context, Object.getOwnPropertyDescriptors(narrowed));
}

function withActs(context: PlaybookContext, acts: readonly Act[]): PlaybookContext {
  return Object.create(context, Object.getOwnPropertyDescriptors({ acts, actsAt: byStep(acts) }));
}
