import type { JsonSchema } from '../../../language/model/json-schema.js';
import { canonical } from '../../trace/canonical.js';
import type { Json, JsonObject, ModelRequest, ToolOffer } from '../port.js';

/** A call the rehearsal would make. */
export interface PlannedCall {
  readonly tool: string;
  readonly arguments: JsonObject;
}

const MAX_VALUES = 3;
const MAX_CALLS_PER_TOOL = 4;
const MAX_CALLS = 16;

type Entities = ModelRequest['entities'];

/**
 * Every call worth making, breadth first: one for each tool, then the next entity for each. Only tools that read, and
 * only with typed entities of the alert or values their schema itself names; a tool that needs anything else is left out.
 */
export function planCalls(tools: readonly ToolOffer[], entities: Entities): readonly PlannedCall[] {
  const perTool = tools
    .filter((tool) => tool.effect === 'read')
    .map((tool) => argumentSets(tool.input, entities).map((args) => ({ tool: tool.name, arguments: args })));
  const calls: PlannedCall[] = [];
  for (let round = 0; round < MAX_CALLS_PER_TOOL; round++) {
    for (const planned of perTool) {
      const call = planned[round];
      if (call) calls.push(call);
    }
  }
  return calls.slice(0, MAX_CALLS);
}

/** The same for two calls exactly when tool and arguments are. */
export function callKey(tool: string, args: Json): string {
  return canonical([tool, args]);
}

function argumentSets(input: JsonSchema, entities: Entities): readonly JsonObject[] {
  const properties = Object.entries(input.properties ?? {});
  const required = new Set(input.required ?? []);
  if ([...required].some((name) => !Object.hasOwn(input.properties ?? {}, name))) return [];
  const needed = properties.filter(([name]) => required.has(name));
  if (needed.length > 0) return combinations(needed, entities);
  // Nothing is required: ask by each entity the tool can be asked by, or plainly when there is none.
  const byEntity = properties.filter(([, schema]) => schema['x-entity'] ?? schema.items?.['x-entity']);
  if (byEntity.length === 0) return [{}];
  return byEntity.flatMap((property) => combinations([property], entities)).slice(0, MAX_CALLS_PER_TOOL);
}

/** All ways to fill the properties, the last varying fastest; none when one of them has no value. */
function combinations(
  properties: readonly (readonly [name: string, schema: JsonSchema])[],
  entities: Entities,
): readonly JsonObject[] {
  let sets: readonly JsonObject[] = [{}];
  for (const [name, schema] of properties) {
    const values = valuesFor(schema, entities);
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))).slice(0, MAX_CALLS_PER_TOOL);
  }
  return sets;
}

function valuesFor(schema: JsonSchema, entities: Entities): readonly Json[] {
  const entity = schema['x-entity'];
  if (entity) return (entities[entity] ?? []).slice(0, MAX_VALUES);
  if (schema.const !== undefined) return [schema.const];
  if (schema.default !== undefined) return [schema.default];
  const first = schema.enum?.[0] ?? schema.examples?.[0];
  if (first !== undefined) return [first];
  const ofList = schema.items?.['x-entity'];
  if (!ofList) return [];
  const all = (entities[ofList] ?? []).slice(0, Math.min(schema.maxItems ?? MAX_VALUES, MAX_VALUES));
  return all.length > 0 && all.length >= (schema.minItems ?? 0) ? [all] : [];
}
