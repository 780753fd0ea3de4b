import { STRING, typeOfJson, union, type ValueType } from './expressions/types.js';
import { elsewhere, type FileHost, type Kept, resolveReference } from './host.js';
import type { LoadedCallee, LoadedPlaybook } from './load.js';
import { buildCatalog } from './model/build-catalog.js';
import { buildPolicy } from './model/build-policy.js';
import type { Catalog, Tool } from './model/catalog.js';
import type { CallStep, Playbook } from './model/playbook.js';
import type { Policy } from './model/policy.js';
import { checkShape, fileKindOf } from './model/shape.js';
import type { Problem } from './problem.js';
import { parseYaml, type SyntaxTree } from './syntax/parse.js';
import { type Json, type Located, type Node, toJson } from './syntax/tree.js';

/** What a playbook names and what came of reading it. */
export interface References {
  readonly catalogs: readonly Catalog[];
  readonly tools: ReadonlyMap<string, Tool>;
  readonly catalogsRead: boolean;
  readonly policy: Policy | undefined;
  readonly problems: readonly Problem[];
  readonly dependencies: readonly string[];
}

/** Reads the catalogs and the policy of a playbook, or of tests. `from` names to people what they lie beside. */
export function readReferences(
  uri: string,
  catalogRefs: readonly Located<string>[],
  policyRef: Located<string> | undefined,
  host: FileHost,
  from: 'this playbook' | 'these tests' = 'this playbook',
): References {
  const problems: Problem[] = [];
  const dependencies: string[] = [];
  const read = <T>(
    reference: Located<string>,
    kind: 'tools' | 'policy',
    build: (uri: string, root: Node | undefined) => T,
    kept: Map<string, Kept<T>> | undefined,
  ): T | undefined => {
    const target = resolveReference(uri, reference.value);
    dependencies.push(target);
    const text = host.read(target);
    if (text === undefined) {
      problems.push(
        notFound(
          uri,
          reference,
          `There is no file "${reference.value}" beside ${from} (or it cannot be read as text). ${kind === 'tools' ? 'Until it is there every tool of it counts as unknown' : 'Until it is there nobody holds a role'}; correct the path, relative to this file.`,
        ),
      );
      return undefined;
    }
    const before = kept?.get(target);
    const file = before?.text === text ? before : understood(target, text, kind, build);
    kept?.set(target, file);
    const { wrong, line, value } = file;
    const first = wrong[0];
    if (first) {
      problems.push({
        ...problem(
          'broken-reference',
          reference,
          `"${reference.value}" has ${wrong.length === 1 ? 'an error' : `${wrong.length} errors`}, so it cannot be relied on: line ${line + 1}: ${first.message}`,
        ),
        related: [{ uri: target, range: first.range, message: first.message }],
      });
    }
    return value;
  };
  const catalogs: Catalog[] = [];
  const tools = new Map<string, Tool>();
  let catalogsRead = true;
  for (const reference of catalogRefs) {
    const catalog = read(reference, 'tools', buildCatalog, host.kept?.catalogs);
    if (!catalog) {
      catalogsRead = false;
      continue;
    }
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
  const policy = policyRef && read(policyRef, 'policy', buildPolicy, host.kept?.policies);
  return { catalogs, tools, catalogsRead, policy, problems, dependencies };
}

function understood<T>(
  uri: string,
  text: string,
  kind: 'tools' | 'policy',
  build: (uri: string, root: Node | undefined) => T,
): Kept<T> {
  const tree = parseYaml(text);
  const wrong = [...tree.problems, ...checkShape(kind, tree.root, tree.problems)].filter(
    (one) => one.severity === 'error',
  );
  return { text, value: build(uri, tree.root), wrong, line: tree.lines.positionAt(wrong[0]?.range.start ?? 0).line };
}

/** The organization's context: trusted data, typed by what it is. */
export function readContext(
  uri: string,
  playbook: Playbook,
  host: FileHost,
): {
  readonly types: ReadonlyMap<string, ValueType>;
  readonly values: ReadonlyMap<string, Json>;
  /** What the types are made of. */
  readonly texts: readonly (string | undefined)[];
  readonly problems: readonly Problem[];
  readonly dependencies: readonly string[];
} {
  const texts: (string | undefined)[] = [];
  const types = new Map<string, ValueType>();
  const values = new Map<string, Json>();
  const problems: Problem[] = [];
  const dependencies: string[] = [];
  for (const { name, file } of playbook.context) {
    const target = resolveReference(uri, file.value);
    dependencies.push(target);
    const text = host.read(target);
    texts.push(text);
    const tree = text === undefined ? undefined : dataTree(target, text, host);
    const fault = tree?.problems.find((one) => one.severity === 'error');
    types.set(name.value, { kind: 'any' });
    if (!tree) {
      problems.push(
        notFound(
          uri,
          file,
          `There is no file "${file.value}" beside this playbook (or it cannot be read as text), so "context.${name.value}" has no value. Correct the path, relative to this file.`,
        ),
      );
    } else if (fault) {
      const { line } = tree.lines.positionAt(fault.range.start);
      problems.push({
        ...problem('broken-reference', file, `"${file.value}" cannot be relied on: line ${line + 1}: ${fault.message}`),
        related: [{ uri: target, range: fault.range, message: fault.message }],
      });
    } else {
      const value = toJson(tree.root);
      values.set(name.value, value);
      types.set(name.value, widened(typeOfJson(value)));
    }
  }
  return { types, values, texts, problems, dependencies };
}

function dataTree(uri: string, text: string, { kept }: FileHost): SyntaxTree {
  const known = kept?.data.get(uri);
  if (known?.text === text) return known.tree;
  const tree = parseYaml(text);
  kept?.data.set(uri, { text, tree });
  return tree;
}

/** Data may change without the playbook: what texts it holds today says nothing about tomorrow's. */
function widened(type: ValueType): ValueType {
  switch (type.kind) {
    case 'string':
      return STRING;
    case 'list':
      return { kind: 'list', items: widened(type.items) };
    case 'union':
      return union(type.options.map(widened));
    case 'object':
      return {
        ...type,
        members: new Map([...type.members].map(([name, member]) => [name, { ...member, type: widened(member.type) }])),
      };
    default:
      return type;
  }
}

/** Where reading has got to: the playbooks that call this one, and those read already. */
export interface Loading {
  readonly callers: readonly string[];
  readonly loaded: Map<string, LoadedPlaybook>;
}

/** Playbooks nested deeper than this are not read: nobody could follow what they may do. */
const MAX_CALL_DEPTH = 8;

/** Reads the playbooks that `call` steps name, with `load`, each once. */
export function readCalls(
  uri: string,
  steps: readonly CallStep[],
  host: FileHost,
  loading: Loading,
  load: (uri: string, text: string, host: FileHost, loading: Loading) => LoadedPlaybook,
): {
  readonly calls: ReadonlyMap<CallStep, LoadedCallee>;
  readonly problems: readonly Problem[];
  readonly dependencies: readonly string[];
} {
  const calls = new Map<CallStep, LoadedCallee>();
  const problems: Problem[] = [];
  const dependencies: string[] = [];
  for (const step of steps) {
    if (step.target.value === '') continue;
    const target = resolveReference(uri, step.target.value);
    dependencies.push(target);
    if (loading.callers.includes(target) || loading.callers.length > MAX_CALL_DEPTH) {
      calls.set(step, { uri: target, fault: 'recursive', loaded: undefined });
      continue;
    }
    const text = loading.loaded.has(target) ? '' : host.read(target);
    if (text === undefined || fileKindOf(target) !== 'playbook') {
      calls.set(step, { uri: target, fault: 'missing', loaded: undefined });
      problems.push(
        text === undefined
          ? notFound(
              uri,
              step.target,
              `There is no playbook "${step.target.value}" beside this one (or it cannot be read as text), so what this step may do is not known. Correct the path, relative to this file.`,
            )
          : problem(
              'file-not-found',
              step.target,
              `"${step.target.value}" is no playbook: its name must end in .playbook.yaml.`,
            ),
      );
      continue;
    }
    const known = loading.loaded.get(target) ?? keptPlaybook(target, host);
    const loaded = known ?? load(target, text, host, { ...loading, callers: [...loading.callers, target] });
    loading.loaded.set(target, loaded);
    if (!known) keepPlaybook(target, text, loaded, host);
    dependencies.push(...loaded.dependencies);
    const wrong = loaded.problems.filter((one) => one.severity === 'error');
    const first = wrong[0];
    calls.set(step, { uri: target, fault: first ? 'broken' : undefined, loaded });
    if (!first) continue;
    const place = loaded.lines.positionAt(first.range.start);
    problems.push({
      ...problem(
        'broken-reference',
        step.target,
        `"${step.target.value}" has ${wrong.length === 1 ? 'an error' : `${wrong.length} errors`}, so it cannot be run: line ${place.line + 1}: ${first.message}`,
      ),
      related: [{ uri: target, range: first.range, message: first.message }],
    });
  }
  return { calls, problems, dependencies };
}

/** The called playbook as it was read before, if nothing that it was read from has changed. */
function keptPlaybook(uri: string, host: FileHost): LoadedPlaybook | undefined {
  const known = host.kept?.playbooks.get(uri);
  if (!known || known.today !== host.today) return undefined;
  for (const [file, text] of known.texts) if (host.read(file) !== text) return undefined;
  return known.loaded;
}

function keepPlaybook(uri: string, text: string, loaded: LoadedPlaybook, host: FileHost): void {
  const { kept, today } = host;
  // What leads back to a caller depends on who calls.
  if (!kept || isRecursive(loaded)) return;
  const texts = new Map(loaded.dependencies.map((file) => [file, host.read(file)]));
  kept.playbooks.set(uri, { texts: texts.set(uri, text), today, loaded });
}

function isRecursive({ calls }: LoadedPlaybook, seen = new Set<LoadedPlaybook>()): boolean {
  return [...calls.values()].some(({ fault, loaded }) => {
    if (fault === 'recursive') return true;
    if (!loaded || seen.has(loaded)) return false;
    seen.add(loaded);
    return isRecursive(loaded, seen);
  });
}

/** That a file a text refers to is not there. Where none can be there nobody did anything wrong. */
export function notFound(uri: string, reference: Located<string>, message: string): Problem {
  const why = elsewhere(uri);
  if (why === undefined) return problem('file-not-found', reference, message);
  return {
    ...problem(
      'file-not-found',
      reference,
      `"${reference.value}" cannot be read: ${why}, so nothing lies beside it. What depends on that file is not checked here.`,
    ),
    severity: 'information',
  };
}

/** An error of reading, at a word. */
export function problem(rule: Problem['rule'], at: Located<unknown>, message: string): Problem {
  return { rule, severity: 'error', range: at.range, message, related: [], fixes: [] };
}
