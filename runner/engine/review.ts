import { ceilingsOn } from '../../language/authority/effective-autonomy.js';
import type { Tool } from '../../language/model/catalog.js';
import type { ActionStep, AgentStep } from '../../language/model/playbook.js';
import { taggedTarget } from '../decide/call.js';
import type { Call } from '../protocol/trace.js';
import { sha256 } from '../trace/canonical.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import { holdersOf } from './people.js';

/** Whether something is drawn, when the share `rate` is. */
export type Draw = (step: string, rate: number) => boolean;

/**
 * Draws by chance: each time with a new number nobody can foresee, so that whoever writes alerts cannot tell which acts are
 * looked at. `forced`: the steps that are drawn instead, whatever the share.
 */
export function drawBy(nextId: () => string, forced: ReadonlySet<string> | undefined): Draw {
  return (step, rate) => (forced ? forced.has(step) : fraction(nextId()) < rate);
}

/** A number from 0, below 1, evenly spread over texts. */
function fraction(text: string): number {
  return Number.parseInt(sha256(text).slice('sha256:'.length, 'sha256:'.length + 12), 16) / 2 ** 48;
}

/** Draws an act that ran without a person, or where there is no `act` what the step came to. */
export async function drawForReview(
  context: RunContext,
  step: ActionStep | AgentStep,
  act: { readonly call: Call; readonly tool: Tool | undefined } | undefined,
): Promise<void> {
  const { loaded, draw, journal, apply } = context;
  const rate = act ? rateOf(context, step, act) : (step.review?.value ?? 0);
  const path = pathOf(context, step);
  if (!(rate > 0) || !draw(path, rate)) return;
  const accountable = step.accountable?.value ?? loaded.playbook.accountable?.value;
  const roles = accountable === undefined ? (step.notify?.roles ?? []).map((role) => role.value) : [accountable];
  const people = holdersOf(context, roles);
  const call = act?.call.id ?? null;
  await journal.write('review.requested', path, ENGINE, { call, rate, roles, people });
  const { tool = null, target = null } = act?.call ?? {};
  apply({ kind: 'drawn', review: { step: path, call, tool, target, people } });
}

/** The highest share that the step and the policy's ceilings ask for. */
function rateOf(
  { loaded }: RunContext,
  step: ActionStep | AgentStep,
  { call, tool }: { readonly call: Call; readonly tool: Tool | undefined },
): number {
  const ceilings = tool ? ceilingsOn(tool, loaded.policy, taggedTarget(tool, call.arguments)) : [];
  return Math.max(step.review?.value ?? 0, ...ceilings.map(({ review }) => review ?? 0));
}
