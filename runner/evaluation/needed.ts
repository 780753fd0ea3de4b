import type { TraceLine } from '../protocol/trace.js';
import type { Needed } from './evaluated-run.js';

/** Gates and tasks of a run, each with how long people were waited for. */
export function neededIn(lines: readonly TraceLine[]): readonly Needed[] {
  const needed: Needed[] = [];
  const open = new Map<string, Extract<TraceLine, { event: 'gate.opened' | 'task.opened' }>>();
  for (const line of lines) {
    // A question that is asked afresh goes on: its first opening counts.
    if (line.event === 'gate.opened' && !open.has(line.data.gate)) open.set(line.data.gate, line);
    if (line.event === 'task.opened' && line.step !== null) open.set(taskKey(line.step), line);
    if (line.event === 'gate.closed') {
      const from = open.get(line.data.gate);
      open.delete(line.data.gate);
      if (from?.event !== 'gate.opened') continue;
      const { outcome, gate: step } = line.data;
      // Scripted silence is told at once; who waits in earnest waits for as long as the gate does.
      const waited =
        outcome === 'timed-out' ? Math.max(line.mono - from.mono, from.data.timeoutMs ?? 0) : line.mono - from.mono;
      needed.push({ step, kind: 'approval', outcome, waited });
    }
    if ((line.event === 'task.done' || line.event === 'step.left') && line.step !== null) {
      const from = open.get(taskKey(line.step));
      if (!from) continue;
      open.delete(taskKey(line.step));
      const outcome = line.event === 'task.done' ? 'done' : line.data.outcome;
      needed.push({ step: line.step, kind: 'task', outcome, waited: line.mono - from.mono });
    }
  }
  return needed;
}

function taskKey(step: string): string {
  return `task ${step}`;
}
