import type { ManualStep } from '../../language/model/playbook.js';
import type { RunContext } from './context.js';
import { cancelled, failed, type Left, ok } from './ending.js';
import { askTask } from './task.js';
import { fillText } from './values.js';

/** Gives a person the task of a manual step. */
export async function runManual(context: RunContext, step: ManualStep): Promise<Left> {
  const task = fillText(context, step.task);
  if (!task.ok) return failed(`The task cannot be made out: ${task.reason}`);
  const result = await askTask(context, {
    step,
    task: task.text,
    role: step.role?.value,
    fields: step.output,
    call: null,
  });
  switch (result.kind) {
    case 'done':
      return ok(result.output);
    case 'not-done':
      return failed(result.error);
    case 'timed-out':
      return { outcome: 'timed-out', error: result.error, ends: 'stopped' };
    case 'cancelled':
      return cancelled(context.signal);
  }
}
