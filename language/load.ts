import type { Act } from './authority/acts.js';
import { type ApprovalVerdict, proverOf } from './authority/approvals.js';
import { byStep } from './authority/by-step.js';
import { type Flow, flowOf } from './authority/flow.js';
import { callsPeople, hasPeople } from './authority/people.js';
import { placesOf } from './authority/precedence.js';
import { type AlertClass, alertClass, alertType, runScope } from './authority/scope.js';
import { type ExpressionSite, sitesOfHead } from './authority/sites.js';
import { itemOrigins } from './authority/trust.js';
import { emptyFile } from './empty-file.js';
import type { Scope } from './expressions/check.js';
import type { ValueType } from './expressions/types.js';
import { findProblems } from './find-problems.js';
import type { FileHost } from './host.js';
import { joined } from './joined.js';
import { carriedOn, frameOf, type KnownTools, keptOf, type Memory } from './memory.js';
import { buildCatalog } from './model/build-catalog.js';
import { buildPlaybook } from './model/build-playbook.js';
import { buildPolicy } from './model/build-policy.js';
import type { Catalog } from './model/catalog.js';
import { allSteps, type CallStep, firstOfIds, type Step } from './model/playbook.js';
import { checkShape } from './model/shape.js';
import { once } from './once.js';
import type { Problem } from './problem.js';
import { type PlaybookExample, readExamples } from './read-examples.js';
import { type Loading, problem, readCalls, readContext, readReferences } from './read-references.js';
import type { Callee, PlaybookContext } from './rules/context.js';
import { inOrder } from './rules/order.js';
import { catalogProblems, policyProblems } from './rules/other-files.js';
import { secretsIn } from './rules/secret-in-playbook.js';
import { withWaivers } from './rules/waivers.js';
import type { LineIndex } from './syntax/lines.js';
import { parseYaml } from './syntax/parse.js';
import type { Json, Located } from './syntax/tree.js';
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
  /** What agents are shown of earlier cases. */
  readonly examples: readonly PlaybookExample[];
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
  // Beside those of its YAML and its shape.
  const problems: Problem[] = tree.root || tree.problems.length > 0 ? [] : [emptyFile('playbook')];
  const playbook = buildPlaybook(tree.root, carried?.steps);

  const references = readReferences(uri, playbook.catalogs, playbook.policy, host);
  problems.push(...references.problems);
  const { policy, catalogsRead } = references;
  const { tools } = known(references, memory?.tools);

  const typed = alertClass(playbook.trigger?.class?.value);
  if (playbook.trigger?.class && !typed) problems.push(unknownClass(playbook.trigger.class));
  const given = readContext(uri, playbook, host);
  problems.push(...given.problems);
  const shown = readExamples(uri, playbook, policy, host);
  problems.push(...shown.problems);

  const ofSteps = joined(playbook.steps, (step) => [...allSteps([step])], memory?.steps);
  const steps = ofSteps.all;
  const ofCalls = joined(playbook.steps, callsIn, memory?.calls);
  const calls = readCalls(uri, ofCalls.all, host, loading, load);
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
  const tops = kept.tops((step) => topStep(step, { scope, tools, authority }));
  const head = sitesOfHead(playbook).map((site) => checkedSite(site, scope, tools));
  const actsOfTops = joined(tops, (top) => top.acts, last?.acts);
  const sitesOfTops = joined(tops, (top) => top.sites, last?.sites);
  const acts = actsOfTops.all;
  const sites = head.concat(sitesOfTops.all);

  const stepOf = once(() => firstOfIds(steps, carried?.ids));
  const flow = once(() => flowOf(playbook, sites, acts, (step) => callsPeople(calls.calls.get(step))));
  const actsAt = once(() => byStep(acts));
  const verdictOf = once(() => proveAll(acts, flow()));
  const sitesAt = once(() => byStep(sites));
  const places = once(() => placesOf(playbook));
  const items = once(() => itemOrigins({ playbook, sites, stepOf: stepOf() }));
  const people = once(() => hasPeople({ steps, acts, calls: calls.calls }));
  const scopes = once(() => scopesOf(playbook.steps, scope));
  const found = once(() => findProblems(context, { head, tops, kept, last, parts, whole }));
  const all = once(() => {
    const ofShape = tree.root ? checkShape('playbook', tree.root, tree.problems, carried?.sound) : [];
    return inOrder(withWaivers([...tree.problems, ...ofShape, ...problems, ...found().problems], context, host.today));
  });
  const context: PlaybookContext & Pick<LoadedPlaybook, 'scopes' | 'problems'> = {
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
    // Who compares boundaries never asks, and they are half of the work.
    get problems() {
      return all();
    },
  };
  const whole = tree.problems.every((problem) => problem.severity !== 'error');
  const parts = carried && tree.inParts ? tree.parts : undefined;
  // What the next reading takes over is found on the way.
  if (carried) all();

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
    examples: shown.examples,
    dependencies: [
      ...new Set([...references.dependencies, ...given.dependencies, ...shown.dependencies, ...calls.dependencies]),
    ],
    memory:
      parts && carried
        ? {
            carried,
            tools: { catalogs: references.catalogs, tools },
            steps: ofSteps,
            calls: ofCalls,
            whole: whole
              ? {
                  frame,
                  unfinished: playbook.unfinished,
                  steps: playbook.steps,
                  list: tops,
                  acts: actsOfTops,
                  sites: sitesOfTops,
                  problems: found().ofPlaybook,
                }
              : last,
          }
        : memory,
  });
}

function callsIn(step: Step): readonly CallStep[] {
  return [...allSteps([step])].filter((one) => one.kind === 'call');
}

/** The tools of catalogs: the same as before if those are. */
function known(now: KnownTools, before: KnownTools | undefined): KnownTools {
  const same =
    before?.catalogs.length === now.catalogs.length && now.catalogs.every((one, at) => one === before.catalogs[at]);
  return same ? before : now;
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

/** Everything wrong with a catalog, policy or mapping, by itself. `today` as the host says it. */
export function checkOther(
  kind: 'tools' | 'policy' | 'mapping',
  uri: string,
  text: string,
  today: string | undefined,
): readonly Problem[] {
  const tree = parseYaml(text);
  if (!tree.root) return tree.problems.length > 0 ? tree.problems : [emptyFile(kind)];
  const shape = [...tree.problems, ...checkShape(kind, tree.root, tree.problems)];
  // It names members of alerts, and holds no value of one.
  if (kind === 'mapping') return inOrder(shape);
  const own =
    kind === 'tools'
      ? catalogProblems(buildCatalog(uri, tree.root), text)
      : policyProblems(buildPolicy(uri, tree.root), today);
  return inOrder([...shape, ...own, ...secretsIn(tree.root, text, kind === 'tools' ? 'catalog' : 'policy')]);
}
