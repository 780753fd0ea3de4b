import type { Tool } from '../model/catalog.js';
import type { Step } from '../model/playbook.js';
import type { PlaybookContext } from '../rules/context.js';

/** A playbook as far as what it calls is concerned. */
type Calling = Pick<PlaybookContext, 'steps' | 'calls' | 'tools'>;

/** A step under the path a run knows it by: `contain/ask` is the step `ask` of the playbook that the step `contain` calls. */
export interface StepAtPath {
  readonly path: string;
  readonly step: Step;
}

/** Every step of a playbook and of those it calls, callers before what they call. A playbook that leads back to itself ends. */
export function* stepsByPath({ steps, calls }: Calling, prefix = ''): Generator<StepAtPath> {
  for (const step of steps) yield { path: prefix + step.id.value, step };
  for (const [step, { loaded }] of calls) if (loaded) yield* stepsByPath(loaded, `${prefix}${step.id.value}/`);
}

/** The tools of a playbook and of those it calls; the playbook's own first. */
export function toolsBelow({ tools, calls }: Calling): ReadonlyMap<string, Tool> {
  const all = new Map(tools);
  for (const { loaded } of calls.values()) {
    for (const [name, tool] of loaded ? toolsBelow(loaded) : []) if (!all.has(name)) all.set(name, tool);
  }
  return all;
}
