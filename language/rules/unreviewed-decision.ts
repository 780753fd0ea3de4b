import { ceilingsOn } from '../authority/effective-autonomy.js';
import type { ExpressionSite } from '../authority/sites.js';
import { nameOf, originOf } from '../authority/trust.js';
import { childLists, type Step } from '../model/playbook.js';
import type { Problem } from '../problem.js';
import type { PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
  - id: suspend
    when: steps.reputation.output.score > 90
    action: identity.suspend
    autonomy: «notify»
    with: { user: "\${{ alert.entities.users[0] }}" }
    where: args.user in alert.entities.users
    notify: { roles: [analyst] }
`;

export const unreviewedDecision: PlaybookRule = {
  name: 'unreviewed-decision',
  group: 'data',
  severity: 'error',
  partial: false,
  what: 'Untrusted data decides whether an act runs without a person, and nobody reviews such decisions.',
  why: 'An attacker who learns the condition can cause the act or prevent it, again and again, and nobody would see it.',
  fix: 'Add `review: 10%` (a share of outcomes that people look at), or lower the level to `approve`.',
  failing: { kind: 'steps', text: STEPS },
  passing: { kind: 'steps', text: `${STEPS.replace(/[«»]/g, '')}    review: 10%\n` },
  *check(context): Generator<Problem> {
    const { acts, stepOf, policy, uri } = context;
    const conditions = conditionsOf(context);
    for (const { step, tool, toolName, autonomy } of acts) {
      if (autonomy.level !== 'notify' && autonomy.level !== 'autonomous') continue;
      const range = step.autonomy?.range ?? toolName.range;
      const least = Math.max(0, ...(tool ? ceilingsOn(tool, policy) : []).map((ceiling) => ceiling.review ?? 0));
      const review = step.review?.value ?? 0;
      if (review < least) {
        yield report(
          this,
          step.review?.range ?? range,
          `The policy wants at least ${least * 100} % of such acts reviewed (${toolName.value}). Set "review: ${least * 100}%".`,
        );
        continue;
      }
      if (review > 0) continue;
      const deciding = (conditions.get(step) ?? [])
        .flatMap((site) => site.checked.references.map((reference) => ({ site, reference })))
        .find(({ reference }) => ['untrusted', 'entities'].includes(originOf(reference, stepOf)));
      if (!deciding?.site.step) continue;
      yield report(
        this,
        range,
        `Whether ${toolName.value} runs is decided by ${nameOf(deciding.reference)}, which an attacker may have written, and no person sees it at level "${autonomy.level}". Add "review: 10%", or lower the level to "approve".`,
        {
          related: [
            { uri, range: deciding.site.step.id.range, message: `Decided at "${deciding.site.step.id.value}".` },
          ],
        },
      );
    }
  },
};

/** The conditions each step stands under: its own guard and those of the steps around it. */
function conditionsOf({
  playbook,
  sites,
}: Pick<PlaybookContext, 'playbook' | 'sites'>): ReadonlyMap<Step, readonly ExpressionSite[]> {
  const own = new Map<Step, ExpressionSite[]>();
  for (const site of sites) {
    if (!site.step || !['when', 'if', 'switch'].includes(site.slot)) continue;
    own.set(site.step, [...(own.get(site.step) ?? []), site]);
  }
  const out = new Map<Step, readonly ExpressionSite[]>();
  const visit = (steps: readonly Step[], outer: readonly ExpressionSite[]): void => {
    for (const step of steps) {
      const here = [...outer, ...(own.get(step) ?? [])];
      out.set(step, here);
      for (const list of childLists(step)) visit(list.steps, here);
    }
  };
  visit(playbook.steps, []);
  return out;
}
