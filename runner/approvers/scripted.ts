import type { Case, ScriptedApproval } from '../../language/model/case.js';
import type { Approver, Clock } from '../ports.js';
import type { ApprovalAnswer, ApprovalRequest } from '../protocol/messages.js';
import { plainJson } from '../trace/canonical.js';

/**
 * Answers as a case's author wrote, each answer once and in order. `silence`, and a question no answer is left for, meet
 * silence at once: a dry run does not wait out a timeout.
 *
 * @param pace by which people take their time, where it is simulated; they answer at once without it
 */
export function scriptedApprover(
  script: Pick<Case, 'approvals' | 'tasks'> & Partial<Pick<Case, 'undo'>>,
  how = 'scripted',
  pace?: Clock | undefined,
): Approver {
  const approvals = [...script.approvals];
  const tasks = [...script.tasks];
  const undos = [...(script.undo ?? [])];
  /** Whether they are done before nobody waits for them any more. */
  const isInTime = async (after: number, signal: AbortSignal): Promise<boolean> => {
    if (!pace || after === 0) return true;
    await pace.sleep(after, signal);
    return !signal.aborted;
  };
  return {
    how,
    async approve(request, signal) {
      const index = approvals.findIndex((answer) => answer.gate.value === request.gate);
      const [answer] = index < 0 ? [] : approvals.splice(index, 1);
      if (!answer || !(await isInTime(answer.after, signal))) return undefined;
      return answerTo(request, answer);
    },
    async task({ step }, signal) {
      const index = tasks.findIndex((answer) => answer.step.value === step);
      const [answer] = index < 0 ? [] : tasks.splice(index, 1);
      if (!answer || !(await isInTime(answer.after, signal))) return undefined;
      return { done: true, as: answer.as, output: answer.output };
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
