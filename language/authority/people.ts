import type { Callee, PlaybookContext } from '../rules/context.js';

/** Whether a called playbook has people in it. One that cannot be read may have them. */
export function callsPeople(callee: Callee | undefined): boolean {
  return callee?.loaded?.hasPeople ?? true;
}

/** Whether people take part in a playbook, or in one it calls. */
export function hasPeople(loaded: Pick<PlaybookContext, 'steps' | 'acts' | 'calls'>): boolean {
  return (
    loaded.steps.some(
      (step) =>
        step.kind === 'gate' ||
        step.kind === 'manual' ||
        ((step.kind === 'action' || step.kind === 'agent') && step.approval !== undefined) ||
        step.autonomy?.value === 'manual' ||
        step.autonomy?.value === 'assist',
    ) ||
    loaded.acts.some(({ autonomy }) => autonomy.level === 'manual' || autonomy.level === 'assist') ||
    [...loaded.calls.values()].some(callsPeople)
  );
}
