import type { Tool } from '../../language/model/catalog.js';
import { isConsequential } from '../../language/model/levels.js';
import type { ActionStep, AgentStep } from '../../language/model/playbook.js';
import type { Policy } from '../../language/model/policy.js';
import type { Call, JsonObject, TraceLine } from '../protocol/trace.js';
import type { Limits } from './limits.js';
import { ceilingsFor, holdsOneOf, levelOf, placeOf } from './place.js';
import type { Rounds } from './rounds.js';
import type { Seen } from './seen.js';
import { type AuditWorld, exactDigest, hasReplaced, targetOf } from './world.js';

/** What the lines so far tell. */
export interface State {
  readonly world: AuditWorld;
  readonly rounds: Rounds;
  readonly seen: Seen;
  readonly limits: Limits;
}

/** A call that goes ahead. */
export interface Intent {
  readonly line: Extract<TraceLine, { readonly event: 'intent' }>;
  readonly call: Call;
  readonly step: string | null;
  readonly at: number;
  /** What the tool was given, where that was seen. */
  readonly args: JsonObject | undefined;
  readonly simulated: boolean;
}

export interface Judged {
  readonly consequential: boolean;
  /** What allows it; `null` when nothing does. */
  readonly by: string | null;
  readonly problems: readonly string[];
  /** Why it cannot be told whether its arguments were allowed. */
  readonly untold: string | null;
}

/** What allows a call that goes ahead, worked out anew, and what is wrong with it. */
export function authorityOf({ world, rounds, seen, limits }: State, intent: Intent): Judged {
  const { call, step: path } = intent;
  const place = path === null ? undefined : placeOf(world.loaded, path);
  const tool = place?.playbook.tools.get(call.tool);
  const consequential = isConsequential(tool?.effect);
  const problems: string[] = [];
  let untold: string | null = null;
  const judged = (by: string | null): Judged => ({ consequential, by, problems, untold });
  const not = (problem: string): Judged => ({ ...judged(null), problems: [...problems, problem] });
  if (path === null || place === undefined) return not('Its step is not in the playbook.');
  const { step } = place;
  if (step.kind !== 'action' && step.kind !== 'agent') return not('Its step makes no calls.');
  if (!tool) return not('No catalog of the playbook has its tool.');
  const { policy } = world.loaded;
  const grant = grantOf(step, call.tool);
  if (!grant) return not(`"${path}" is not granted this tool.`);
  if (policy?.forbid.some((name) => name.value === call.tool)) return not('The policy forbids the tool.');

  const args = intent.args ?? call.arguments;
  // Where tools were watched, a call that reached none (its time was over) was made with no arguments at all.
  if (intent.args || !world.reached) {
    if (exactDigest(call.tool, tool, args, world) !== intent.line.data.digest) {
      if (!intent.args && hasReplaced(args))
        untold = 'A secret was replaced in its arguments, so what they were is not known.';
      else problems.push('It is not bound to its tool and arguments.');
    }
    if (untold === null) {
      if (world.schemas.problem(tool.input, args) !== null) problems.push('Its arguments do not fit the tool.');
      if (grant.where && !seen.holds(grant.where, place, args)) problems.push('Its arguments lie outside "where".');
    }
  }
  problems.push(...limits.use(path, place, call.tool, grant.maxCalls));
  if (intent.simulated !== (tool.effect !== 'read')) problems.push('It is not simulated as a dry run says.');

  const target = targetOf(tool, args);
  const fell = world.breaker?.judge(tool).some(({ holds }) => !holds) ?? false;
  const level = levelOf(
    { ...place, step, limits: fell ? [...place.limits, 'approve'] : place.limits },
    tool,
    policy,
    target,
  );
  if (level === 'manual') return not('A person does this step.');
  if (!consequential) return judged(tool.effect ?? null);
  if (!policy) return not('There is no policy.');
  if (level === 'assist') return not('A person performs this act.');
  const alone =
    level === 'approve' ? 'its level asks for approval' : missingFor(level, policy, step, tool, target, grant);
  if (alone === null) return judged(level);
  const { digest } = intent.line.data;
  const found = rounds.use({ step: path, digest, tool, target, at: intent.at });
  if (found.ok) return judged(found.by);
  return not(`Nobody who may had approved it: ${alone}, and ${found.reason}.`);
}

interface Granted {
  readonly where: Extract<ActionStep['where'], object> | undefined;
  readonly maxCalls: number | null;
}

function grantOf(step: ActionStep | AgentStep, tool: string): Granted | undefined {
  if (step.kind === 'action') return step.tool.value === tool ? { where: step.where, maxCalls: null } : undefined;
  const grant = step.tools.find((one) => one.tool.value === tool);
  return grant && { where: grant.where, maxCalls: grant.maxCalls?.value ?? null };
}

/** What an act needs to run at a level without a person, and lacks; `null` when nothing. */
function missingFor(
  level: 'notify' | 'autonomous',
  policy: Policy,
  step: ActionStep | AgentStep,
  tool: Tool,
  target: string | null,
  grant: Granted,
): string | null {
  if (level === 'notify') {
    if (!tool.reversible || !tool.undo) return 'it cannot be undone by whoever is told';
    const roles = step.notify?.roles.map((role) => role.value) ?? [];
    const people = [...policy.roles.values()].flat().map((person) => person.value);
    if (!people.some((person) => holdsOneOf(person, roles, policy))) return 'nobody would be told';
  } else if (!tool.reversible && ceilingsFor(tool, policy, target).every((ceiling) => ceiling.targetTag)) {
    return 'it cannot be undone and the policy says nothing of it';
  }
  const chosen = step.kind === 'agent' && Object.keys(tool.input.properties ?? {}).length > 0;
  return chosen && !grant.where ? 'an agent chose its arguments and nothing bounds them' : null;
}
