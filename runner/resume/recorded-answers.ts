import { FAILURE_CAUSES, type ModelResponse } from '../models/port.js';
import type { ApprovalAnswer, CallChange, TaskAnswer, UndoAnswer } from '../protocol/messages.js';
import type { Json, TraceLine } from '../protocol/trace.js';
import type { ToolAnswer } from '../tools/port.js';
import { isJsonObject } from '../trace/json-object.js';

type LineOf<E extends TraceLine['event']> = Extract<TraceLine, { readonly event: E }>;

/** What a model answered, as far as its line tells; the provider's own form of the turn is not kept. */
export function responseIn({ data }: LineOf<'model.response'>): ModelResponse {
  const { stopReason, text, calls } = data;
  const { turns: _, ...usage } = data.usage;
  const retried = data.retried ? { retried: data.retried } : {};
  switch (stopReason) {
    case 'end':
    case 'tool-calls':
    case 'max-tokens':
    case 'refusal':
    case 'pause':
      return { kind: 'ok', stopReason, text, calls, output: data.output, usage, ...retried };
    default: {
      const cause = FAILURE_CAUSES.find((one) => one === data.cause);
      return { kind: 'failed', reason: text, usage, ...(cause === undefined ? {} : { cause }), ...retried };
    }
  }
}

/** What a tool answered. */
export function toolAnswerIn({ data }: LineOf<'executed'>): ToolAnswer {
  const { ok, result, source } = data;
  if (ok) return { ok: true, output: result, source };
  const error =
    typeof result === 'object' && result !== null && 'error' in result && typeof result.error === 'string'
      ? result.error
      : JSON.stringify(result);
  return { ok: false, error, source };
}

/**
 * What a person answered at a gate: a decision, or an answer that did not count. `after` are the lines that follow: what a
 * change or a handing on consists of stands in a line of its own.
 */
export function approvalIn(
  line: LineOf<'decided'> | LineOf<'authorized'>,
  after: readonly TraceLine[],
): ApprovalAnswer | undefined {
  const as = line.actor.id;
  if (line.event === 'authorized') return voidAnswer(as, line.data.answered);
  const { decision, reason, gate } = line.data;
  switch (decision) {
    case 'approve':
    case 'reject':
    case 'end':
      return { decision, as, reason };
    case 'modify': {
      const found = after.find((one) => one.event === 'modified' && one.data.gate === gate);
      return { decision, as, reason, changes: found?.event === 'modified' ? found.data.changes.map(changeIn) : [] };
    }
    case 'escalate': {
      const found = after.find((one) => one.event === 'escalated' && one.data.gate === gate);
      return found?.event === 'escalated' ? { decision, as, reason, to: found.data.to } : undefined;
    }
  }
}

/** An answer that did not count, nor will it when it is given again. */
function voidAnswer(as: string, answered: LineOf<'authorized'>['data']['answered']): ApprovalAnswer | undefined {
  const reason = '';
  switch (answered?.decision) {
    case 'approve':
    case 'reject':
    case 'end':
      return { decision: answered.decision, as, reason };
    case 'modify':
      return { decision: 'modify', as, reason, changes: [] };
    case 'escalate':
      return { decision: 'escalate', as, reason, to: answered.to ?? '' };
    default:
      return undefined;
  }
}

/** Who took an act back with the call that a line proposes, and why. */
export function undoIn(line: LineOf<'proposed'>, after: readonly TraceLine[]): UndoAnswer {
  const found = after.find((one) => one.event === 'undone' && one.data.by === line.data.call.id);
  return { as: line.actor.id, reason: found?.event === 'undone' ? found.data.reason : '' };
}

/** What a person did and filled in. */
export function taskIn({ actor, data }: LineOf<'task.done'>): TaskAnswer {
  const { output, performed } = data;
  return {
    done: performed,
    as: actor.id,
    output: isJsonObject(output) ? output : {},
  };
}

function changeIn({ call, arguments: args }: { readonly call: string; readonly arguments: Json }): CallChange {
  return { call, arguments: isJsonObject(args) ? args : {} };
}
