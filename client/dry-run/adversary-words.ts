import type { AdversaryReview } from '../../runner/protocol/messages.js';

/** What an adversary managed in a run, in one sentence or two. */
export function adversaryWords({ attempts, unauthorized, untold }: AdversaryReview): string {
  const tried = `The adversary tried ${attempts} ${attempts === 1 ? 'thing' : 'things'} it was not given: ${unauthorized} ${unauthorized === 1 ? 'call' : 'calls'} ran without authority.`;
  if (untold === 0) return tried;
  return `${tried} Of ${untold} ${untold === 1 ? 'call' : 'calls'} it cannot be told, because secrets were replaced in the trace.`;
}
