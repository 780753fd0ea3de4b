import type { Fix, Problem } from '../problem.js';
import type { RuleName } from '../rules/names.js';
import { closest } from '../suggest.js';
import type { Node, Range } from '../syntax/tree.js';
import { entryOf, toJson } from '../syntax/tree.js';
import { stepKindsOf } from './build-playbook.js';
import { STEP_KINDS } from './playbook.js';
import { wordRange } from './read.js';
import { SCHEMAS, VALIDATORS } from './schemas.generated.js';
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
  ['.case.yaml', 'case'],
  ['.case.yml', 'case'],
];

/** The kind of file a URI or path names, by its ending; `undefined` when it is not one of ours. */
export function fileKindOf(uri: string): FileKind | undefined {
  return SUFFIXES.find(([suffix]) => uri.endsWith(suffix))?.[1];
}

/** What is wrong with the shape of a file: one problem per place, at the word, from its JSON Schema. */
export function checkShape(kind: FileKind, root: Node | undefined): Problem[] {
  const problems: Problem[] = [];
  if (kind === 'playbook') checkStepKinds(root, problems);
  const validate = VALIDATORS[kind];
  if (validate(toJson(root))) return problems;
  const errors = validate.errors ?? [];
  // A failed alternative explains nothing more than the alternative itself does.
  const alternatives = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf');
  const seen = new Set<string>(problems.map((problem) => `${problem.range.start}:${problem.range.end}`));
  for (const error of errors) {
    if (error.keyword === 'if' || error.keyword === 'propertyNames') continue;
    if (alternatives.some((other) => other !== error && error.schemaPath.startsWith(`${other.schemaPath}/`))) continue;
    const problem = explain(kind, root, error);
    const place = `${problem.range.start}:${problem.range.end}`;
    // Two missing keys share a place and are two faults; anything else at one place is one fault.
    const identity = error.keyword === 'required' ? `${place}:${String(error.params.missingProperty)}` : place;
    if (seen.has(identity)) continue;
    seen.add(identity);
    problems.push(problem);
  }
  return problems;
}

/** A step names exactly one kind. The schema's conditions cannot say so at the right word. */
function checkStepKinds(node: Node | undefined, problems: Problem[]): void {
  if (node?.kind !== 'map') return;
  for (const entry of node.entries) {
    if (['steps', 'then', 'else', 'default', 'on-error', 'on-reject', 'on-timeout'].includes(entry.key.text)) {
      checkStepList(entry.value, problems);
    } else if (entry.key.text === 'cases' && entry.value?.kind === 'map') {
      for (const branch of entry.value.entries) checkStepList(branch.value, problems);
    }
  }
}

function checkStepList(node: Node | undefined, problems: Problem[]): void {
  if (node?.kind === 'map') {
    checkStepKinds(node, problems);
    return;
  }
  for (const item of node?.kind === 'list' ? node.items : []) {
    if (item?.kind !== 'map') continue;
    const kinds = stepKindsOf(item);
    if (kinds.length === 0) {
      const known = new Set(['id', 'title', 'when', 'autonomy', 'with', 'where', 'timeout', 'on-error', 'budget']);
      const candidate = item.entries.find((entry) => !known.has(entry.key.text) && closest(entry.key.text, STEP_KINDS));
      const kind = candidate && closest(candidate.key.text, STEP_KINDS);
      const range = candidate?.key.range ?? item.entries[0]?.key.range ?? item.range;
      problems.push({
        rule: 'step-kind',
        severity: 'error',
        range,
        message: kind
          ? `"${candidate.key.text}" is no kind of step. Did you mean "${kind}"?`
          : `This step does nothing: it names no kind. Add one of ${STEP_KINDS.join(', ')}.`,
        related: [],
        fixes: kind ? [replace(range, kind)] : [],
      });
    }
    const second = kinds[1];
    if (kinds[0] && second) {
      problems.push({
        rule: 'step-kind',
        severity: 'error',
        range: second.range,
        message: `A step has exactly one kind, and this one is "${kinds[0].kind}" and "${second.kind}". Move "${second.kind}" to a step of its own.`,
        related: [],
        fixes: [],
      });
    }
    checkStepKinds(item, problems);
  }
}

function explain(kind: FileKind, root: Node | undefined, error: SchemaError): Problem {
  const place = locate(root, error.instancePath);
  const { params } = error;
  switch (error.keyword) {
    case 'required': {
      const missing = String(params.missingProperty);
      const description = describe(kind, error, missing);
      return problem(
        'missing-key',
        startOf(place),
        `"${missing}" is missing${place.name ? ` in "${place.name}"` : ''}.${description}`,
      );
    }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params.additionalProperty ?? params.unevaluatedProperty);
      const entry = place.node?.kind === 'map' ? entryOf(place.node, key) : undefined;
      const range = entry ? wordRange(entry.key) : place.range;
      const allowed = allowedKeys(kind, error, place.node);
      const present = place.node?.kind === 'map' ? place.node.entries.map((other) => other.key.text) : [];
      const suggestion = closest(
        key,
        allowed.filter((name) => !present.includes(name)),
      );
      const hint = suggestion ? ` Did you mean "${suggestion}"?` : ` Known here: ${allowed.join(', ')}.`;
      return problem(
        'unknown-key',
        range,
        `"${key}" means nothing here and would be ignored.${hint}`,
        suggestion ? [replace(range, suggestion)] : [],
      );
    }
    case 'enum': {
      const allowed = Array.isArray(params.allowedValues) ? params.allowedValues.map(String) : [];
      const written = place.node?.kind === 'scalar' ? place.node.text : 'this';
      const suggestion = closest(written, allowed);
      const hint = suggestion ? ` Did you mean "${suggestion}"?` : '';
      return problem(
        'invalid-value',
        place.range,
        `"${written}" is not one of ${allowed.join(', ')}.${hint}`,
        suggestion ? [replace(place.range, suggestion)] : [],
      );
    }
    case 'type':
      return wrongType(place, params.type);
    case 'pattern':
      return badPattern(kind, place, error);
    case 'minLength':
      return problem(
        'invalid-value',
        place.range,
        `${place.name ? `"${place.name}"` : 'This text'} must not be empty.`,
      );
    case 'maxLength':
      return problem(
        'invalid-value',
        place.range,
        `This is longer than the ${String(params.limit)} characters allowed here.`,
      );
    case 'minItems':
    case 'minProperties':
      return problem(
        'invalid-value',
        place.range,
        `${place.name ? `"${place.name}"` : 'This'} must not be empty: list at least ${String(params.limit)}.`,
      );
    case 'uniqueItems':
      return repeated(place, Number(params.j), Number(params.i));
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
      return problem(
        'invalid-value',
        place.range,
        `This number must be ${String(params.comparison)} ${String(params.limit)}.`,
      );
    case 'anyOf':
    case 'oneOf':
      return badAlternative(kind, place, error);
    default:
      return problem(
        'invalid-value',
        place.range,
        `This does not fit the schema of a ${kind} file (${error.keyword}).`,
      );
  }
}

interface Place {
  readonly node: Node | undefined;
  readonly range: Range;
  /** The key it stands under, if any. */
  readonly name: string | undefined;
}

/** Where a JSON pointer leads: the node, and the word to mark when there is none. */
function locate(root: Node | undefined, pointer: string): Place {
  let place: Place = { node: root, range: rangeOf(root) ?? { start: 0, end: 0 }, name: undefined };
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (place.node?.kind === 'map') {
      const entry = entryOf(place.node, key);
      if (!entry) return place;
      place = { node: entry.value, range: rangeOf(entry.value) ?? wordRange(entry.key), name: key };
    } else if (place.node?.kind === 'list') {
      const item = place.node.items[Number(key)];
      place = { node: item, range: rangeOf(item) ?? place.range, name: place.name };
    }
  }
  return place;
}

function rangeOf(node: Node | undefined): Range | undefined {
  return node?.kind === 'scalar' ? wordRange(node) : node?.range;
}

/** The first word of a map: marking the whole of it would hide every other problem in it. */
function startOf(place: Place): Range {
  if (place.node?.kind !== 'map') return place.range;
  const first = place.node.entries[0];
  return first ? wordRange(first.key) : place.range;
}

const TYPE_WORDS: { readonly [type: string]: string } = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
};

function wrongType(place: Place, type: unknown): Problem {
  const types = (Array.isArray(type) ? type : [type]).map(String);
  const wanted = types.map((name) => TYPE_WORDS[name] ?? name).join(' or ');
  const where = place.name ? `"${place.name}" ` : 'This ';
  if (place.node === undefined || (place.node.kind === 'scalar' && place.node.value === null)) {
    return problem('wrong-type', place.range, `${where}has no value; it must be ${wanted}.`);
  }
  const { node } = place;
  const quotable = node.kind === 'scalar' && types.includes('string') && node.style === 'plain';
  const is =
    node.kind === 'scalar'
      ? (TYPE_WORDS[typeof node.value] ?? typeof node.value)
      : node.kind === 'list'
        ? 'a list'
        : 'a map';
  const range = node.kind === 'map' ? startOf(place) : place.range;
  const fixes: Fix[] = quotable
    ? [{ title: 'Put it in quotes', edits: [{ range, newText: `"${node.text}"` }], safe: true }]
    : [];
  return problem(
    'wrong-type',
    range,
    `${where}must be ${wanted}, not ${is}.${quotable ? ' Put it in quotes.' : ''}`,
    fixes,
  );
}

function badPattern(kind: FileKind, place: Place, error: SchemaError): Problem {
  const written = place.node?.kind === 'scalar' ? place.node.text : (place.name ?? '');
  const pattern = String(error.params.pattern);
  const snake = written
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
  if (pattern === '^[a-z][a-z0-9_]*$') {
    const fixes = snake && snake !== written ? [replace(place.range, snake)] : [];
    return problem(
      'invalid-value',
      place.range,
      `"${written}" cannot name a step: use lower case letters, digits and "_", so that steps.<id>.output is an expression.${fixes.length > 0 ? ` "${snake}" would do.` : ''}`,
      fixes,
    );
  }
  const kebab = snake.replaceAll('_', '-');
  if (pattern.startsWith('^[a-z][a-z0-9]*(-')) {
    const fixes = kebab && kebab !== written ? [replace(place.range, kebab)] : [];
    return problem(
      'invalid-value',
      place.range,
      `"${written}" cannot be a name here: use lower case words joined by "-".`,
      fixes,
    );
  }
  return problem(
    'invalid-value',
    place.range,
    `"${written}" does not have the form needed here.${describe(kind, error, undefined)}`,
  );
}

function badAlternative(kind: FileKind, place: Place, error: SchemaError): Problem {
  const text = describe(kind, error, undefined);
  return problem(
    'invalid-value',
    startOf(place),
    `${place.name ? `"${place.name}"` : 'This'} does not have one of the forms allowed here.${text}`,
  );
}

function repeated(place: Place, first: number, second: number): Problem {
  const again = place.node?.kind === 'list' ? place.node.items[Math.max(first, second)] : undefined;
  const text = again?.kind === 'scalar' ? `"${again.text}"` : 'This item';
  return problem('invalid-value', rangeOf(again) ?? place.range, `${text} is listed twice; remove one.`);
}

/** What the schema says of a key, or of the value itself, as a sentence to add. */
function describe(kind: FileKind, error: SchemaError, key: string | undefined): string {
  const owner = schemaOf(kind, error, 1);
  const found = key === undefined ? owner : (properties(owner)[key] ?? properties(commonOf(kind))[key]);
  return isRecord(found) && typeof found.description === 'string' ? ` ${found.description}` : '';
}

/** The keys the schema knows where an unknown one was found. */
function allowedKeys(kind: FileKind, error: SchemaError, node: Node | undefined): string[] {
  const owner = schemaOf(kind, error, 1);
  const keys = Object.keys(properties(owner));
  if (error.keyword === 'unevaluatedProperties') keys.push(...Object.keys(properties(commonOf(kind))));
  // A step of no known kind is the fault of its kind, and other kinds' names are no use inside one.
  return [...new Set(keys)].filter(
    (key) => node?.kind !== 'map' || !STEP_KINDS.some((name) => name === key) || entryOf(node, key) === undefined,
  );
}

function commonOf(kind: FileKind): unknown {
  const schema = SCHEMAS[kind];
  return isRecord(schema) && isRecord(schema.$defs) ? schema.$defs.common : undefined;
}

/** The schema an error points at, `up` levels above its keyword. */
function schemaOf(kind: FileKind, error: SchemaError, up: number): unknown {
  let at: unknown = SCHEMAS[kind];
  const parts = error.schemaPath.replace(/^.*#/, '').split('/').slice(1);
  for (const part of parts.slice(0, parts.length - up)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    at = isRecord(at) || Array.isArray(at) ? (at as { readonly [key: string]: unknown })[key] : undefined;
  }
  return at;
}

function properties(schema: unknown): { readonly [key: string]: unknown } {
  return isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function replace(range: Range, text: string): Fix {
  return { title: `Change to "${text}"`, edits: [{ range, newText: text }], safe: false };
}

function problem(rule: RuleName, range: Range, message: string, fixes: readonly Fix[] = []): Problem {
  return { rule, severity: 'error', range, message, related: [], fixes };
}
