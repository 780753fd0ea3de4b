import { FAULTS } from './adapter.js';
import { killSmall } from './exhaust.js';
import { spread } from './spread.js';

/** How a planted fault was found, or was not. */
export interface Killed {
  readonly fault: string;
  /** Number of the playbook that showed it, counted from 1; `undefined` when none did. */
  readonly after: number | undefined;
  /** Whether a random playbook or an enumerated small one showed it. */
  readonly by: 'random' | 'enumerated' | 'nothing';
  readonly why: string;
}

const SMALL = 3;

/** Plants each fault in turn; the random test looks for it in up to `playbooks` playbooks, then the enumeration does. */
export async function huntMutants(
  options: { readonly seed: number; readonly runs: number; readonly jobs: number; readonly playbooks: number },
  found: (killed: Killed) => void,
): Promise<readonly Killed[]> {
  const all: Killed[] = [];
  for (const fault of FAULTS) {
    const figures = await spread({ ...options, faults: [fault], untilBroken: true });
    const [first] = figures.broken;
    const small = first ? undefined : killSmall(new Set([fault]), SMALL);
    const killed: Killed = first
      ? {
          fault,
          after: first.index + 1,
          by: 'random',
          why: `${first.cell.tool} at ${first.cell.step}: ${first.reason}`,
        }
      : small
        ? { fault, after: small.after, by: 'enumerated', why: small.why }
        : { fault, after: undefined, by: 'nothing', why: `survives ${figures.playbooks} playbooks` };
    all.push(killed);
    found(killed);
  }
  return all;
}
