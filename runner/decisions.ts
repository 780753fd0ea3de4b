import type { TraceLine } from './protocol/trace.js';

/** What a person decided in a run. */
export interface Decision {
  /** Path of the gate, of the step with an inline approval, or of the manual step. */
  readonly at: string;
  readonly by: string;
  readonly decision: Extract<TraceLine, { event: 'decided' }>['data']['decision'] | 'done';
}

/** The decision of a person that a line of a trace is; `undefined` for every other line. */
export function decisionIn(line: TraceLine): Decision | undefined {
  if (line.actor.kind !== 'human') return undefined;
  const by = line.actor.id;
  if (line.event === 'decided') return { at: line.data.gate, by, decision: line.data.decision };
  if (line.event === 'task.done' && line.step !== null) return { at: line.step, by, decision: 'done' };
  return undefined;
}
