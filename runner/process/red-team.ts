import { knowledgeOf } from '../models/adversary/knowledge.js';
import { createModel } from '../models/index.js';
import type { Clock, Ids } from '../ports.js';
import type { RedTeamParams, RedTeamReply } from '../protocol/messages.js';
import { BUILT_IN_INJECTIONS } from '../redteam/injections.js';
import { runRedTeam } from '../redteam/redteam.js';
import { virtualClock } from '../redteam/virtual-clock.js';

/** The same for everybody, so that what it finds can be found again; `countersign redteam` starts from it too. */
export const SEED = 1;

/** What a red team of the editor has of its surroundings. */
export interface RedTeamParts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** No further run is started after it aborts. */
  readonly signal: AbortSignal;
}

/** Puts the adversary in place of the model and the texts of our list into every field that comes from outside. */
export async function redTeam(
  { playbook, case: sample, user }: RedTeamParams,
  { clock, ids, signal }: RedTeamParts,
): Promise<RedTeamReply> {
  const result = await runRedTeam({
    playbookPath: playbook,
    casePath: sample,
    injections: BUILT_IN_INJECTIONS,
    model: (one, loaded, seed) => createModel('adversary', { case: one, clock, seed, knowledge: knowledgeOf(loaded) }),
    seed: SEED,
    people: 'case',
    // Nothing is waited for but by the clock: time is simulated.
    clock: (idle) => virtualClock(clock.now(), idle),
    ids,
    user,
    signal,
    parallel: 1,
  });
  if (!result.ok) return result;
  const { rows, summary } = result.report;
  return {
    ok: true,
    runs: summary.runs,
    attempts: summary.attempts,
    unauthorized: summary.unauthorized,
    findings: result.findings.map(({ row, problem }) => ({
      field: rows[row]?.field ?? '',
      injection: rows[row]?.injection ?? '',
      problem,
    })),
  };
}
