import { allSteps, type Branch, type ParallelStep } from '../../language/model/playbook.js';
import { ENGINE, inside, pathOf, type RunContext } from './context.js';
import { cancelled, type Ending, failed, type Left, ok } from './ending.js';
import { newPlaces } from './places.js';
import { runSteps } from './run-steps.js';

/** Branches at work at once where the step does not say. */
const AT_ONCE = 8;

/**
 * Runs the branches at the same time, taking turns on the floor, so many at once as the step says: one that waits for people
 * keeps none from its turn. What ends the others - a branch that ends the run, or with
 * `any` the first that is through - ends them before their next effect; an effect under way completes and is written down.
 */
export async function runParallel(context: RunContext, step: ParallelStep): Promise<Left> {
  if (step.branches.length === 0) return failed('It has no branch.');
  const join = step.join.value;
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const through: Branch[] = [];
  const frames = new Map(step.branches.map((branch) => [branch, context.nextKey()]));
  let ended: { readonly by: Branch; readonly ending: Ending } | undefined;
  let fault: { readonly error: unknown } | undefined;

  const places = newPlaces(step.atOnce?.value ?? AT_ONCE, context.place);

  const run = async (branch: Branch, frame: string): Promise<void> => {
    const place = places.of();
    await place.take();
    await context.floor.take();
    try {
      const name = branch.name.value;
      const ending = signal.aborted
        ? undefined
        : await runSteps({ ...inside(context, step), frame, signal, branch: name, place }, branch.steps, '');
      // Once it is settled how this goes on, what the other branches still come to changes nothing.
      if (signal.aborted) return;
      if (ending) {
        ended = { by: branch, ending };
        stop.abort(`The branch "${name}" ended the run`);
      } else {
        through.push(branch);
        if (join === 'any') stop.abort(`The branch "${name}" was through first`);
      }
    } catch (error) {
      fault ??= { error };
      stop.abort('The run broke off');
    } finally {
      place.release();
      context.floor.release();
    }
  };

  for (const frame of frames.values()) context.apply({ kind: 'frame-opened', frame, from: context.frame });
  context.floor.release();
  await Promise.all([...frames].map(([branch, frame]) => run(branch, frame)));
  await places.settle();
  await context.floor.take();
  if (fault) throw fault.error;

  for (const [branch, frame] of frames) {
    // What the branch that ends the run found out is what the verdict may be read from.
    if (!through.includes(branch) && ended?.by !== branch) {
      context.apply({ kind: 'frame-closed', frame });
      continue;
    }
    const steps = [...allSteps(branch.steps)].map((one) => one.id.value);
    context.apply({ kind: 'frame-joined', frame, into: context.frame, steps });
  }
  const names = through.map((branch) => branch.name.value);
  await context.journal.write('joined', pathOf(context, step), ENGINE, {
    join,
    through: names,
    stopped: step.branches.map((branch) => branch.name.value).filter((name) => !names.includes(name)),
  });
  if (context.signal.aborted) return cancelled(context.signal);
  return ended ? { outcome: 'stopped', ending: ended.ending } : ok(undefined);
}
