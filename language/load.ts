import type { Act } from './authority/acts.js';
import { type ApprovalVerdict, proverOf } from './authority/approvals.js';
import { byStep } from './authority/by-step.js';
import { type Flow, flowOf } from './authority/flow.js';
import { callsPeople, hasPeople } from './authority/people.js';
import { placesOf } from './authority/precedence.js';
import { type AlertClass, alertClass, alertType, runScope } from './authority/scope.js';
import { type ExpressionSite, sitesOfHead } from './authority/sites.js';
import { itemOrigins } from './authority/trust.js';
import type { Scope } from './expressions/check.js';
import type { ValueType } from './expressions/types.js';
import type { FileHost } from './host.js';
import { carriedOn, frameOf, keptOf, type Memory, type WholePlaybook } from './memory.js';
import { buildCatalog } from './model/build-catalog.js';
import { buildPlaybook } from './model/build-playbook.js';
import { buildPolicy } from './model/build-policy.js';
import type { Catalog } from './model/catalog.js';
import { allSteps, type CallStep, type Step } from './model/playbook.js';
import { checkShape, type FileKind } from './model/shape.js';
import { once } from './once.js';
import type { Problem } from './problem.js';
import { areKept, bound } from './problems-kept.js';
import { type Loading, problem, readCalls, readContext, readReferences } from './read-references.js';
import type { Callee, PlaybookContext } from './rules/context.js';
import { expressionProblems } from './rules/expressions.js';
import { PLAYBOOK_RULES } from './rules/index.js';
import { inOrder } from './rules/order.js';
import { catalogProblems, policyProblems } from './rules/other-files.js';
import type { PlaybookRule } from './rules/rule.js';
import { secretsIn } from './rules/secret-in-playbook.js';
import { withWaivers } from './rules/waivers.js';
import type { LineIndex } from './syntax/lines.js';
import { parseYaml } from './syntax/parse.js';
import { anchorOf } from './syntax/place.js';
import type { Json, Located, Node } from './syntax/tree.js';
import { checkedSite, scopesOf, type TopStep, topStep } from './top-steps.js';

/** A playbook with everything it refers to, and everything wrong with it. */
export interface LoadedPlaybook extends PlaybookContext {
  readonly lines: LineIndex;
  readonly catalogs: readonly Catalog[];
  /** The type of `alert`, its `entities` included. */
  readonly alertType: ValueType;
  readonly alertClass: AlertClass | undefined;
  /** What expressions outside `where` and loops see. */
  readonly scope: Scope;
  /** What the expressions of each step see, outside `where`. */
  readonly scopes: ReadonlyMap<Step, Scope>;
  /** The organization's context by name, as far as it could be read. */
  readonly context: ReadonlyMap<string, Json>;
  readonly calls: ReadonlyMap<CallStep, LoadedCallee>;
  /** Expressions that belong to no step. */
  readonly head: readonly ExpressionSite[];
  /** The steps of the playbook's own list, each with all inside it. */
  readonly tops: readonly TopStep[];
  /** What the next reading of the file takes over. */
  readonly memory: Memory | undefined;
  /** In source order. A run is refused when one of them is an error. */
  readonly problems: readonly Problem[];
  /** URIs of the files it was read with, found or not. */
  readonly dependencies: readonly string[];
}

/** The playbook a `call` names, with everything it refers to in turn. */
export interface LoadedCallee extends Callee {
  readonly loaded: LoadedPlaybook | undefined;
}

/**
 * Reads and checks a playbook. Never throws, whatever the text. `host` answers for the files it refers to. What is the same
 * as in `before`, the same file with an earlier text, is taken over; that one is then no longer to be used.
 */
export function loadPlaybook(uri: string, text: string, host: FileHost, before?: LoadedPlaybook): LoadedPlaybook {
  return load(uri, text, host, { callers: [uri], loaded: new Map() }, before);
}

function load(uri: string, text: string, host: FileHost, loading: Loading, before?: LoadedPlaybook): LoadedPlaybook {
  const tree = parseYaml(text, before?.tree);
  const memory = before?.memory;
  const carried = host.rereads ? carriedOn(memory?.carried) : undefined;
  const problems: Problem[] = [...tree.problems];
  if (tree.root) problems.push(...checkShape('playbook', tree.root, tree.problems, carried?.sound));
  else if (problems.length === 0) problems.push(emptyFile('playbook'));
  const playbook = buildPlaybook(tree.root, carried?.steps);

  const references = readReferences(uri, playbook.catalogs, playbook.policy, host);
  problems.push(...references.problems);
  const { tools, policy, catalogsRead } = references;

  const typed = alertClass(playbook.trigger?.class?.value);
  if (playbook.trigger?.class && !typed) problems.push(unknownClass(playbook.trigger.class));
  const given = readContext(uri, playbook, host);
  problems.push(...given.problems);

  const steps = playbook.steps.flatMap(
    (step, index) => topAt(memory?.whole, step, index)?.steps ?? [...allSteps([step])],
  );
  const calls = readCalls(uri, steps, host, loading, load);
  problems.push(...calls.problems);

  const scope = runScope(
    alertTypeOf(typed, host),
    steps,
    tools,
    {
      inputs: playbook.inputs,
      context: given.types,
      unfinished: playbook.unfinished,
    },
    carried?.members,
  );
  const authority = { uri, playbook, policy };
  const frame = frameOf(playbook, [
    ...references.catalogs,
    ...[...calls.calls.values()].map((callee) => callee.loaded ?? callee.fault),
    ...given.texts,
    policy,
    catalogsRead,
    host.today,
  ]);
  const last = memory?.whole;
  const kept = keptOf(last, frame, playbook);
  const tops = playbook.steps.map(
    (step, index) => kept.topOf(step, index) ?? topStep(step, { scope, tools, authority }),
  );
  const head = sitesOfHead(playbook).map((site) => checkedSite(site, scope, tools));
  const acts = tops.flatMap((top) => top.acts);
  const sites = [...head, ...tops.flatMap((top) => top.sites)];

  const stepOf = once(() => firstOfIds(steps));
  const flow = once(() => flowOf(playbook, sites, acts, (step) => callsPeople(calls.calls.get(step))));
  const actsAt = once(() => byStep(acts));
  const verdictOf = once(() => proveAll(acts, flow()));
  const sitesAt = once(() => byStep(sites));
  const places = once(() => placesOf(playbook));
  const items = once(() => itemOrigins({ playbook, sites, stepOf: stepOf() }));
  const people = once(() => hasPeople({ steps, acts, calls: calls.calls }));
  const scopes = once(() => scopesOf(playbook.steps, scope));
  const context: PlaybookContext & Pick<LoadedPlaybook, 'scopes'> = {
    uri,
    text,
    tree,
    nodes: [tree.root],
    playbook,
    steps,
    get stepOf() {
      return stepOf();
    },
    tools,
    catalogsRead,
    policy,
    policyMissing: playbook.policy !== undefined && policy === undefined,
    calls: calls.calls,
    get hasPeople() {
      return people();
    },
    get flow() {
      return flow();
    },
    get graph() {
      return flow().graph;
    },
    acts,
    get actsAt() {
      return actsAt();
    },
    get verdictOf() {
      return verdictOf();
    },
    sites,
    get sitesAt() {
      return sitesAt();
    },
    get places() {
      return places();
    },
    get items() {
      return items();
    },
    get scopes() {
      return scopes();
    },
  };
  const whole = tree.problems.every((problem) => problem.severity !== 'error');
  // What a catalog that cannot be read says of its tools is not known; that it cannot be read is a problem already.
  const known = catalogsRead
    ? context
    : withActs(
        context,
        acts.filter((act) => act.tool !== undefined),
      );
  const parts = carried && tree.inParts ? tree.parts : undefined;
  const alive = once(() => new Set(parts?.parts.map((part) => part.anchor)));

  const ofHead = { tops: [], steps: [], sites: head, acts: [], nodes: nodesBeside(tree.root, playbook.steps) };
  problems.push(...expressionProblems(head, text), ...check(RULES_OF_STEPS, partOf(known, ofHead), whole));
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
  for (const { problems: own } of tops) {
    for (const found of own ?? []) if (whole || !WHOLE_ONLY.has(found.rule)) problems.push(found);
  }
  problems.push(...inSteps);
  keepInSteps(changed, whole && parts ? bound(inSteps, uri, parts) : undefined, uri);

  const readsSame =
    kept.sameOutline && last?.list.every((top, index) => top === tops[index] || top.reads === tops[index]?.reads);
  const earlier = readsSame && whole ? last?.problems : undefined;
  const told = earlier && areKept(earlier, uri, alive()) ? earlier : undefined;
  const inPlaybook = told ?? check(RULES_OF_PLAYBOOKS, known, whole);
  problems.push(...inPlaybook);

  return Object.assign(context, {
    lines: tree.lines,
    catalogs: references.catalogs,
    calls: calls.calls,
    alertType: scope.variables.get('alert') ?? ({ kind: 'any' } as const),
    alertClass: typed,
    scope,
    head,
    tops,
    context: given.values,
    problems: inOrder(withWaivers(problems, context, host.today)),
    dependencies: [...new Set([...references.dependencies, ...given.dependencies, ...calls.dependencies])],
    memory:
      parts && carried
        ? {
            carried,
            whole: whole
              ? {
                  frame,
                  unfinished: playbook.unfinished,
                  list: tops,
                  problems: told ?? bound(inPlaybook, uri, parts),
                }
              : last,
          }
        : memory,
  });
}

/** What was found out about a step that is still where it was in the list. */
function topAt(last: WholePlaybook | undefined, step: Step, index: number): TopStep | undefined {
  const top = last?.list[index];
  return top?.step === step ? top : undefined;
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
    top.problems = problems && anchor && areKept(found, uri, new Set([anchor])) ? found : undefined;
  }
}

/** The parts of the tree that are in no step of the list. */
function nodesBeside(root: Node | undefined, steps: readonly Step[]): readonly (Node | undefined)[] {
  if (root?.kind !== 'map') return [root];
  const read = new Set<Node>(steps.map((step) => step.node));
  return root.entries.flatMap(({ key, value }) =>
    key.text === 'steps' && value?.kind === 'list' ? value.items.filter((item) => !item || !read.has(item)) : [value],
  );
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

function firstOfIds(steps: readonly Step[]): ReadonlyMap<string, Step> {
  const stepOf = new Map<string, Step>();
  for (const step of steps) if (!stepOf.has(step.id.value)) stepOf.set(step.id.value, step);
  return stepOf;
}

function withActs(context: PlaybookContext, acts: readonly Act[]): PlaybookContext {
  return Object.create(context, Object.getOwnPropertyDescriptors({ acts, actsAt: byStep(acts) }));
}

/** The type of `alert`; that of a class is the same for every playbook. */
function alertTypeOf(typed: AlertClass | undefined, { kept }: FileHost): ValueType {
  const known = typed && kept?.alerts.get(typed.name);
  const type = known ?? alertType(typed);
  if (typed) kept?.alerts.set(typed.name, type);
  return type;
}

/** Verdicts on the acts that a gate has to approve: at level `approve`, without an approval of their own. */
function proveAll(acts: readonly Act[], flow: Flow): ReadonlyMap<Act, ApprovalVerdict> {
  const gated = acts.filter((act) => act.autonomy.level === 'approve' && !act.step.approval);
  const prove = proverOf(flow);
  return new Map(gated.map((act) => [act, prove(act)]));
}

function unknownClass(name: Located<string>): Problem {
  return problem(
    'invalid-value',
    name,
    `"${name.value}" is no alert class this version knows, so "alert" has no type. Use detection_finding.`,
  );
}

/** What is wrong with a file that holds nothing. */
export function emptyFile(kind: Exclude<FileKind, 'config'>): Problem {
  const first = { playbook: 'playbook: <id>', tools: 'catalog: <id>', policy: 'policy: <id>', case: 'case: <id>' }[
    kind
  ];
  return {
    rule: 'missing-key',
    severity: 'error',
    range: { start: 0, end: 0 },
    message: `The file is empty. Start with "${first}".`,
    related: [],
    fixes: [],
  };
}

/** Everything wrong with a catalog or policy, by itself. `today` as the host says it. */
export function checkOther(
  kind: 'tools' | 'policy',
  uri: string,
  text: string,
  today: string | undefined,
): readonly Problem[] {
  const tree = parseYaml(text);
  if (!tree.root) return tree.problems.length > 0 ? tree.problems : [emptyFile(kind)];
  const own =
    kind === 'tools'
      ? catalogProblems(buildCatalog(uri, tree.root))
      : policyProblems(buildPolicy(uri, tree.root), today);
  return inOrder([
    ...tree.problems,
    ...checkShape(kind, tree.root, tree.problems),
    ...own,
    ...secretsIn(tree.root, text, kind === 'tools' ? 'catalog' : 'policy'),
  ]);
}
