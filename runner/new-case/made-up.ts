import type { Tool } from '../../language/model/catalog.js';
import { alertEntities } from '../../language/model/entities.js';
import type { JsonSchema } from '../../language/model/json-schema.js';
import { keyOf, type ScriptAnswer } from '../feedback/script.js';
import type { Call, Json, JsonObject, TraceLine } from '../protocol/trace.js';
import { minimalValue } from '../tools/minimal-value.js';
import type { SchemaCheck } from '../tools/schema-check.js';
import { plainJson } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';
import { redactText } from '../trace/redact.js';

/** What was asked in a run and had no answer, and what is said of the calls for which none can be made up. */
export interface Asked {
  readonly answers: readonly ScriptAnswer[];
  readonly unanswered: readonly string[];
}

/**
 * Makes up an answer to each call of a tool that only looks which failed in a run: the least value that its catalog allows.
 *
 * @param made the answers there were, by `keyOf`
 * @param toolOf a tool by its exact name, those of called playbooks included
 */
export function madeUp(
  lines: readonly TraceLine[],
  made: ReadonlyMap<string, ScriptAnswer>,
  toolOf: (name: string) => Tool | undefined,
  schemas: SchemaCheck,
): Asked {
  const calls = new Map<string, Call>();
  const answers = new Map<string, ScriptAnswer>();
  const unanswered = new Set<string>();
  for (const line of lines) {
    if (line.event === 'proposed') calls.set(line.data.call.id, line.data.call);
    if (line.event !== 'executed' || line.data.ok) continue;
    const call = calls.get(line.data.call);
    const tool = call && toolOf(call.tool);
    if (!tool) continue;
    const said = sayOf(line.data.result);
    const key = keyOf(call.tool, call.arguments);
    // An act is simulated by the least value, too; there is no other to make up. What has an answer and fails is told as well.
    if (line.data.simulated || made.has(key)) {
      unanswered.add(`${call.tool}: ${said}`);
      continue;
    }
    if (JSON.stringify(call.arguments).includes('[redacted:')) {
      unanswered.add(
        `${call.tool} is asked with a secret in its arguments, and no secret goes into a case. Take it out of the alert or the playbook.`,
      );
      continue;
    }
    const output = minimalValue(tool.output);
    const problem = schemas.problem(tool.output, output);
    if (problem === null) answers.set(key, { tool: call.tool, with: call.arguments, output });
    else
      unanswered.add(
        `${call.tool}: no value could be made up for its output: ${problem}. Add an answer for ${JSON.stringify(call.arguments)} yourself, or an example to its catalog.`,
      );
  }
  return { answers: [...answers.values()], unanswered: [...unanswered] };
}

function sayOf(result: Json): string {
  return isJsonObject(result) && typeof result.error === 'string' ? result.error : JSON.stringify(result);
}

/**
 * What a playbook takes, made up: an entity of the alert where it takes one of that type, unless it looks like a secret, else the
 * least value.
 * `problem` says what of it does not fit.
 */
export function madeUpInputs(
  schema: JsonSchema | undefined,
  alert: Json,
  schemas: SchemaCheck,
): { readonly value: JsonObject; readonly problem: string | null } {
  if (schema === undefined) return { value: {}, problem: null };
  const least = plainJson(minimalValue(schema));
  if (!isJsonObject(least)) return { value: {}, problem: 'what it takes is no map' };
  const entities = alertEntities(alert);
  const named = Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, { 'x-entity': type }]) => {
      const [first] = type === undefined ? [] : (entities[type] ?? []);
      return first === undefined || redactText(first) !== first ? [] : [[name, first] as const];
    }),
  );
  const better = { ...least, ...named };
  if (schemas.problem(schema, better) === null) return { value: better, problem: null };
  return { value: least, problem: schemas.problem(schema, least) };
}
