import type { JsonSchema } from '../../language/model/json-schema.js';
import type { Step } from '../../language/model/playbook.js';
import { visible } from '../../language/visible.js';
import type { TaskAnswer, TaskRequest } from '../protocol/messages.js';
import type { Actor, Call, Json } from '../protocol/trace.js';
import { plainJson, wellFormed } from '../trace/canonical.js';
import { least, timeLeftForPeople } from './budget.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import { holdersOf, titleOf } from './people.js';
import { waitForPeople } from './waiting.js';

/** What a person is to do or fill in. */
export interface Task {
  readonly step: Step;
  readonly task: string;
  /** Who may do it; anybody when `undefined`. */
  readonly role: string | undefined;
  readonly fields: JsonSchema | undefined;
  /** The call the person performs themselves. */
  readonly call: Call | null;
}

export type TaskResult =
  | { readonly kind: 'done'; readonly as: string; readonly output: Json }
  | { readonly kind: 'not-done'; readonly error: string }
  | { readonly kind: 'timed-out'; readonly error: string }
  | { readonly kind: 'cancelled' };

/** Answers from people without the role, after which the task counts as not done. */
const MAX_VOID_ANSWERS = 20;

/** Gives a person a task and waits for it, until its step's or the run's time is up. */
export async function askTask(context: RunContext, { step, task, role, fields, call }: Task): Promise<TaskResult> {
  const { clock, journal } = context;
  const id = pathOf(context, step);
  const people = role === undefined ? [] : holdersOf(context, [role]);
  const request: TaskRequest = {
    run: context.binding.run,
    step: id,
    title: titleOf(step),
    task: visible(wellFormed(task)),
    role: role ?? '',
    people,
    fields: fields === undefined ? null : plainJson(fields),
    call,
  };
  await journal.write('task.opened', id, ENGINE, {
    task: request.task,
    role: request.role,
    fields: request.fields,
    call,
  });
  if (role !== undefined && people.length === 0) {
    return { kind: 'not-done', error: `Nobody holds the role "${role}", so nobody can do it.` };
  }
  const remaining = least([step.timeout?.value, timeLeftForPeople(context.state(), context.scopes, clock.monotonic())]);
  const end = remaining === undefined ? undefined : clock.monotonic() + remaining;
  for (let voids = 0; voids < MAX_VOID_ANSWERS; voids++) {
    const limit = end === undefined ? undefined : end - clock.monotonic();
    const waited = await waitForPeople(context, (signal) => reach(context, request, signal), limit);
    if (waited.kind === 'cancelled' || context.signal.aborted) return { kind: 'cancelled' };
    const answer = waited.kind === 'done' ? waited.value : undefined;
    if (answer === undefined) return { kind: 'timed-out', error: 'Nobody did it in time.' };
    if (answer.as === '' || (role !== undefined && !people.includes(answer.as))) continue;
    const by: Actor = { kind: 'human', id: wellFormed(answer.as), how: context.approver.how };
    const output = plainJson(answer.output);
    await journal.write('task.done', id, by, { output, performed: answer.done === true });
    if (answer.done !== true) return { kind: 'not-done', error: `${answer.as} did not do it.` };
    const problem = fields === undefined ? null : context.schemas.problem(fields, output);
    if (problem === null) return { kind: 'done', as: answer.as, output };
    return { kind: 'not-done', error: `What ${answer.as} filled in does not fit: ${problem}.` };
  }
  return { kind: 'not-done', error: `Nobody who holds the role "${role ?? ''}" answered.` };
}

async function reach(
  { approver }: RunContext,
  request: TaskRequest,
  signal: AbortSignal,
): Promise<TaskAnswer | undefined> {
  try {
    return await approver.task(request, signal);
  } catch {
    return undefined;
  }
}
