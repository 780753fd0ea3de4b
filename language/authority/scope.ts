import type { Scope } from '../expressions/check.js';
import { typeFromSchema, type ValueType } from '../expressions/types.js';
import type { Tool } from '../model/catalog.js';
import { ENTITY_MEMBERS } from '../model/entities.js';
import type { JsonSchema } from '../model/json-schema.js';
import { ENTITY_TYPES } from '../model/levels.js';
import type { Step } from '../model/playbook.js';
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
const OUTCOMES = ['ok', 'failed', 'denied', 'rejected', 'timed-out', 'approved', 'skipped'];

/** What every expression of a playbook sees: `alert` and the results of its steps. */
export function runScope(
  alert: AlertClass | undefined,
  steps: readonly Step[],
  tools: ReadonlyMap<string, Tool>,
): Scope {
  return {
    variables: new Map([
      ['alert', alert ? typeFromSchema(withEntities(alert.schema)) : { kind: 'any' }],
      ['steps', typeFromSchema({ type: 'object', additionalProperties: false, properties: stepSchemas(steps, tools) })],
    ]),
  };
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

function stepSchemas(steps: readonly Step[], tools: ReadonlyMap<string, Tool>): { [id: string]: JsonSchema } {
  const schemas: { [id: string]: JsonSchema } = Object.create(null);
  for (const step of steps) {
    if (Object.hasOwn(schemas, step.id.value)) continue;
    const output = outputOf(step, tools);
    schemas[step.id.value] = {
      type: 'object',
      ...(step.title === undefined ? {} : { title: step.title }),
      additionalProperties: false,
      required: ['outcome'],
      properties: {
        outcome: { type: 'string', enum: OUTCOMES, description: `How "${step.id.value}" ended.` },
        ...(output ? { output: { ...output, description: `What "${step.id.value}" returned.` } } : {}),
      },
    };
  }
  return schemas;
}

function outputOf(step: Step, tools: ReadonlyMap<string, Tool>): JsonSchema | undefined {
  switch (step.kind) {
    case 'action':
      return tools.get(step.tool.value)?.output ?? {};
    case 'agent':
    case 'manual':
      return step.output ?? {};
    case 'gate':
    case 'if':
    case 'switch':
    case 'stop':
      return undefined;
  }
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
