import { type Act, actsOf } from './authority/acts.js';
import { type ApprovalVerdict, proveApproval } from './authority/approvals.js';
import { buildGraph } from './authority/graph.js';
import { type AlertClass, alertClass, argumentScope, runScope } from './authority/scope.js';
import { type ExpressionSite, sitesOf } from './authority/sites.js';
import type { Scope } from './expressions/check.js';
import { checkExpression } from './expressions/check.js';
import type { ValueType } from './expressions/types.js';
import { type FileHost, resolveReference } from './host.js';
import { buildCatalog } from './model/build-catalog.js';
import { buildPlaybook } from './model/build-playbook.js';
import { buildPolicy } from './model/build-policy.js';
import type { Catalog, Tool } from './model/catalog.js';
import { allSteps, type Step } from './model/playbook.js';
import type { Policy } from './model/policy.js';
import { checkShape, type FileKind } from './model/shape.js';
import type { Problem } from './problem.js';
import type { PlaybookContext } from './rules/context.js';
import { expressionProblems } from './rules/expressions.js';
import { PLAYBOOK_RULES } from './rules/index.js';
import { inOrder } from './rules/order.js';
import { catalogProblems, policyProblems } from './rules/other-files.js';
import type { LineIndex } from './syntax/lines.js';
import { parseYaml, type SyntaxTree } from './syntax/parse.js';
import type { Located } from './syntax/tree.js';

/** A playbook with everything it refers to, and everything wrong with it. */
export interface LoadedPlaybook extends PlaybookContext {
  readonly lines: LineIndex;
  readonly catalogs: readonly Catalog[];
  /** The type of `alert`, its `entities` included. */
  readonly alertType: ValueType;
  readonly alertClass: AlertClass | undefined;
  /** What expressions outside `where` see. */
  readonly scope: Scope;
  /** In source order. A run is refused when one of them is an error. */
  readonly problems: readonly Problem[];
  /** URIs of the files it was read with, found or not. */
  readonly dependencies: readonly string[];
}

/** Reads and checks a playbook. Never throws, whatever the text. `host` answers for the files it refers to. */
export function loadPlaybook(uri: string, text: string, host: FileHost): LoadedPlaybook {
  const tree = parseYaml(text);
  const problems: Problem[] = [...tree.problems];
  if (tree.root) problems.push(...checkShape('playbook', tree.root));
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
  const scope = runScope(typed, steps, tools);
  const sites: ExpressionSite[] = [];
  for (const site of sitesOf(playbook)) {
    const here = site.slot === 'where' ? argumentScope(scope, tools.get(site.tool ?? '')) : scope;
    sites.push({ ...site, checked: checkExpression(site.expression.parsed, here) });
  }
  problems.push(...expressionProblems(sites, text));

  const graph = buildGraph(playbook);
  const acts = actsOf(playbook, tools, { uri, playbook, policy });
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
    graph,
    acts,
    verdictOf: proveAll(acts, graph, sites),
    sites,
  };
  const whole = tree.problems.every((problem) => problem.severity !== 'error');
  for (const rule of PLAYBOOK_RULES) if (whole || rule.partial) problems.push(...rule.check(context));

  return {
    ...context,
    lines: tree.lines,
    catalogs: references.catalogs,
    alertType: scope.variables.get('alert') ?? { kind: 'any' },
    alertClass: typed,
    scope,
    problems: inOrder(problems),
    dependencies: references.dependencies,
  };
}

function proveAll(
  acts: readonly Act[],
  graph: PlaybookContext['graph'],
  sites: readonly ExpressionSite[],
): ReadonlyMap<Act, ApprovalVerdict> {
  const inputs = new Map<Step, Set<string>>();
  for (const site of sites) {
    if (site.slot !== 'argument' || !site.step) continue;
    const ids = inputs.get(site.step) ?? new Set();
    for (const { path } of site.checked.references) if (path[0]?.name === 'steps' && path[1]) ids.add(path[1].name);
    inputs.set(site.step, ids);
  }
  return new Map(acts.map((act) => [act, proveApproval(graph, act, inputs.get(act.step) ?? new Set())]));
}

interface References {
  readonly catalogs: readonly Catalog[];
  readonly tools: ReadonlyMap<string, Tool>;
  readonly catalogsRead: boolean;
  readonly policy: Policy | undefined;
  readonly problems: readonly Problem[];
  readonly dependencies: readonly string[];
}

function readReferences(
  uri: string,
  catalogRefs: readonly Located<string>[],
  policyRef: Located<string> | undefined,
  host: FileHost,
): References {
  const problems: Problem[] = [];
  const dependencies: string[] = [];
  const read = (
    reference: Located<string>,
    kind: 'tools' | 'policy',
  ): { readonly uri: string; readonly tree: SyntaxTree } | undefined => {
    const target = resolveReference(uri, reference.value);
    dependencies.push(target);
    const text = host.read(target);
    if (text === undefined) {
      problems.push(
        problem(
          'file-not-found',
          reference,
          `There is no file "${reference.value}" beside this playbook (or it cannot be read as text). ${kind === 'tools' ? 'Until it is there every tool of it counts as unknown' : 'Until it is there nobody holds a role'}; correct the path, relative to this file.`,
        ),
      );
      return undefined;
    }
    const tree = parseYaml(text);
    const wrong = [...tree.problems, ...checkShape(kind, tree.root)].filter((one) => one.severity === 'error');
    const first = wrong[0];
    if (first) {
      const place = tree.lines.positionAt(first.range.start);
      problems.push({
        ...problem(
          'broken-reference',
          reference,
          `"${reference.value}" has ${wrong.length === 1 ? 'an error' : `${wrong.length} errors`}, so it cannot be relied on: line ${place.line + 1}: ${first.message}`,
        ),
        related: [{ uri: target, range: first.range, message: first.message }],
      });
    }
    return { uri: target, tree };
  };
  const catalogs: Catalog[] = [];
  const tools = new Map<string, Tool>();
  let catalogsRead = true;
  for (const reference of catalogRefs) {
    const file = read(reference, 'tools');
    if (!file) {
      catalogsRead = false;
      continue;
    }
    const catalog = buildCatalog(file.uri, file.tree.root);
    catalogs.push(catalog);
    for (const [name, tool] of catalog.tools) {
      const first = tools.get(name);
      if (!first) tools.set(name, tool);
      else if (first.uri !== tool.uri) {
        problems.push({
          ...problem(
            'broken-reference',
            reference,
            `"${reference.value}" describes ${name} again; which description holds would be a matter of luck. Remove one.`,
          ),
          related: [{ uri: first.uri, range: first.name.range, message: `${name} is described here, too.` }],
        });
      }
    }
  }
  const policyFile = policyRef && read(policyRef, 'policy');
  const policy = policyFile && buildPolicy(policyFile.uri, policyFile.tree.root);
  return { catalogs, tools, catalogsRead, policy, problems, dependencies };
}

function unknownClass(name: Located<string>): Problem {
  return problem(
    'invalid-value',
    name,
    `"${name.value}" is no alert class this version knows, so "alert" has no type. Use detection_finding.`,
  );
}

function problem(rule: Problem['rule'], at: Located<unknown>, message: string): Problem {
  return { rule, severity: 'error', range: at.range, message, related: [], fixes: [] };
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

/** Everything wrong with a catalog or policy, by itself. */
export function checkOther(kind: 'tools' | 'policy', uri: string, text: string): readonly Problem[] {
  const tree = parseYaml(text);
  if (!tree.root) return tree.problems.length > 0 ? tree.problems : [emptyFile(kind)];
  const own =
    kind === 'tools' ? catalogProblems(buildCatalog(uri, tree.root)) : policyProblems(buildPolicy(uri, tree.root));
  return inOrder([...tree.problems, ...checkShape(kind, tree.root), ...own]);
}
