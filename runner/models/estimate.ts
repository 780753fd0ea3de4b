import { plainJson } from '../trace/canonical.js';
import type { ModelRequest, TurnUsage } from './port.js';

/** Tokens of a turn of a stand-in, at four characters a token, so that budgets can be tried out. It costs nothing. */
export function estimateUsage(request: ModelRequest, answer?: unknown): TurnUsage {
  const length = (value: unknown) => JSON.stringify(plainJson(value)).length;
  const input = length([request.system, request.messages, request.tools, request.output]);
  const output = answer === undefined ? 0 : length(answer);
  return { inputTokens: Math.ceil(input / 4), outputTokens: Math.ceil(output / 4), usd: 0 };
}
