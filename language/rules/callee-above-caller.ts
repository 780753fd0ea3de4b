import type { Act } from '../authority/acts.js';
import { isAbove } from '../authority/effective-autonomy.js';
import { type AutonomyLevel, lowest } from '../model/levels.js';
import type { Problem } from '../problem.js';
import type { Located } from '../syntax/tree.js';
import type { Callee, PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';

const CALL = (autonomy: string): string => `  - id: contain
    call: suspend-at-once.playbook.yaml
    ${autonomy}
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

export const calleeAboveCaller: PlaybookRule = {
  name: 'callee-above-caller',
  group: 'authority',
  severity: 'error',
  partial: true,
  what: 'A called playbook has an act at a higher level than this call, or this playbook, allows.',
  why: 'The lower level is in force, and no approval passes a call: the act that was written to run by itself would be denied, or waits for an approval that nobody there asks for.',
  fix: 'Raise the limit here if that is meant, or call a playbook that asks for approval itself.',
  failing: { kind: 'steps', text: CALL('autonomy: «approve»') },
  passing: { kind: 'steps', text: CALL('autonomy: notify') },
  *check({ calls, playbook }): Generator<Problem> {
    for (const [step, callee] of calls) {
      const limits = [step.autonomy, playbook.autonomy].filter((limit) => limit !== undefined);
      const limit = limits.reduce<Located<AutonomyLevel> | undefined>(
        (least, one) => (least && lowest(least.value, one.value) === least.value ? least : one),
        undefined,
      );
      if (!limit) continue;
      for (const { path, act, uri } of actsBelow(callee)) {
        if (!isAbove(act.autonomy.level, limit.value)) continue;
        const own = limit === step.autonomy;
        yield report(
          this,
          own ? limit.range : step.target.range,
          `${act.toolName.value} (${act.effect}) at "${path}" of ${step.target.value} is written to run at level "${act.autonomy.level}", and ${own ? 'this call' : 'this playbook'} allows "${limit.value}": nobody there is asked for it, so it would be denied. Raise the limit if that is meant, or call a playbook that asks for approval.`,
          { related: [{ uri, range: act.toolName.range, message: `${act.toolName.value} is called here.` }] },
        );
        break;
      }
    }
  },
};

/** Every act of a called playbook and of those it calls; `path` is step ids from call to call. */
function* actsBelow(
  callee: Callee,
): Generator<{ readonly path: string; readonly act: Act; readonly uri: PlaybookContext['uri'] }> {
  if (!callee.loaded) return;
  for (const act of callee.loaded.acts) yield { path: act.step.id.value, act, uri: callee.uri };
  for (const [step, below] of callee.loaded.calls) {
    for (const one of actsBelow(below)) yield { ...one, path: `${step.id.value}/${one.path}` };
  }
}
