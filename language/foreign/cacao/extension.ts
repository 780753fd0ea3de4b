import { EFFECTS, type Effect } from '../../model/levels.js';
import type { Json } from '../../syntax/tree.js';

/** What a JSON object holds. */
export type JsonMap = { readonly [key: string]: Json };

/**
 * The UUID of a name, always the same for it: version 5 of RFC 9562 in the project's namespace. Passed in, because this part of the
 * program has no hash.
 */
export type IdOf = (name: string) => string;

/**
 * What an export rests on that the playbook's text does not say. An import takes it from the file, so nothing of it may make a graph say
 * less than the text does: an effect only decides whether a call that needs a person is shown with one.
 */
export interface CacaoFacts {
  /** The playbook file's own name, without a folder. */
  readonly file: string;
  /** RFC 3339, in UTC, with milliseconds. */
  readonly created: string;
  readonly modified: string;
  /** Of the tools the playbook names, as its catalogs tell; one that is missing is consequential. */
  readonly effects: { readonly [tool: string]: Effect };
  /** The CACAO id of each playbook that is called, by the reference. */
  readonly calls: { readonly [reference: string]: string };
}

export function extensionId(idOf: IdOf): string {
  return `extension-definition--${idOf('extension-definition')}`;
}

/** The identity of the project, which CACAO asks for wherever something was created. */
export function projectIdentity(idOf: IdOf): string {
  return `identity--${idOf('identity countersign')}`;
}

/**
 * The id of a playbook. CACAO takes playbooks with one id for versions of one playbook, so the version is no part of it.
 */
export function playbookIdOf(owner: string | undefined, id: string, idOf: IdOf): string {
  return `playbook--${idOf(JSON.stringify(['playbook', owner ?? null, id]))}`;
}

/** CACAO Security Playbooks 2.0, section 9. */
export function extensionDefinition(idOf: IdOf): JsonMap {
  return {
    type: 'extension-definition',
    name: 'Countersign',
    description:
      'What a Countersign playbook says that CACAO has no words for: levels of autonomy, what a gate grants, who approves, how often ' +
      'and how long an approval counts, budgets, bounds on arguments.',
    created_by: projectIdentity(idOf),
    schema: SCHEMA,
    version: '1.0.0',
  };
}

const SCHEMA = `In playbook_extensions: version (1); source, the text of the playbook; file, the name of its file; effects, what each tool does;
calls, the id of each playbook that is called, by its reference; playbook, what the text says beside its steps.
In step_extensions: step, the id of a step of the playbook; part, which part of it this is, if it became several; says, what the
text says of it, with the ids of the steps in it in place of those steps.
Types of commands: countersign-tool, a call of a tool, with its arguments in JSON; countersign-agent, what an AI agent is to find out, calling
only the tools of the commands behind it; countersign-expression, an expression in CEL, of which the result is in the variable of out_args;
countersign-loop, the list a loop goes over, or "next"; countersign-stop ends the run, and fails wherever it is not known, which ends it as well.
An approval is "approved", "rejected" or "timeout" in its variable, and nothing before it was asked for.`;

/** Where lists of steps stand in a step's map, and maps of lists by name. */
const LISTS = ['then', 'else', 'steps', 'default', 'on-error', 'on-reject', 'on-timeout'];
const LISTS_BY_NAME = ['cases', 'branches'];

/** What a step's map says, with the ids of the steps in it in place of those steps. */
export function withoutSteps(step: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(step).map(([key, value]) => {
      if (LISTS.includes(key)) return [key, idsIn(value)];
      if (LISTS_BY_NAME.includes(key) && isMap(value))
        return [key, Object.fromEntries(Object.entries(value).map(([name, list]) => [name, idsIn(list)]))];
      return [key, value];
    }),
  );
}

function idsIn(value: Json): Json {
  if (isList(value)) return value.map((one) => (isMap(one) ? (one.id ?? null) : one));
  return isMap(value) && value.steps !== undefined ? { ...value, steps: idsIn(value.steps) } : value;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** What our extension in a file claims; `undefined` when it is not ours, or not as we write it. */
export function claimsIn(root: Json, idOf: IdOf): (CacaoFacts & { readonly source: string }) | undefined {
  if (!isMap(root) || !isMap(root.playbook_extensions)) return undefined;
  const ours = root.playbook_extensions[extensionId(idOf)];
  if (!isMap(ours) || ours.version !== 1) return undefined;
  const { source, file, effects, calls } = ours;
  const { created, modified } = root;
  if (typeof source !== 'string' || typeof file !== 'string' || !FILE.test(file)) return undefined;
  if (!isMoment(created) || !isMoment(modified) || !isMap(effects) || !isMap(calls)) return undefined;
  const told = Object.entries(effects).flatMap(([tool, effect]) => {
    const known = EFFECTS.find((one) => one === effect);
    return known ? [[tool, known] as const] : [];
  });
  const called = Object.entries(calls).flatMap(([reference, id]) =>
    typeof id === 'string' && PLAYBOOK_ID.test(id) ? [[reference, id] as const] : [],
  );
  return { source, file, created, modified, effects: Object.fromEntries(told), calls: Object.fromEntries(called) };
}

/** A name of a playbook file that leads nowhere else. */
const FILE = /^[A-Za-z0-9_][A-Za-z0-9._ -]{0,199}\.playbook\.ya?ml$/;
const PLAYBOOK_ID = /^playbook--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isFileName(name: string): boolean {
  return FILE.test(name);
}

/** A moment as CACAO asks for it: UTC, with milliseconds. */
export function isMoment(value: Json | undefined): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return false;
  const moment = new Date(value);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === value;
}
