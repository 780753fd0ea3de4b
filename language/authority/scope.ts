import type { Carried } from '../carried.js';
import type { Scope } from '../expressions/check.js';
import { ANY, type Member, memberFromSchema, typeFromSchema, type ValueType } from '../expressions/types.js';
import type { Tool } from '../model/catalog.js';
import { ENTITY_MEMBERS } from '../model/entities.js';
import type { JsonSchema } from '../model/json-schema.js';
import { ENTITY_TYPES } from '../model/levels.js';
import { renewed, type Step } from '../model/playbook.js';
import { ALERT_VALIDATORS, SCHEMAS } from '../model/schemas.generated.js';
import type { SchemaValidator } from '../model/validator.js';

/** A class of alerts the language has a schema for. */
export interface AlertClass {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly validate: SchemaValidator;
}

/** The alert class of a name; `detection_finding` when none is given, `undefined` when it is unknown. */
export function alertClass(name = 'detection_finding'): AlertClass | undefined {
  const validate = Object.hasOwn(ALERT_VALIDATORS, name) ? ALERT_VALIDATORS[name] : undefined;
  const schema = SCHEMAS[name];
  return validate && isSchema(schema) ? { name, schema, validate } : undefined;
}

/** How a step can end, as `steps.<id>.outcome` says it. */
const OUTCOME = typeFromSchema({
  type: 'string',
  enum: ['ok', 'failed', 'refused', 'denied', 'rejected', 'timed-out', 'approved', 'skipped'],
});

/** What a playbook's expressions see beside `alert` and the results of its steps. */
export interface GivenScope {
  /** JSON Schema of `inputs`; `undefined`: there is no such variable. */
  readonly inputs: JsonSchema | undefined;
  /** Types of the organization's context by name; empty: there is no such variable. */
  readonly context: ReadonlyMap<string, ValueType>;
  /** Ids of steps of which nothing is known yet. */
  readonly unfinished: ReadonlySet<string>;
}

/** The type of `alert`, its `entities` included. */
export function alertType(alert: AlertClass | undefined): ValueType {
  return alert ? typeFromSchema(withEntities(alert.schema)) : { kind: 'any' };
}

/** What every expression of a playbook sees: `alert`, what it is given, and the results of its steps. */
export function runScope(
  alert: ValueType,
  steps: readonly Step[],
  tools: ReadonlyMap<string, Tool>,
  given: GivenScope = { inputs: undefined, context: new Map(), unfinished: new Set() },
  made?: MadeMembers,
): Scope {
  const context: ValueType = {
    kind: 'object',
    open: false,
    members: new Map(
      [...given.context].map(([name, type]) => [name, { type, required: true, description: undefined }]),
    ),
  };
  return {
    variables: new Map<string, ValueType>([
      ...(given.inputs ? [['inputs', typeFromSchema(given.inputs)] as const] : []),
      ...(given.context.size > 0 ? [['context', context] as const] : []),
      ['alert', alert],
      ['steps', { kind: 'object', open: false, members: stepMembers(steps, tools, given.unfinished, made) }],
    ]),
  };
}

/** What expressions in a loop's body see, too: the item. */
export function itemScope(scope: Scope, item: string | undefined, list: ValueType): Scope {
  if (item === undefined || item === '') return scope;
  const type: ValueType = list.kind === 'list' ? list.items : { kind: 'any' };
  return { variables: new Map([...scope.variables, [item, type]]) };
}

/** What a `where` sees, too: the arguments of the call it bounds. */
export function argumentScope(scope: Scope, tool: Tool | undefined): Scope {
  const type: ValueType = tool ? typeFromSchema(tool.input) : { kind: 'any' };
  return { variables: new Map([...scope.variables, ['args', type]]) };
}

function withEntities(schema: JsonSchema): JsonSchema {
  const members: { [member: string]: JsonSchema } = {};
  for (const type of ENTITY_TYPES) {
    members[ENTITY_MEMBERS[type]] = {
      type: 'array',
      items: { type: 'string', 'x-entity': type },
      description: `What the detection itself names as a ${type}: the alert’s observables of that type. Empty when there are none.`,
    };
  }
  const entities: JsonSchema = {
    type: 'object',
    description: 'The alert’s typed entities, from its observables.',
    properties: members,
    required: Object.keys(members),
    additionalProperties: false,
  };
  return {
    ...schema,
    properties: { ...schema.properties, entities },
    required: [...(schema.required ?? []), 'entities'],
  };
}

const LOOP_OUTPUT: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['count'],
  properties: { count: { type: 'integer', description: 'How many items there were.' } },
};

const CALL_OUTPUT: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['outcome', 'verdict'],
  properties: {
    outcome: { enum: ['completed', 'escalated'], description: 'How the called playbook ended.' },
    verdict: { description: 'Its verdict; null when it has none.' },
  },
};

function stepMembers(
  steps: readonly Step[],
  tools: ReadonlyMap<string, Tool>,
  unfinished: ReadonlySet<string>,
  made: MadeMembers | undefined,
): ReadonlyMap<string, Member> {
  const known = made && membersOfSome(made, steps, tools, unfinished);
  if (known) return known;
  const members = new Map<string, Member>();
  for (const step of steps) {
    const id = step.id.value;
    // A step without an id has a name with blanks, which no expression can spell.
    if (!members.has(id) && !id.includes(' ')) members.set(id, memberOf(step, outputOf(step, tools), made?.each));
  }
  // Then each step is the only one of its name.
  if (made) {
    made.last.list = members.size === steps.length && unfinished.size === 0 ? { steps, tools, members } : undefined;
  }
  for (const id of unfinished) {
    if (!members.has(id)) members.set(id, { type: ANY, required: false, description: undefined });
  }
  return members;
}

/** What `steps` had in an earlier reading. */
export interface MadeMembers {
  readonly each: Carried<Step, MadeMember>;
  /**
   * All of it, where no two steps had one name. The map goes from reading to reading, and each changes it; so this object goes
   * with it, and always says of which steps it is.
   */
  readonly last: {
    list?:
      | {
          readonly steps: readonly Step[];
          readonly tools: ReadonlyMap<string, Tool>;
          readonly members: Map<string, Member>;
        }
      | undefined;
  };
}

/** The same members with those made anew whose steps are not what they were, where there are no others. */
function membersOfSome(
  { each, last }: MadeMembers,
  steps: readonly Step[],
  tools: ReadonlyMap<string, Tool>,
  unfinished: ReadonlySet<string>,
): ReadonlyMap<string, Member> | undefined {
  if (!last.list || last.list.tools !== tools || unfinished.size > 0 || !each.isWhole) return undefined;
  const { members } = last.list;
  const changed = renewed(last.list.steps, steps);
  if (!changed) return undefined;
  each.count(steps.length - changed.length);
  for (const step of changed) members.set(step.id.value, memberOf(step, outputOf(step, tools), each));
  last.list = { steps, tools, members };
  return members;
}

/** What `steps` has of a step, and the output it was made for. */
export interface MadeMember {
  readonly output: JsonSchema | undefined;
  readonly member: Member;
}

function memberOf(step: Step, output: JsonSchema | undefined, made: Carried<Step, MadeMember> | undefined): Member {
  const known = made?.get(step);
  if (known && known.output === output) return known.member;
  const member = new ResultMember(step, output);
  made?.set(step, { output, member });
  return member;
}

/** A class, as there are thousands: each object with a getter of its own has a layout of its own. */
class ResultMember implements Member {
  readonly required = false;
  readonly description: string | undefined;
  readonly #step: Step;
  readonly #output: JsonSchema | undefined;
  #type: ValueType | undefined;

  constructor(step: Step, output: JsonSchema | undefined) {
    this.description = step.title;
    this.#step = step;
    this.#output = output;
  }

  get type(): ValueType {
    this.#type ??= resultType(this.#step.id.value, this.#output);
    return this.#type;
  }
}

function resultType(id: string, output: JsonSchema | undefined): ValueType {
  const members = new Map<string, Member>();
  members.set('outcome', { type: OUTCOME, required: true, description: `How "${id}" ended.` });
  if (output) members.set('output', memberFromSchema(output, `What "${id}" returned.`));
  return { kind: 'object', members, open: false };
}

/** Nothing is said of a result. */
const ANYTHING: JsonSchema = {};

function outputOf(step: Step, tools: ReadonlyMap<string, Tool>): JsonSchema | undefined {
  switch (step.kind) {
    case 'action':
      return tools.get(step.tool.value)?.output ?? ANYTHING;
    case 'agent':
    case 'manual':
      return step.output ?? ANYTHING;
    case 'for-each':
      return LOOP_OUTPUT;
    case 'call':
      return CALL_OUTPUT;
    case 'gate':
    case 'if':
    case 'switch':
    case 'parallel':
    case 'stop':
      return undefined;
  }
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
