import { once } from '../once.js';
import type { Fix, Problem } from '../problem.js';
import type { RuleName } from '../rules/names.js';
import type { SchemaView } from '../schema/schema-view.js';
import { closest } from '../suggest.js';
import { withoutItem } from '../syntax/remove-item.js';
import type { Node, Range } from '../syntax/tree.js';
import { readingsOf } from './ambiguous-levels.js';
import { STEP_KINDS } from './playbook.js';
import { wordRange } from './read.js';
import { type EntryIn, holderOf, type Place, wordsOf } from './schema-place.js';
import type { SchemaError } from './validator.js';

/** A place with errors, with what is asked about it for each of them. */
export interface Spot {
  readonly place: Place;
  /** What the schema says of the place. */
  readonly views: readonly SchemaView[];
  /** The keys a map there could still take. */
  readonly known: readonly string[];
  readonly entryIn: EntryIn;
}

export function spotOf(place: Place, views: readonly SchemaView[], entryIn: EntryIn): Spot {
  const known = once(() => knownKeys(views, place.node));
  return {
    place,
    views,
    get known() {
      return known();
    },
    entryIn,
  };
}

/**
 * What a schema error means to the person who wrote the file. It stands for so many `more` keys of the same map that mean
 * nothing either.
 */
export function explainSchemaError(spot: Spot, error: SchemaError, more = 0): Problem {
  const { place, views } = spot;
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return missingKey(place, String(params.missingProperty), views);
    case 'additionalProperties':
      return unknownKey(spot, String(params.additionalProperty), more);
    case 'enum':
      return unknownWord(place, params.allowedValues);
    case 'type':
      return wrongType(place, params.type, views);
    case 'pattern':
      return badPattern(place, String(params.pattern), views);
    case 'minLength':
      return invalid(place.range, `${subject(place)} must not be empty.`);
    case 'maxLength':
      return invalid(place.range, `This is longer than the ${String(params.limit)} characters allowed here.`);
    case 'minItems':
    case 'minProperties':
      return invalid(holderOf(place), `${subject(place)} must not be empty: list at least ${String(params.limit)}.`);
    case 'uniqueItems':
      return repeated(place, Number(params.j), Number(params.i));
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
      return invalid(place.range, `This number must be ${String(params.comparison)} ${String(params.limit)}.`);
    case 'anyOf':
    case 'oneOf':
      return badAlternative(place, views);
    default:
      return invalid(place.range, `This does not fit the schema (${error.keyword}).${sentence(views)}`);
  }
}

/** The key an unknown one most likely stands for. */
export function intendedKey({ known }: Spot, key: string): string | undefined {
  return closest(key, known);
}

function missingKey(place: Place, missing: string, views: readonly SchemaView[]): Problem {
  const description = views.map((view) => descriptionOf(view, missing)).find((text) => text !== undefined);
  return problem(
    'missing-key',
    wordsOf(place.node) ?? place.range,
    `"${missing}" is missing${place.label ? ` in ${place.label}` : ''}.${description ? ` ${description}` : ''}`,
  );
}

function unknownKey(spot: Spot, key: string, more: number): Problem {
  const { place, known } = spot;
  const entry = place.node?.kind === 'map' ? spot.entryIn(place.node, key) : undefined;
  const range = entry ? wordRange(entry.key) : place.range;
  if (more > 0) {
    const message = `"${key}" and ${more} more ${more === 1 ? 'key' : 'keys'} of this map mean nothing here and would be ignored. Remove them, or put them where they belong.`;
    return problem('unknown-key', range, message);
  }
  const suggestion = intendedKey(spot, key);
  const hint = suggestion
    ? ` Did you mean "${suggestion}"?`
    : known.length > 0
      ? ` Known here: ${known.join(', ')}.`
      : ' Remove it.';
  return problem(
    'unknown-key',
    range,
    `"${key}" means nothing here and would be ignored.${hint}`,
    suggestion ? [replace(range, suggestion)] : [],
  );
}

/** The keys a map could still take; none that is there, and no second kind of step. */
function knownKeys(views: readonly SchemaView[], node: Node | undefined): string[] {
  const present = new Set(node?.kind === 'map' ? node.entries.map((entry) => entry.key.text) : []);
  const kinds: readonly string[] = STEP_KINDS;
  const isStep = kinds.some((name) => present.has(name));
  const keys = new Set(views.flatMap((view) => Object.keys(view.properties)));
  return [...keys].filter((key) => !present.has(key) && !(isStep && kinds.includes(key)));
}

function unknownWord(place: Place, allowedValues: unknown): Problem {
  const allowed = Array.isArray(allowedValues) ? allowedValues.map(String) : [];
  const written = place.node?.kind === 'scalar' ? `"${place.node.text}"` : subject(place);
  const last = place.path.at(-1);
  const readings =
    place.node?.kind === 'scalar' && last?.kind === 'entry' && last.entry.key.text === 'autonomy'
      ? readingsOf(place.node.text)
      : undefined;
  if (readings) {
    const levels = readings.levels.map((level) => `"${level}"`).join(' or ');
    return problem(
      'ambiguous-level',
      place.range,
      `${written} is no level here, because products disagree on what it means: ${readings.because}. Say which: ${levels}.`,
      readings.levels.map((level) => replace(place.range, level)),
    );
  }
  const suggestion = place.node?.kind === 'scalar' ? closest(place.node.text, allowed) : undefined;
  const hint = suggestion ? ` Did you mean "${suggestion}"?` : '';
  return invalid(
    place.range,
    `${written} is not one of ${allowed.join(', ')}.${hint}`,
    suggestion ? [replace(place.range, suggestion)] : [],
  );
}

const TYPE_WORDS: { readonly [type: string]: string } = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
};

function wrongType(place: Place, type: unknown, views: readonly SchemaView[]): Problem {
  const types = (Array.isArray(type) ? type : [type]).map(String);
  const wanted = types.map((name) => TYPE_WORDS[name] ?? name).join(' or ');
  const { node } = place;
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) {
    return problem('wrong-type', place.range, `${subject(place)} has no value; it must be ${wanted}.`);
  }
  const quotable = node.kind === 'scalar' && types.includes('string') && node.style === 'plain';
  const is =
    node.kind === 'scalar'
      ? (TYPE_WORDS[typeof node.value] ?? typeof node.value)
      : node.kind === 'list'
        ? 'a list'
        : 'a map';
  const range = holderOf(place);
  const fixes: Fix[] = quotable
    ? [{ title: 'Put it in quotes', edits: [{ range, newText: `"${node.text}"` }], safe: true }]
    : [];
  return problem(
    'wrong-type',
    range,
    `${subject(place)} must be ${wanted}, not ${is}.${quotable ? ' Put it in quotes.' : sentence(views)}`,
    fixes,
  );
}

function badPattern(place: Place, pattern: string, views: readonly SchemaView[]): Problem {
  const written = place.node?.kind === 'scalar' ? place.node.text : '';
  const snake = written
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
  if (pattern === '^[a-z][a-z0-9_]*$') {
    const fixes = snake && snake !== written ? [replace(place.range, snake)] : [];
    const would = fixes.length > 0 ? ` "${snake}" would do.` : '';
    return invalid(
      place.range,
      `"${written}" cannot name a step: use lower case letters, digits and "_", so that steps.<id>.output is an expression.${would}`,
      fixes,
    );
  }
  const kebab = snake.replaceAll('_', '-');
  if (pattern.startsWith('^[a-z][a-z0-9]*(-')) {
    const fixes = kebab && kebab !== written ? [replace(place.range, kebab)] : [];
    return invalid(place.range, `"${written}" cannot be a name here: use lower case words joined by "-".`, fixes);
  }
  // Of a map it is one of the names in it that does not fit.
  const what = place.node?.kind === 'map' ? `A name in ${subject(place)}` : `"${written}"`;
  return invalid(place.range, `${what} does not have the form needed here.${sentence(views)}`);
}

/** Alternatives are told apart by the keys they need (`output` or `error`), or else by what the schema says of the place. */
function badAlternative(place: Place, views: readonly SchemaView[]): Problem {
  const { node } = place;
  const every = views.map((view) => view.required);
  const apart = [...new Set(every.flat())].filter((key) => !every.every((keys) => keys.includes(key)));
  if (node?.kind === 'map' && apart.length > 1) {
    const present = node.entries.filter((entry) => apart.includes(entry.key.text));
    const either = apart.map((key) => `"${key}"`).join(' or ');
    const second = present[1];
    const where = place.label ? ` in ${place.label}` : '';
    return second
      ? invalid(wordRange(second.key), `Only one of ${either} can be${where}. Remove one.`)
      : problem('missing-key', wordsOf(node) ?? place.range, `${either} is missing${where}.`);
  }
  return invalid(holderOf(place), `${subject(place)} does not have one of the forms allowed here.${sentence(views)}`);
}

function repeated(place: Place, first: number, second: number): Problem {
  const index = Math.max(first, second);
  const list = place.node?.kind === 'list' ? place.node : undefined;
  const again = list?.items[index];
  const text = again?.kind === 'scalar' ? `"${again.text}"` : 'This item';
  const edit = list && withoutItem(list, index);
  const fixes: Fix[] = edit ? [{ title: 'Remove the repetition', edits: [edit], safe: true }] : [];
  return invalid(wordsOf(again) ?? place.range, `${text} is listed twice; remove one.`, fixes);
}

/** The place as the first words of a sentence. */
function subject(place: Place): string {
  return place.label === undefined ? 'This' : place.label.replace(/^t/, 'T');
}

function sentence(views: readonly SchemaView[]): string {
  const description = views[0]?.description;
  return description === undefined ? '' : ` ${description}`;
}

function descriptionOf(view: SchemaView, key: string): string | undefined {
  const found = Object.hasOwn(view.properties, key) ? view.properties[key]?.description : undefined;
  return typeof found === 'string' ? found : undefined;
}

function replace(range: Range, text: string): Fix {
  return { title: `Change to "${text}"`, edits: [{ range, newText: text }], safe: false };
}

function invalid(range: Range, message: string, fixes: readonly Fix[] = []): Problem {
  return problem('invalid-value', range, message, fixes);
}

function problem(rule: RuleName, range: Range, message: string, fixes: readonly Fix[] = []): Problem {
  return { rule, severity: 'error', range, message, related: [], fixes };
}
