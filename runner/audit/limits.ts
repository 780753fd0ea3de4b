import type { TraceLine } from '../protocol/trace.js';
import type { AuditedPlaybook, Place } from './place.js';

/** Where nothing is stated. See docs/security.md, `budget-exceeded`. */
const DEFAULT_TURNS = 50;
const DEFAULT_CALLS = 500;

/** What was used of `max-calls` and of the budgets, as the lines of a trace tell. */
export interface Limits {
  add(line: TraceLine): void;
  /** Counts a call that goes ahead; says which limits it breaks. */
  use(path: string, place: Place, tool: string, maxCalls: number | null): readonly string[];
}

export function limitsOf(root: AuditedPlaybook): Limits {
  /** By path of an agent step under way, and by that of a call; the run's under an empty one. */
  const calls = new Map<string, number>();
  const turns = new Map<string, number>();
  /** By path of an agent step and tool. */
  const ofTool = new Map<string, Map<string, number>>();
  const { budget } = root.playbook;
  const count = (numbers: Map<string, number>, path: string): number => {
    const now = (numbers.get(path) ?? 0) + 1;
    numbers.set(path, now);
    return now;
  };
  const forget = (path: string): void => {
    calls.delete(path);
    turns.delete(path);
    ofTool.delete(path);
  };

  return {
    add(line) {
      const { step: path } = line;
      if (path === null) return;
      if (line.event === 'step.entered' || line.event === 'called') forget(path);
      if (line.event === 'model.request') for (const scope of ['', path]) count(turns, scope);
    },
    use(path, place, tool, maxCalls) {
      const broken: string[] = [];
      const most = (what: string, used: number, limit: number): void => {
        if (used > limit) broken.push(`It is beyond the ${what}: ${used} of ${limit}.`);
      };
      most('tool calls of the run', count(calls, ''), budget?.toolCalls ?? DEFAULT_CALLS);
      for (const around of place.budgets) {
        const used = count(calls, around.path);
        if (around.budget.toolCalls !== undefined)
          most(`tool calls of "${around.path}"`, used, around.budget.toolCalls);
      }
      if (place.step.kind !== 'agent') return broken;
      const own = place.step.budget;
      most('tool calls of its step', count(calls, path), own?.toolCalls ?? DEFAULT_CALLS);
      most('turns of its step', turns.get(path) ?? 0, own?.turns ?? DEFAULT_TURNS);
      most('turns of the run', turns.get('') ?? 0, budget?.turns ?? DEFAULT_TURNS);
      const byTool = ofTool.get(path) ?? new Map<string, number>();
      ofTool.set(path, byTool);
      const made = count(byTool, tool);
      if (maxCalls !== null) most('calls of this tool', made, maxCalls);
      return broken;
    },
  };
}
