import type { Uri } from 'vscode';
import type { DryRuns } from '../dry-run/dry-run.js';
import type { LiveRun } from '../dry-run/live-run.js';
import { inform } from '../notify.js';
import { pick } from '../pick.js';

/** Brings a run that goes on into view: the one given, or the one the person picks. */
export async function showRun(dryRuns: DryRuns, given: Uri | undefined): Promise<void> {
  (await chooseRun(dryRuns, given, 'Show which run?'))?.show();
}

/** Ends a run before its next effect. */
export async function endRun(dryRuns: DryRuns, given: Uri | undefined): Promise<void> {
  (await chooseRun(dryRuns, given, 'End which run before its next effect?'))?.end();
}

/** Shows a question where it is answered. One that is answered meanwhile is nowhere any more. */
export function showApproval(dryRuns: DryRuns, ask: unknown): void {
  const open = dryRuns.going().flatMap((run) => run.waiting.map((question) => ({ run, ask: question.ask })));
  const chosen = typeof ask === 'string' ? open.find((one) => one.ask === ask) : open[0];
  if (chosen !== undefined) chosen.run.show(chosen.ask);
  else inform('Nothing waits for a person, or not any more.');
}

async function chooseRun(dryRuns: DryRuns, given: Uri | undefined, title: string): Promise<LiveRun | undefined> {
  const going = dryRuns.going();
  const named = going.find(({ trace }) => trace === given?.fsPath);
  if (named !== undefined) return named;
  if (given !== undefined || going.length === 0) {
    inform('No dry run of this window goes on, or not any more.');
    return undefined;
  }
  if (going.length === 1) return going[0];
  const picked = await pick(
    going.map((run) => ({ label: run.title, description: run.trace, run })),
    { title },
  );
  return picked?.run;
}
