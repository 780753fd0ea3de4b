import { estimateUsage } from '../estimate.js';
import type { ModelClient, ModelRequest, ModelResponse } from '../port.js';
import { answerFor } from './answer.js';
import { findingsOf } from './findings.js';
import { callKey, type PlannedCall, planCalls } from './plan.js';

const CALLS_PER_TURN = 4;

/**
 * A deterministic stand-in that needs no account, no network and no money: it asks the granted tools that read, with the
 * typed entities of the alert, and answers by counting what they said. A pure function of the request; text in the alert
 * or in results is never followed.
 */
export function rehearsalModel(): ModelClient {
  return {
    provider: 'rehearsal',
    id: 'rehearsal',
    ai: false,
    note: 'Not AI: a fixed rule asks the granted reading tools about the entities of the alert and counts what they say.',
    async complete(request, signal) {
      if (signal.aborted) {
        return { kind: 'failed', reason: 'The run was cancelled.', usage: estimateUsage(request) };
      }
      const next = nextCalls(request);
      return next.length > 0 ? asking(request, next) : answering(request);
    },
  };
}

/** Planned calls that were not made yet, as many as one turn holds. */
function nextCalls(request: ModelRequest): readonly PlannedCall[] {
  const made = new Set(
    request.messages.flatMap((message) =>
      message.role === 'assistant' ? message.calls.map((call) => callKey(call.tool, call.arguments)) : [],
    ),
  );
  return planCalls(request.tools, request.entities)
    .filter((call) => !made.has(callKey(call.tool, call.arguments)))
    .slice(0, CALLS_PER_TURN);
}

function asking(request: ModelRequest, next: readonly PlannedCall[]): ModelResponse {
  const calls = next.map((call, i) => ({ id: `${request.step}-turn-${request.turn}-call-${i + 1}`, ...call }));
  const tools = [...new Set(next.map((call) => call.tool))].join(', ');
  const text = `Rehearsal, not AI: asking ${tools} about what the alert names.`;
  return {
    kind: 'ok',
    stopReason: 'tool-calls',
    text,
    calls,
    output: undefined,
    usage: estimateUsage(request, [text, calls]),
  };
}

function answering(request: ModelRequest): ModelResponse {
  const findings = findingsOf(request.messages, request.entities);
  const output = request.output === null ? undefined : answerFor(request.output, findings, request.entities);
  return {
    kind: 'ok',
    stopReason: 'end',
    text: findings.summary,
    calls: [],
    output,
    usage: estimateUsage(request, [findings.summary, output ?? null]),
  };
}
