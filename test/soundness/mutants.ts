import { FAULTS } from './adapter.js';
import { spread } from './spread.js';

/** How a planted fault was found, or was not. */
export interface Killed {
  readonly fault: string;
  /** Number of the playbook that showed it, counted from 1; `undefined` when none of `tried` did. */
  readonly after: number | undefined;
  readonly tried: number;
  readonly by: string;
}

/** Plants each fault in turn and lets the random test look for it in up to `playbooks` playbooks. */
export async function huntMutants(
  options: { readonly seed: number; readonly runs: number; readonly jobs: number; readonly playbooks: number },
  found: (killed: Killed) => void,
): Promise<readonly Killed[]> {
  const all: Killed[] = [];
  for (const fault of FAULTS) {
    const figures = await spread({ ...options, faults: [fault], untilBroken: true });
    const [first] = figures.broken;
    const killed: Killed = {
      fault,
      after: first && first.index + 1,
      tried: figures.playbooks,
      by: first ? `${first.cell.tool} at ${first.cell.step}: ${first.reason}` : 'survives',
    };
    all.push(killed);
    found(killed);
  }
  return all;
}
