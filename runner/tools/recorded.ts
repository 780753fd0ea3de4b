import type { Case, RecordedAnswer } from '../../language/model/case.js';
import type { Json } from '../protocol/trace.js';
import { canonical, plainJson } from '../trace/canonical.js';
import { minimalValue } from './minimal-value.js';
import type { ToolAnswer, ToolHost, ToolRequest } from './port.js';
import type { SchemaCheck } from './schema-check.js';

/**
 * Answers from a case: the first recorded answer for exactly this tool and equal arguments. What only reads has no other
 * answer, since evidence must not be made up. What would change something is simulated, and without a recorded answer it
 * gives the least value that fits the tool's output.
 */
export function recordedHost(
  sample: Pick<Case, 'answers'>,
  schemas: SchemaCheck,
): ToolHost & {
  /** Whether the case records an answer to exactly this call. */
  has(request: ToolRequest): boolean;
} {
  const answers = new Map<string, RecordedAnswer>();
  for (const answer of sample.answers) {
    const key = keyOf(answer.tool.value, answer.with);
    if (!answers.has(key)) answers.set(key, answer);
  }
  return {
    has: ({ tool, arguments: args }) => answers.has(keyOf(tool.name.value, args)),
    async call(request, signal) {
      if (signal.aborted) return { ok: false, error: 'The run was cancelled before the call.', source: 'recorded' };
      const recorded = answers.get(keyOf(request.tool.name.value, request.arguments));
      if (recorded) return answered(recorded, request, schemas);
      return request.simulate ? simulated(request, schemas) : notRecorded(request);
    },
  };
}

function keyOf(tool: string, args: Json): string {
  return `${tool} ${canonical(plainJson(args))}`;
}

function answered(recorded: RecordedAnswer, { tool }: ToolRequest, schemas: SchemaCheck): ToolAnswer {
  const source = 'recorded';
  if (recorded.error !== undefined) return { ok: false, error: recorded.error, source };
  const output = plainJson(recorded.output ?? null);
  const problem = schemas.problem(tool.output, output);
  if (problem === null) return { ok: true, output, source };
  return {
    ok: false,
    error: `${tool.name.value} answered what its catalog does not describe: ${problem}. Correct the recorded answer or the catalog.`,
    source,
  };
}

function simulated({ tool }: ToolRequest, schemas: SchemaCheck): ToolAnswer {
  const source = 'simulated';
  const output = minimalValue(tool.output);
  const problem = schemas.problem(tool.output, output);
  if (problem === null) return { ok: true, output, source };
  return {
    ok: false,
    error: `${tool.name.value} cannot be simulated, because no value could be made for its output: ${problem}. Record an answer in the case.`,
    source,
  };
}

function notRecorded({ tool, arguments: args }: ToolRequest): ToolAnswer {
  return {
    ok: false,
    error: `No recorded answer for ${tool.name.value} with ${canonical(plainJson(args))}.`,
    source: 'recorded',
  };
}
