import type { Tool } from '../../language/model/catalog.js';
import { visible } from '../../language/visible.js';
import { within } from '../deadline.js';
import type { EnginePlaybook } from '../engine/context.js';
import type { Approver, Clock } from '../ports.js';
import type { TaskRequest } from '../protocol/messages.js';
import type { Actor, Call, Json, TraceLine } from '../protocol/trace.js';
import type { ToolAnswer } from '../tools/port.js';
import type { SchemaCheck } from '../tools/schema-check.js';
import { plainJson, wellFormed } from '../trace/canonical.js';
import type { Journal } from '../trace/journal.js';
import { isJsonObject } from '../trace/json-object.js';

export interface DoubtParts {
  readonly loaded: EnginePlaybook;
  readonly lines: readonly TraceLine[];
  readonly journal: Pick<Journal, 'write'>;
  readonly approver: Approver;
  readonly schemas: SchemaCheck;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const ENGINE: Actor = { kind: 'engine', id: 'countersign' };

/** Answers that do not count, after which nobody is asked any more. */
const MAX_VOID_ANSWERS = 20;

/** How long a person has to find out, in milliseconds. Then it stays unknown, and the step fails. */
const TIME_TO_FIND_OUT_MS = 24 * 60 * 60 * 1000;

/**
 * Finds out what became of a call that was about to be made when the run broke off. What only reads is simply asked again:
 * `undefined`. Of anything else a person who holds the accountable role says whether it took effect and what came of it;
 * it is never made a second time. The question and the answer are written outside of any step.
 */
export async function findOut(
  intent: Extract<TraceLine, { readonly event: 'intent' }>,
  parts: DoubtParts,
): Promise<ToolAnswer | undefined> {
  const { loaded, journal, approver } = parts;
  const { call: id, tool: name } = intent.data;
  await journal.write('outcome.unknown', intent.step, ENGINE, {
    call: id,
    tool: name,
    because: 'The run broke off after the call was about to be made and before its result was written.',
  });
  const tool = toolNamed(loaded, name);
  if (tool?.effect === 'read') return undefined;
  const call = callOf(parts.lines, id);
  const role = loaded.playbook.accountable?.value ?? '';
  const people = [
    ...new Set(
      [...(loaded.policy?.roles ?? [])].filter(([one]) => role === '' || one === role).flatMap(([, held]) => held),
    ),
  ]
    .map((person) => person.value)
    .sort();
  const fields = fieldsOf(tool?.output ?? {});
  const request: TaskRequest = {
    run: parts.lines[0]?.run ?? '',
    step: intent.step ?? '',
    title: `Did ${name} take effect?`,
    task: visible(
      wellFormed(
        `The run broke off when ${name}${call?.target == null ? '' : ` on ${call.target}`} was about to be made. Look where it would have taken effect, and say whether it did. It is not made again.`,
      ),
    ),
    role,
    people,
    fields,
    call: call ?? null,
  };
  const { task } = request;
  await journal.write('task.opened', null, ENGINE, { task, role, fields, call: request.call });
  const unknown = (why: string): ToolAnswer => ({
    ok: false,
    error: `${why} Whether ${name} took effect is not known, and it is not made a second time.`,
    source: 'engine',
  });
  for (let voids = 0; voids < MAX_VOID_ANSWERS; voids++) {
    const waited = await within(
      (signal) => approver.task(request, signal).catch(() => undefined),
      TIME_TO_FIND_OUT_MS,
      parts.clock,
      parts.signal,
    );
    const answer = waited.kind === 'done' ? waited.value : undefined;
    if (!answer?.done) return unknown('Nobody could say.');
    if (!people.includes(answer.as)) continue;
    const output = plainJson(answer.output);
    const problem = parts.schemas.problem(fields, output);
    const by: Actor = { kind: 'human', id: wellFormed(answer.as), how: approver.how };
    await journal.write('task.done', null, by, { output, performed: true });
    if (problem !== null) return unknown(`What ${by.id} filled in does not fit: ${problem}.`);
    return found(output, by.id, name, parts.schemas, tool?.output ?? {});
  }
  return unknown('Nobody who may say answered.');
}

function found(output: Json, by: string, name: string, schemas: SchemaCheck, schema: object): ToolAnswer {
  const { took_effect: happened, result = null } = isJsonObject(output) ? output : {};
  if (happened !== true) return { ok: false, error: `${by} found that ${name} did not take effect.`, source: 'person' };
  const problem = schemas.problem(schema, result);
  return problem === null
    ? { ok: true, output: result, source: 'person' }
    : {
        ok: false,
        error: `${by} found that ${name} took effect, but its result does not fit what the catalog says: ${problem}.`,
        source: 'person',
      };
}

/** What the person fills in: whether it happened and, where it did, what the tool would have answered. */
function fieldsOf(output: object) {
  return {
    type: 'object',
    required: ['took_effect'],
    properties: {
      took_effect: { type: 'boolean', description: 'Whether the act happened.' },
      result: { ...plainObject(plainJson(output)), description: 'What the tool answered, where it happened.' },
    },
  };
}

function plainObject(value: Json): { readonly [key: string]: Json } {
  return isJsonObject(value) ? value : {};
}

function callOf(lines: readonly TraceLine[], id: string): Call | undefined {
  for (const line of lines) if (line.event === 'proposed' && line.data.call.id === id) return line.data.call;
  return undefined;
}

/** A tool by exact name, in the catalogs of the playbook or of one it calls. */
function toolNamed(loaded: EnginePlaybook, name: string, seen = new Set<EnginePlaybook>()): Tool | undefined {
  const known = loaded.tools.get(name);
  if (known || seen.has(loaded)) return known;
  seen.add(loaded);
  for (const { loaded: callee } of loaded.calls.values()) {
    const found = callee && toolNamed(callee, name, seen);
    if (found) return found;
  }
  return undefined;
}
