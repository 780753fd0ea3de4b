import type { Carried } from '../carried.js';
import type { Problem } from '../problem.js';
import { schemaAt } from '../schema/schema-at.js';
import type { Json, MapNode, Node } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import { unchangedEnds } from '../unchanged-ends.js';
import { entriesByKey, locate } from './schema-place.js';
import { explainSchemaError, intendedKey, type Spot, spotOf } from './schema-problem.js';
import { VALIDATORS } from './schemas.generated.js';
import { checkStepItem, checkStepKinds } from './step-kinds.js';
import type { SchemaError } from './validator.js';

/** The kinds of file with a schema. */
export type FileKind = keyof typeof VALIDATORS;

const SUFFIXES: readonly (readonly [string, FileKind])[] = [
  ['.playbook.yaml', 'playbook'],
  ['.playbook.yml', 'playbook'],
  ['.tools.yaml', 'tools'],
  ['.tools.yml', 'tools'],
  ['.policy.yaml', 'policy'],
  ['.policy.yml', 'policy'],
  ['.policy.test.yaml', 'policy_test'],
  ['.policy.test.yml', 'policy_test'],
  ['.case.yaml', 'case'],
  ['.case.yml', 'case'],
  ['.mapping.yaml', 'mapping'],
  ['.mapping.yml', 'mapping'],
];

/** The kind of file a URI or path names, by its ending; `undefined` when it is not one of ours. */
export function fileKindOf(uri: string): FileKind | undefined {
  if (/(^|[/\\])countersign\.config\.yaml$/.test(uri)) return 'config';
  return SUFFIXES.find(([suffix]) => uri.endsWith(suffix))?.[1];
}

/** Steps with nothing wrong in their shape. */
export interface SoundSteps {
  readonly each: Carried<Node, true>;
  /** A playbook's own list of nothing but them. */
  list?: readonly unknown[] | undefined;
}

/**
 * What is wrong with the shape of a file: one problem per fault, at the word, from its JSON Schema. `syntax` is what is
 * wrong with it as YAML: what stands beside such a fault may not be missing but unreadable, and is not reported as missing.
 * `sound` are steps of a playbook that were looked at before.
 */
export function checkShape(
  kind: FileKind,
  root: Node | undefined,
  syntax: readonly Problem[] = [],
  sound?: SoundSteps,
): Problem[] {
  if (sound && kind === 'playbook' && isSoundPlaybook(root, sound)) return [];
  const problems = shapeProblems(kind, root);
  const faults = syntax.filter(({ rule }) => rule === 'yaml-syntax');
  if (faults.length === 0) return problems;
  const maps = faults.flatMap(({ range }) => innermostMap(root, range.start) ?? []);
  const starts = new Set(maps.flatMap((map) => [map.range.start, map.entries[0]?.key.range.start ?? map.range.start]));
  return problems.filter(
    ({ rule, range }) => !((rule === 'missing-key' || rule === 'step-kind') && starts.has(range.start)),
  );
}

/** The innermost map that a place is in, or right behind. */
function innermostMap(node: Node | undefined, at: number): MapNode | undefined {
  if (!node || node.kind === 'scalar') return undefined;
  const inner = node.kind === 'map' ? node.entries.map((entry) => entry.value) : node.items;
  // Of those that begin before the place, the last: a fault at the end of a map is in what follows it, for the reader.
  const around = inner.findLast((child) => child !== undefined && child.range.start <= at);
  const found = around && at <= around.range.end ? innermostMap(around, at) : undefined;
  return found ?? (node.kind === 'map' ? node : undefined);
}

/**
 * Whether nothing is wrong with the shape of a playbook. A step that was looked at once is not again as long as its node is
 * the same.
 */
function isSoundPlaybook(root: Node | undefined, sound: SoundSteps): boolean {
  const steps = get(root, 'steps');
  if (root?.kind !== 'map' || steps?.kind !== 'list') return false;
  const { items } = steps;
  const same = sound.list && sound.each.isWhole ? unchangedEnds(sound.list, items) : { start: 0, end: 0 };
  const unknown = items.slice(same.start, items.length - same.end).filter((step) => !step || !sound.each.get(step));
  sound.each.count(same.start + same.end);
  // The schema wants a step.
  const looked = unknown.length > 0 ? unknown : items.slice(0, 1);
  const problems: Problem[] = [];
  for (const step of looked) checkStepItem(step, problems);
  const entries = root.entries.map((entry) =>
    entry.key.text === 'steps' ? { ...entry, value: { ...steps, items: looked } } : entry,
  );
  if (problems.length > 0 || !VALIDATORS.playbook(plainJson({ ...root, entries }))) return false;
  for (const step of looked) if (step) sound.each.set(step, true);
  sound.list = items;
  return true;
}

function shapeProblems(kind: FileKind, root: Node | undefined): Problem[] {
  const problems: Problem[] = [];
  if (kind === 'playbook') checkStepKinds(root, problems);
  const validate = VALIDATORS[kind];
  if (validate(plainJson(root))) return problems;
  const { told, more } = firstAtEachPlace(relevant(validate.errors ?? []));
  const spotAt = spotsOf(kind, root);
  const seen = new Set<string>(problems.map((problem) => `${problem.range.start}:${problem.range.end}`));
  /** Keys that are not missing but misspelt, by the map they are in. */
  const misspelt = new Set<string>();
  for (const error of told) {
    const spot = spotAt(error.instancePath);
    const unknown = unknownKeyOf(error);
    if (unknown !== undefined) {
      const intended = intendedKey(spot, unknown);
      if (intended !== undefined) misspelt.add(`${error.instancePath} ${intended}`);
    }
    const missing =
      error.keyword === 'required'
        ? [String(error.params.missingProperty)]
        : spot.views.flatMap((view) => view.required);
    const isMissing = ['required', 'anyOf', 'oneOf'].includes(error.keyword);
    if (isMissing && missing.some((key) => misspelt.has(`${error.instancePath} ${key}`))) continue;
    const problem = explainSchemaError(spot, error, more.get(error));
    const span = `${problem.range.start}:${problem.range.end}`;
    // Several missing keys share a place, which may be a misspelt key itself; anything else at one place is one fault.
    const identity = problem.rule === 'missing-key' ? `${span}:${problem.message}` : span;
    if (seen.has(identity)) continue;
    seen.add(identity);
    problems.push(problem);
  }
  return problems;
}

/**
 * The JSON value a node stands for, in ordinary objects: those without a prototype are made and asked much more slowly. Only
 * validators see it, which ask for no name that all objects have.
 */
function plainJson(node: Node | undefined): Json {
  if (node === undefined) return null;
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainJson);
    case 'map': {
      const out: { [key: string]: Json } = {};
      for (const { key, value } of node.entries) {
        if (key.text === '__proto__')
          Object.defineProperty(out, key.text, { value: plainJson(value), enumerable: true, configurable: true });
        else out[key.text] = plainJson(value);
      }
      return out;
    }
  }
}

/** So many unknown keys of one map are told one by one: what was pasted to the wrong place is one mistake, not thousands. */
const MOST_KEYS = 100;

/** The errors to tell, and how many unknown keys of the same map the last of them stands for beside its own. */
function firstAtEachPlace(errors: readonly SchemaError[]): {
  readonly told: readonly SchemaError[];
  readonly more: ReadonlyMap<SchemaError, number>;
} {
  const more = new Map<SchemaError, number>();
  const counts = new Map<string, { told: number; last: SchemaError }>();
  const told = errors.filter((error) => {
    if (unknownKeyOf(error) === undefined) return true;
    const before = counts.get(error.instancePath);
    if (before && before.told > MOST_KEYS) {
      more.set(before.last, (more.get(before.last) ?? 0) + 1);
      return false;
    }
    counts.set(error.instancePath, { told: (before?.told ?? 0) + 1, last: error });
    return true;
  });
  return { told, more };
}

/** The key that means nothing, where that is what an error says. */
function unknownKeyOf({ params }: SchemaError): string | undefined {
  return typeof params.additionalProperty === 'string' ? params.additionalProperty : undefined;
}

/** What there is at the places of errors, worked out once for each. */
function spotsOf(kind: FileKind, root: Node | undefined): (pointer: string) => Spot {
  const known = new Map<string, Spot>();
  const entryIn = entriesByKey();
  return (pointer) => {
    const before = known.get(pointer);
    if (before) return before;
    const place = locate(root, pointer, entryIn);
    const spot = spotOf(
      place,
      schemaAt(kind, root, place.path, () => undefined),
      entryIn,
    );
    known.set(pointer, spot);
    return spot;
  };
}

/** The errors to tell, unknown keys first: a misspelt key explains the missing one. */
function relevant(errors: readonly SchemaError[]): SchemaError[] {
  // A failed alternative explains nothing more than the alternative itself does.
  const alternatives = new Set(
    errors
      .filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf')
      .map(({ instancePath, schemaPath }) => `${instancePath} ${schemaPath}`),
  );
  const told = errors.filter(
    (error) =>
      error.keyword !== 'if' &&
      error.keyword !== 'propertyNames' &&
      !(alternatives.size > 0 && isExplained(error, alternatives)),
  );
  const isUnknown = (error: SchemaError): boolean => unknownKeyOf(error) !== undefined;
  return [...told.filter(isUnknown), ...told.filter((error) => !isUnknown(error))];
}

/** Whether an error is one of an alternative that failed as a whole, at its place or around it. */
function isExplained({ instancePath, schemaPath }: SchemaError, alternatives: ReadonlySet<string>): boolean {
  for (const { index } of schemaPath.matchAll(/(?<=\/(?:anyOf|oneOf))\//g)) {
    const outer = schemaPath.slice(0, index);
    for (let path = instancePath; ; path = path.slice(0, path.lastIndexOf('/'))) {
      if (alternatives.has(`${path} ${outer}`)) return true;
      if (path === '') break;
    }
  }
  return false;
}
