import { around } from '../authority/precedence.js';
import type { ParallelStep, Step } from '../model/playbook.js';
import type { Problem } from '../problem.js';
import type { Range } from '../syntax/tree.js';
import type { PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = (join: string, tool: string): string => `  - id: contain
    parallel: ${join}
    branches:
      account:
        - id: suspend
          action: ${tool}
          with: { user: "\${{ alert.entities.users[0] }}" }
          approval: { roles: [incident-commander], timeout: 15m }
      domain:
        - id: reputation
          action: intel.domain_reputation
          with: { domain: a.example }
`;

export const abandonedAct: PlaybookRule = {
  name: 'abandoned-act',
  group: 'bounds',
  severity: 'warning',
  partial: true,
  what: 'A consequential act is on a branch that may be abandoned: the parallel step goes on when another branch has ended.',
  why: 'An act under way still completes, or it is cut off before it starts: which of the two nothing behind it can tell, and nobody takes care of a failure.',
  fix: 'Make it `parallel: all`, or do the act after the parallel step.',
  failing: { kind: 'steps', text: STEPS('any', '«identity.suspend»') },
  passing: { kind: 'steps', text: STEPS('all', 'identity.suspend') },
  *check(context): Generator<Problem> {
    for (const { step, range, what } of consequential(context)) {
      const race = around(context.places, step).find(isRace);
      if (!race) continue;
      yield report(
        this,
        range,
        `${what} is on a branch of "${race.id.value}", which goes on when any branch has ended: whether this act happened, nothing behind it can know. Make it "parallel: all", or do it after "${race.id.value}".`,
        { related: [{ uri: context.uri, range: race.join.range, message: 'It goes on when any branch has ended.' }] },
      );
    }
  },
};

function isRace(step: Step): step is ParallelStep {
  return step.kind === 'parallel' && step.join.value === 'any';
}

function* consequential({
  acts,
  calls,
}: PlaybookContext): Generator<{ readonly step: Step; readonly range: Range; readonly what: string }> {
  for (const { step, toolName, effect } of acts)
    yield { step, range: toolName.range, what: `${toolName.value} (${effect})` };
  for (const [step, callee] of calls) {
    const act = callee.loaded?.acts[0];
    if (act)
      yield { step, range: step.target.range, what: `${act.toolName.value} (${act.effect}) of ${step.target.value}` };
  }
}
