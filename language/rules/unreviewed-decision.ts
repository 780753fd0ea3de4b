import { ceilingsOn, isAbove } from '../authority/effective-autonomy.js';
import { mayEnd } from '../authority/precedence.js';
import type { ExpressionSite } from '../authority/sites.js';
import { nameOf, originOf } from '../authority/trust.js';
import type { Reference } from '../expressions/check.js';
import { allSteps, childLists, type Step } from '../model/playbook.js';
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
    const { acts, policy, uri } = context;
    const alone = acts.some((act) => isAbove(act.autonomy.level, 'approve'));
    if (!alone && context.calls.size === 0) return;
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
      const deciding = decidingSite(context, conditions.get(step) ?? []);
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
    for (const [step, callee] of context.calls) {
      if ((step.review?.value ?? 0) > 0 || !callee.loaded) continue;
      const act = callee.loaded.acts.find(
        (one) => isAbove(one.autonomy.level, 'approve') && (one.step.review?.value ?? 0) === 0,
      );
      const deciding = act && decidingSite(context, conditions.get(step) ?? []);
      if (!act || !deciding?.site.step) continue;
      yield report(
        this,
        step.target.range,
        `Whether "${act.step.id.value}" of ${step.target.value} runs ${act.toolName.value} at level "${act.autonomy.level}" is decided here by ${nameOf(deciding.reference)}, which an attacker may have written, and no person sees it. Add "review: 10%" to that step or to this call.`,
        {
          related: [
            { uri, range: deciding.site.step.id.range, message: `Decided at "${deciding.site.step.id.value}".` },
            { uri: callee.uri, range: act.toolName.range, message: `${act.toolName.value} is called here.` },
          ],
        },
      );
    }
  },
};

/** What untrusted data decides a step, of the conditions it stands under. */
function decidingSite(
  { stepOf, items }: PlaybookContext,
  conditions: readonly ExpressionSite[],
): { readonly site: ExpressionSite; readonly reference: Reference } | undefined {
  return conditions
    .flatMap((site) => site.checked.references.map((reference) => ({ site, reference })))
    .find(({ site, reference }) =>
      ['untrusted', 'entities'].includes(originOf(reference, stepOf, site.step && items.get(site.step))),
    );
}

/**
 * The conditions each step stands under: its own guard, those of the steps around it, the lists of the loops around it, and
 * those of earlier steps that may have ended the run.
 */
function conditionsOf({
  playbook,
  sites,
}: Pick<PlaybookContext, 'playbook' | 'sites'>): ReadonlyMap<Step, readonly ExpressionSite[]> {
  const own = new Map<Step, ExpressionSite[]>();
  for (const site of sites) {
    if (!site.step || !['when', 'if', 'switch', 'for-each'].includes(site.slot)) continue;
    own.set(site.step, [...(own.get(site.step) ?? []), site]);
  }
  const out = new Map<Step, readonly ExpressionSite[]>();
  const visit = (steps: readonly Step[], outer: readonly ExpressionSite[]): void => {
    let before = outer;
    for (const step of steps) {
      const here = [...before, ...(own.get(step) ?? [])];
      out.set(step, here);
      for (const list of childLists(step)) visit(list.steps, here);
      if (!mayEnd(step)) continue;
      before = [...before, ...[...allSteps([step])].filter(mayEnd).flatMap((one) => own.get(one) ?? [])];
    }
  };
  visit(playbook.steps, []);
  return out;
}
