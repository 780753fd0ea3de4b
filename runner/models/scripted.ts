import type { Case } from '../../language/model/case.js';
import { estimateUsage } from './estimate.js';
import type { ModelClient, ModelResponse } from './port.js';

/** Plays the turns a case's author wrote for each agent step, in order. Not a model. */
export function scriptedModel(script: Pick<Case, 'turns'>): ModelClient {
  return {
    provider: 'scripted',
    id: 'scripted',
    ai: false,
    note: 'Not AI: the turns were written by the author of the case and are played back.',
    async complete(request, signal): Promise<ModelResponse> {
      const usage = estimateUsage(request);
      if (signal.aborted) return { kind: 'failed', reason: 'The run was cancelled.', usage };
      const turns = script.turns.get(request.step) ?? [];
      const turn = turns[request.turn - 1];
      if (!turn) return { kind: 'failed', reason: missingTurn(request.step, request.turn, turns.length), usage };
      const calls = turn.calls.map((call, i) => ({
        id: `${request.step}-turn-${request.turn}-call-${i + 1}`,
        tool: call.tool,
        arguments: call.with,
      }));
      return {
        kind: 'ok',
        stopReason: calls.length > 0 ? 'tool-calls' : 'end',
        text: turn.text ?? '',
        calls,
        output: turn.output,
        usage: estimateUsage(request, turn),
      };
    },
  };
}

function missingTurn(step: string, turn: number, written: number): string {
  const has = written === 0 ? 'no turns' : written === 1 ? 'one turn' : `${written} turns`;
  return `The case has ${has} written for the step "${step}", and this is turn ${turn}. Add it under "turns" in the case, ending with an "output", or run with another model.`;
}
