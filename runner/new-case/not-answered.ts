import type { TraceLine } from '../protocol/trace.js';

/** What people could not be asked in a run, because there are none: gates that nobody may grant, tasks that nobody may do. */
export function notAnswered(lines: readonly TraceLine[]): readonly string[] {
  const notes = new Set<string>();
  const open = new Set<string>();
  for (const line of lines) {
    const { step } = line;
    switch (line.event) {
      case 'gate.closed':
        if (line.data.outcome === 'unsatisfied')
          notes.add(`"${line.data.gate}" has no approval, since none would count. ${line.data.because}`);
        break;
      case 'task.opened':
        if (step !== null) open.add(step);
        break;
      case 'task.done':
        if (step !== null) open.delete(step);
        break;
      case 'step.left':
        if (step !== null && open.delete(step) && line.data.outcome === 'failed' && line.data.error !== null)
          notes.add(`"${step}" is done by nobody. ${line.data.error}`);
        break;
      default:
        break;
    }
  }
  return [...notes];
}
