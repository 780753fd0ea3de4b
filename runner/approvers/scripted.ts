import type { Case, ScriptedApproval } from '../../language/model/case.js';
import type { Approver } from '../ports.js';
import type { ApprovalAnswer, ApprovalRequest } from '../protocol/messages.js';
import { plainJson } from '../trace/canonical.js';

/**
 * Answers as a case's author wrote, each answer once and in order. `silence`, and a question no answer is left for, meet
 * silence at once: a dry run does not wait out a timeout.
 */
export function scriptedApprover(
  script: Pick<Case, 'approvals' | 'tasks'> & Partial<Pick<Case, 'undo'>>,
  how = 'scripted',
): Approver {
  const approvals = [...script.approvals];
  const tasks = [...script.tasks];
  const undos = [...(script.undo ?? [])];
  return {
    how,
    async approve(request) {
      const index = approvals.findIndex((answer) => answer.gate.value === request.gate);
      const [answer] = index < 0 ? [] : approvals.splice(index, 1);
      return answer && answerTo(request, answer);
    },
    async task({ step }) {
      const index = tasks.findIndex((answer) => answer.step.value === step);
      const [answer] = index < 0 ? [] : tasks.splice(index, 1);
      return answer && { done: true, as: answer.as, output: answer.output };
    },
    /** The time until they say so is not waited for, only measured. */
    offerUndo({ step, windowMs }) {
      const index = undos.findIndex((answer) => answer.step.value === step);
      const [answer] = index < 0 ? [] : undos.splice(index, 1);
      if (!answer || (windowMs !== null && !(answer.after < windowMs))) return undefined;
      return { as: answer.as, reason: answer.reason ?? '' };
    },
  };
}

function answerTo({ calls }: ApprovalRequest, written: ScriptedApproval): ApprovalAnswer | undefined {
  const said = { as: written.as, reason: written.reason ?? '' };
  switch (written.decision) {
    case 'silence':
      return undefined;
    case 'approve':
    case 'reject':
    case 'end':
      return { ...said, decision: written.decision };
    case 'escalate':
      return { ...said, decision: 'escalate', to: written.to ?? '' };
    case 'modify': {
      const call = calls[written.call - 1];
      const changed = Object.entries(written.with).map(([name, value]) => [name, plainJson(value)] as const);
      // A call that was not shown cannot be changed: the answer says so, and does not count.
      const changes = call
        ? [{ call: call.id, arguments: { ...call.arguments, ...Object.fromEntries(changed) } }]
        : [{ call: `call ${written.call} of ${calls.length}`, arguments: {} }];
      return { ...said, decision: 'modify', changes };
    }
  }
}
