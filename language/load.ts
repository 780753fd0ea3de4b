import { type Act, actsOf } from './authority/acts.js';
import { type ApprovalVerdict, proverOf } from './authority/approvals.js';
import { byStep } from './authority/by-step.js';
import { type Flow, flowOf } from './authority/flow.js';
import { callsPeople, hasPeople } from './authority/people.js';
import { placesOf } from './authority/precedence.js';
import { type AlertClass, alertClass, alertType, argumentScope, itemScope, runScope } from './authority/scope.js';
import { type ExpressionSite, sitesOf } from './authority/sites.js';
import { itemOrigins } from './authority/trust.js';
import type { Scope } from './expressions/check.js';
import { checkExpression } from './expressions/check.js';
import type { ValueType } from './expressions/types.js';
import type { FileHost } from './host.js';
import { buildCatalog } from './model/build-catalog.js';
import { buildPlaybook } from './model/build-playbook.js';
import { buildPolicy } from './model/build-policy.js';
import type { Catalog } from './model/catalog.js';
import { allSteps, type CallStep, childLists, type Step } from './model/playbook.js';
import { checkShape, type FileKind } from './model/shape.js';
import type { Problem } from './problem.js';
import { type Loading, problem, readCalls, readContext, readReferences } from './read-references.js';
import type { Callee, PlaybookContext } from './rules/context.js';
import { expressionProblems } from './rules/expressions.js';
import { PLAYBOOK_RULES } from './rules/index.js';
import { inOrder } from './rules/order.js';
import { catalogProblems, policyProblems } from './rules/other-files.js';
import { secretsIn } from './rules/secret-in-playbook.js';
import { withWaivers } from './rules/waivers.js';
import type { LineIndex } from './syntax/lines.js';
import { parseYaml } from './syntax/parse.js';
import type { Json, Located } from './syntax/tree.js';

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
  const problems: Problem[] = [...tree.problems];
  if (tree.root) problems.push(...checkShape('playbook', tree.root, tree.problems));
  else if (problems.length === 0) problems.push(emptyFile('playbook'));
  const playbook = buildPlaybook(tree.root);
  const steps = [...allSteps(playbook.steps)];
  const stepOf = new Map<string, Step>();
  for (const step of steps) if (!stepOf.has(step.id.value)) stepOf.set(step.id.value, step);

  const references = readReferences(uri, playbook.catalogs, playbook.policy, host);
  problems.push(...references.problems);
  const { tools, policy } = references;

  const typed = alertClass(playbook.trigger?.class?.value);
  if (playbook.trigger?.class && !typed) problems.push(unknownClass(playbook.trigger.class));
  const given = readContext(uri, playbook, host);
  problems.push(...given.problems);
  const scope = runScope(alertTypeOf(typed, host), steps, tools, {
    inputs: playbook.inputs,
    context: given.types,
    unfinished: playbook.unfinished,
  });
  const scopes = stepScopes(playbook.steps, scope);
  const sites: ExpressionSite[] = [];
  for (const site of sitesOf(playbook)) {
    const around = (site.step && scopes.get(site.step)) ?? scope;
    const here = site.slot === 'where' ? argumentScope(around, tools.get(site.tool ?? '')) : around;
    sites.push({ ...site, checked: checkExpression(site.expression.parsed, here) });
  }
  problems.push(...expressionProblems(sites, text));
  const calls = readCalls(uri, steps, host, loading, load);
  problems.push(...calls.problems);

  const acts = actsOf(playbook, tools, { uri, playbook, policy });
  const flow = flowOf(playbook, sites, acts, (step) => callsPeople(calls.calls.get(step)));
  const context: PlaybookContext = {
    uri,
    text,
    tree,
    playbook,
    steps,
    stepOf,
    tools,
    catalogsRead: references.catalogsRead,
    policy,
    policyMissing: playbook.policy !== undefined && policy === undefined,
    calls: calls.calls,
    hasPeople: hasPeople({ steps, acts, calls: calls.calls }),
    flow,
    graph: flow.graph,
    acts,
    actsAt: byStep(acts),
    verdictOf: proveAll(acts, flow),
    sites,
    sitesAt: byStep(sites),
    places: placesOf(playbook),
    items: itemOrigins({ playbook, sites, stepOf }),
  };
  const whole = tree.problems.every((problem) => problem.severity !== 'error');
  // What a catalog that cannot be read says of its tools is not known; that it cannot be read is a problem already.
  const known = references.catalogsRead ? context : withActs(context, (act) => act.tool !== undefined);
  for (const rule of PLAYBOOK_RULES) {
    if (whole || rule.partial) for (const found of rule.check(known)) problems.push(found);
  }

  return {
    ...context,
    calls: calls.calls,
    lines: tree.lines,
    catalogs: references.catalogs,
    alertType: scope.variables.get('alert') ?? { kind: 'any' },
    alertClass: typed,
    scope,
    scopes,
    context: given.values,
    problems: inOrder(withWaivers(problems, context, host.today)),
    dependencies: [...new Set([...references.dependencies, ...given.dependencies, ...calls.dependencies])],
  };
}

function withActs(context: PlaybookContext, keep: (act: Act) => boolean): PlaybookContext {
  const acts = context.acts.filter(keep);
  return { ...context, acts, actsAt: byStep(acts) };
}

/** The type of `alert`; that of a class is the same for every playbook. */
function alertTypeOf(typed: AlertClass | undefined, { kept }: FileHost): ValueType {
  const known = typed && kept?.alerts.get(typed.name);
  const type = known ?? alertType(typed);
  if (typed) kept?.alerts.set(typed.name, type);
  return type;
}

/** What the expressions of each step see: in the body of a loop its item, too. */
function stepScopes(steps: readonly Step[], scope: Scope): ReadonlyMap<Step, Scope> {
  const scopes = new Map<Step, Scope>();
  const visit = (list: readonly Step[], here: Scope): void => {
    for (const step of list) {
      scopes.set(step, here);
      const within =
        step.kind === 'for-each'
          ? itemScope(here, step.item?.value, step.in ? checkExpression(step.in.parsed, here).type : { kind: 'any' })
          : here;
      for (const { edge, steps } of childLists(step)) {
        visit(steps, step.kind === 'for-each' && edge === 'steps' ? within : here);
      }
    }
  };
  visit(steps, scope);
  return scopes;
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
