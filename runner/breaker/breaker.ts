import { breakerMatter, breakerRulesOn } from '../../language/authority/breaker.js';
import { durationText } from '../../language/authority/cell-facts.js';
import type { BreakerVerdict } from '../../language/authority/effective-autonomy.js';
import { resolveReference } from '../../language/host.js';
import type { LoadedPlaybook } from '../../language/load.js';
import type { Tool } from '../../language/model/catalog.js';
import type { BreakerRule } from '../../language/model/policy.js';
import { wilson } from '../evaluation/statistics/wilson.js';
import { pathOf } from '../node-files.js';
import { sha256 } from '../trace/canonical.js';
import { type Measure, type MeasuredAct, readMeasure } from './measure.js';

/** What a policy's breaker comes to in one run. It is worked out when the run begins, and then stays. */
export interface BreakerReading {
  /** The measure's file, by its whole path, and its digest; `null`: there is none that can be read. */
  readonly measure: { readonly path: string; readonly digest: string } | null;
  /** What holds for a tool: no limits while it is shown to be seldom wrong. */
  verdictOn(tool: Tool): BreakerVerdict;
  /** For each rule that matches a tool, whether it holds, and why. */
  judge(tool: Tool): readonly BreakerJudgement[];
}

export interface BreakerJudgement {
  readonly rule: BreakerRule;
  /** Whether acts of the tool may run without a person, as far as this rule goes. */
  readonly holds: boolean;
  /** A clause: what the measure shows, or why there is none. */
  readonly because: string;
  readonly act: MeasuredAct | undefined;
}

export interface BreakerSituation {
  readonly loaded: Pick<LoadedPlaybook, 'playbook' | 'policy'>;
  /** As the measure is to have it: `measuredDigest`. */
  readonly digest: string;
  /** Who answers agent steps in this run; `undefined`: whoever was measured. */
  readonly model: Measure['model'] | undefined;
  /** When the run began, in milliseconds since the epoch. */
  readonly now: number;
}

/** A measure may be dated this much ahead: clocks differ. */
const AHEAD_MS = 5 * 60_000;

/** Reads what the policy's breaker comes to; `undefined` where the policy has none. */
export function readBreaker(situation: BreakerSituation): BreakerReading | undefined {
  const { policy, playbook } = situation.loaded;
  const breaker = policy?.breaker;
  if (!policy || !breaker) return undefined;
  const path = breaker.measure && pathOf(resolveReference(policy.uri, breaker.measure.value));
  const read = path === undefined ? undefined : readMeasure(path);
  const measured = read?.ok ? actsIn(read.measure, playbook.id?.value ?? '', situation) : undefined;
  const missing = read === undefined ? 'it names no measure that can be found' : read.ok ? undefined : read.reason;
  const judge = (tool: Tool): readonly BreakerJudgement[] =>
    breakerRulesOn(tool, policy).map((rule) => {
      const no = (because: string, act?: MeasuredAct): BreakerJudgement => ({ rule, holds: false, because, act });
      if (missing !== undefined || !read?.ok || !measured) return no(missing ?? 'there is no measure');
      const age = situation.now - Date.parse(read.measure.at);
      if (age < -AHEAD_MS) return no('its measure is dated in the future');
      if (age > rule.maxAge) return no(`its measure is older than ${durationText(rule.maxAge)}`);
      if (!measured.ok) return no(measured.reason);
      const act = measured.acts.find((one) => one.tool === tool.name.value);
      if (!act || act.of === 0) return no(`it was never measured for ${tool.name.value}`, act);
      const { high } = wilson(act.wrong / act.of, act.n);
      const seen = `${act.wrong} of ${act.of} wrong over ${act.n} ${act.n === 1 ? 'alert' : 'alerts'}, so up to ${percent(high)} may be`;
      if (high > rule.maxError) return no(`${seen}, and at most ${percent(rule.maxError)} may`, act);
      return { rule, holds: true, because: `${seen}, and ${percent(rule.maxError)} may`, act };
    });
  return {
    measure: read?.ok && path !== undefined ? { path, digest: sha256(read.text) } : null,
    judge,
    verdictOn(tool) {
      const judged = judge(tool);
      return {
        limits: judged
          .filter(({ holds }) => !holds)
          .map(({ rule, because }) => ({
            level: 'approve',
            by: `the policy’s breaker for ${breakerMatter(rule)} (${because})`,
            uri: policy.uri,
            range: rule.range,
          })),
        shown: judged.filter(({ holds }) => holds).map(({ because }) => because),
      };
    },
  };
}

type Acts =
  | { readonly ok: true; readonly acts: readonly MeasuredAct[] }
  | { readonly ok: false; readonly reason: string };

/** What was measured of this playbook, with this model. */
function actsIn({ playbooks, model }: Measure, id: string, situation: BreakerSituation): Acts {
  const answers = situation.model ?? model;
  if (model.provider !== answers.provider || model.id !== answers.id)
    return { ok: false, reason: `its measure is of the model ${model.id}, and ${answers.id} answers` };
  const found = playbooks.find((one) => one.id === id);
  if (!found) return { ok: false, reason: `its measure has nothing of the playbook "${id}"` };
  if (found.digest !== situation.digest)
    return { ok: false, reason: 'the playbook, what it calls or a catalog changed since it was measured' };
  return { ok: true, acts: found.acts };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
