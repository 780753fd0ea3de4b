import type { PlaybookContext } from '../rules/context.js';

/** Whether people take part in a playbook, or in one it calls. A playbook that cannot be read may have them. */
export function hasPeople(loaded: Pick<PlaybookContext, 'steps' | 'acts' | 'calls'> | undefined): boolean {
  if (!loaded) return true;
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
    [...loaded.calls.values()].some((callee) => hasPeople(callee.loaded))
  );
}
