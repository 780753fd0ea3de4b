import type { Case } from '../../language/model/case.js';
import { estimateUsage } from './estimate.js';
import type { ModelClient, ModelRequest, ModelResponse } from './port.js';

/**
 * Plays the turns a case's author wrote for each agent step, in order. A step that runs again, in a loop or a retry, goes on
 * with the turns that are left, and from the first when all were played. Not a model.
 */
export function scriptedModel(script: Pick<Case, 'turns'>): ModelClient {
  // By step: turns played before the present run of it, and in all.
  const played = new Map<string, { readonly before: number; readonly all: number }>();
  const turnOf = ({ step, turn }: ModelRequest, count: number): number => {
    const known = played.get(step);
    const fresh = known && known.all < count ? known.all : 0;
    const before = known && turn > 1 ? known.before : fresh;
    played.set(step, { before, all: before + turn });
    return before + turn;
  };
  return {
    provider: 'scripted',
    id: 'scripted',
    ai: false,
    note: 'Not AI: the turns were written by the author of the case and are played back.',
    async complete(request, signal): Promise<ModelResponse> {
      const usage = estimateUsage(request);
      if (signal.aborted) return { kind: 'failed', reason: 'The run was cancelled.', usage };
      const turns = script.turns.get(request.step) ?? [];
      const number = turnOf(request, turns.length);
      const turn = turns[number - 1];
      if (!turn) return { kind: 'failed', reason: missingTurn(request.step, number, turns.length), usage };
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
