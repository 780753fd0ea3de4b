import type { Json, JsonObject } from '../../protocol/trace.js';
import { plainJson } from '../../trace/canonical.js';
import { isJsonObject } from '../../trace/json-object.js';
import type { ToolAnswer, ToolHost, ToolRequest } from '../port.js';
import type { SchemaCheck } from '../schema-check.js';
import type { Analyst } from './analyst.js';
import { catalogOutput, type Shaped, tableOutput } from './output.js';
import type { Cell } from './table.js';

/** The built-in tool that runs the SELECT it is given. */
const QUERY = 'evidence.query';

/**
 * Answers tools whose backend is the case's event data: a query of the catalog's own, the query tool, or a behavioural one.
 * `analyst` is absent when the case has no events. What it answers may be an attacker's words, like every result.
 */
export function evidenceHost(analyst: Analyst | undefined, schemas: SchemaCheck): ToolHost {
  return {
    async call(request, signal) {
      const { tool, simulate } = request;
      const source = sourceOf(request);
      const no = (error: string): ToolAnswer => ({ ok: false, error, source });
      // Everything here only reads. A catalog that says otherwise means another tool than this one.
      if (simulate || tool.effect !== 'read') return no(`${tool.name.value} does not only read, by its catalog.`);
      if (!analyst) {
        return no(`${tool.name.value} works on event data, and this case has none. Name some under "events".`);
      }
      const shaped = await answer(analyst, request, signal);
      if (!shaped.ok) return no(shaped.error);
      const output = plainJson(shaped.output);
      const problem = schemas.problem(tool.output, output);
      if (problem === null) return { ok: true, output, source };
      return no(`${tool.name.value} answered what its catalog does not describe: ${problem}. Correct the catalog.`);
    },
  };
}

function sourceOf({ tool: { backend } }: ToolRequest): string {
  return backend.kind === 'built-in' ? `built-in:${backend.name}` : 'evidence';
}

async function answer(analyst: Analyst, { tool, arguments: args }: ToolRequest, signal: AbortSignal): Promise<Shaped> {
  const { backend } = tool;
  switch (backend.kind) {
    case 'evidence': {
      const found = await analyst.query(backend.query, parametersOf(args, tool.input.properties ?? {}), signal);
      return found.ok ? catalogOutput(tool.output, found) : found;
    }
    case 'built-in': {
      if (backend.name !== QUERY) return analyst.builtIn(backend.name, args, signal);
      const { sql, parameters = {}, ...more } = args;
      const [other] = Object.keys(more);
      if (other !== undefined) return { ok: false, error: `"${other.slice(0, 80)}" is no argument of this tool.` };
      if (typeof sql !== 'string') return { ok: false, error: '"sql" must be the text of a SELECT.' };
      if (!isJsonObject(parameters)) return { ok: false, error: '"parameters" must be an object: name to value.' };
      const found = await analyst.query(sql, parametersOf(parameters), signal);
      return found.ok ? { ok: true, output: tableOutput(found) } : found;
    }
    case 'recorded':
    case 'mcp':
      return { ok: false, error: `${tool.name.value} does not work on event data.` };
  }
}

/** Values for a query's parameters. What is not given is null; what is no value of a column is JSON text. */
function parametersOf(
  args: JsonObject,
  names: { readonly [name: string]: unknown } = {},
): { readonly [name: string]: Cell } {
  const out: { [name: string]: Cell } = Object.create(null);
  for (const name of Object.keys(names)) out[name] = null;
  for (const [name, value] of Object.entries(args)) out[name] = cellOf(value);
  return out;
}

function cellOf(value: Json): Cell {
  switch (typeof value) {
    case 'string':
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    default:
      return value === null ? null : JSON.stringify(value);
  }
}
