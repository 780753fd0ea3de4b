import type { ModelRequest, TurnUsage } from './port.js';

/** Tokens of a turn of a stand-in, at four characters a token, so that budgets can be tried out. It costs nothing. */
export function estimateUsage(request: ModelRequest, answer?: unknown): TurnUsage {
  const input = JSON.stringify([request.system, request.messages, request.tools, request.output]);
  const output = answer === undefined ? '' : (JSON.stringify(answer) ?? '');
  return { inputTokens: Math.ceil(input.length / 4), outputTokens: Math.ceil(output.length / 4), usd: 0 };
}
