import type { Case } from '../../language/model/case.js';
import type { Approver } from '../ports.js';

/**
 * Answers as a case's author wrote, each answer once and in order. `silence`, and a question no answer is left for, meet
 * silence at once: a dry run does not wait out a timeout.
 */
export function scriptedApprover(script: Pick<Case, 'approvals' | 'tasks'>, how = 'scripted'): Approver {
  const approvals = [...script.approvals];
  const tasks = [...script.tasks];
  return {
    how,
    async approve({ gate }) {
      const index = approvals.findIndex((answer) => answer.gate.value === gate);
      const [answer] = index < 0 ? [] : approvals.splice(index, 1);
      if (!answer || answer.decision === 'silence') return undefined;
      return { decision: answer.decision, as: answer.as, reason: answer.reason ?? '' };
    },
    async task({ step }) {
      const index = tasks.findIndex((answer) => answer.step.value === step);
      const [answer] = index < 0 ? [] : tasks.splice(index, 1);
      return answer && { done: true, as: answer.as, output: answer.output };
    },
  };
}
