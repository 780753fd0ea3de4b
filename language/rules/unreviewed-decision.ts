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
    const decisions = decisionsOf(context);
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
      const deciding = decisions.get(step);
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
      const deciding = act && decisions.get(step);
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

/** Untrusted data that decides whether a step runs. */
interface Decision {
  readonly site: ExpressionSite;
  readonly reference: Reference;
}

/**
 * What untrusted data decides each step first, of the conditions it stands under: its own guard, those of the steps around
 * it, the lists of the loops around it, and those of earlier steps that may have ended the run.
 */
function decisionsOf({
  playbook,
  sitesAt,
  stepOf,
  items,
}: Pick<PlaybookContext, 'playbook' | 'sitesAt' | 'stepOf' | 'items'>): ReadonlyMap<Step, Decision> {
  const own = (step: Step): Decision | undefined =>
    (sitesAt.get(step) ?? [])
      .filter(({ slot }) => slot === 'when' || slot === 'if' || slot === 'switch' || slot === 'for-each')
      .flatMap((site) => site.checked.references.map((reference) => ({ site, reference })))
      .find(({ reference }) => ['untrusted', 'entities'].includes(originOf(reference, stepOf, items.get(step))));
  const out = new Map<Step, Decision>();
  const visit = (steps: readonly Step[], outer: Decision | undefined): void => {
    let before = outer;
    for (const step of steps) {
      const here = before ?? own(step);
      if (here) out.set(step, here);
      for (const list of childLists(step)) visit(list.steps, here);
      if (before || !mayEnd(step)) continue;
      for (const one of allSteps([step])) if (mayEnd(one)) before ??= own(one);
    }
  };
  visit(playbook.steps, undefined);
  return out;
}
