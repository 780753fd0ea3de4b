import type { LostApproval } from '../authority/approval-terms.js';
import type { ApprovalVerdict } from '../authority/approvals.js';
import { describePath, edgeWord } from '../authority/paths.js';
import type { Problem, Related } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const ungatedAct: PlaybookRule = {
  name: 'ungated-act',
  group: 'authority',
  severity: 'error',
  partial: false,
  what: 'A path reaches an act that needs a person’s approval without one.',
  why: 'At run time the act is denied there, and the playbook does not do what its reader believes it does. If the policy were ever loosened, it would act with nobody asked.',
  fix: 'Put a gate that grants the step on every path to it, give the step an `approval` of its own, or end the paths that bypass the gate.',
  failing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Suspend the account?
      grants: [suspend]
      approvers: { roles: [incident-commander] }
    on-reject: continue
  - id: suspend
    action: «identity.suspend»
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Suspend the account?
      grants: [suspend]
      approvers: { roles: [incident-commander] }
    on-reject: stop
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  *check({ uri, acts, verdictOf, steps, stepOf }): Generator<Problem> {
    const misnamed = steps.some((step) => step.kind === 'gate' && step.grants.some(({ value }) => !stepOf.has(value)));
    for (const act of acts) {
      if (act.autonomy.level !== 'approve' || act.step.approval || act.step.undecided) continue;
      const name = act.toolName.value;
      const reason = `${act.autonomy.because}`;
      if (act.step.kind === 'agent') {
        yield report(
          this,
          act.toolName.range,
          `The agent may call ${name} (${act.effect}), which needs a person’s approval (${reason}), and nobody is asked. Add "approval: { roles: [...] }" to "${act.step.id.value}", or take the tool away from the agent.`,
        );
        continue;
      }
      const verdict = verdictOf.get(act);
      if (verdict?.kind === 'unknown') {
        yield report(
          this,
          act.toolName.range,
          `Whether ${name} (${act.effect}) always has the approval it needs cannot be told: there are too many ways that lead to it. Give "${act.step.id.value}" an "approval" of its own.`,
        );
      }
      if (verdict?.kind !== 'violated') continue;
      // A grant that names no step may be meant for this one; that it names none is a problem already.
      if (misnamed && verdict.gates.length === 0) continue;
      const path = describePath(verdict.path);
      const how = path === '' ? 'It is the first step.' : `Path: ${path} → ${act.step.id.value}.`;
      const gate =
        verdict.gates.length === 0
          ? `No gate grants "${act.step.id.value}". Add one before it, or give the step an "approval" of its own.`
          : verdict.lost
            ? lostTo(verdict.lost)
            : `That path does not pass the approved side of "${verdict.gates.map((one) => one.id.value).join('" or "')}". End it, or ask there too.`;
      const related = relatedTo(uri, verdict);
      yield report(
        this,
        act.toolName.range,
        `${name} (${act.effect}) can be reached without the approval it needs (${reason}). ${how} ${gate}`,
        { related },
      );
    }
  },
};

/** Steps of the path that are told, at most. */
const MAX_TOLD = 24;

/** The counterexample, step by step, with where the approval is lost. */
function relatedTo(uri: string, { path, lost }: Extract<ApprovalVerdict, { kind: 'violated' }>): Related[] {
  // Where the path begins says less than how it ends.
  const from = Math.max(0, path.length - MAX_TOLD);
  const given = lost === undefined ? -1 : path.findIndex(({ step }) => step === lost.gate);
  return path.slice(from).map(({ step, edge }, nth): Related => {
    const index = from + nth;
    const way = edgeWord(edge);
    const loses = lost !== undefined && step === lost.at && given >= 0 && given < index;
    const loss = loses ? ` Here the approval of "${lost.gate.id.value}" is lost.` : '';
    const left = way === '' ? `"${step.id.value}" runs.` : `"${step.id.value}" is left by: ${way}.`;
    return { uri, range: step.id.range, message: `${index + 1}. ${left}${loss}` };
  });
}

function lostTo({ gate, at, because }: LostApproval): string {
  const asked = `"${gate.id.value}"`;
  const where = `"${at.id.value}"`;
  switch (because) {
    case 'used':
      return `The approval of ${asked} is used up at ${where} before. Raise its "uses", or ask again.`;
    case 'rebound':
      return `${where} runs after ${asked} and changes what was approved, which voids the approval. Move it before the gate.`;
    case 'interference':
      return `${where} runs in another branch, may do so at any time after ${asked}, and changes what was approved. Move it before the parallel step.`;
    case 'expired':
      return `The approval of ${asked} may expire while the run waits at ${where}. Ask after the waiting, or make "expires" longer than it.`;
    case 'asked-again':
      return `${asked} asks again on the way, which voids its earlier approval, and is not approved there.`;
  }
}
