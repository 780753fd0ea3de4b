import type { LoadedPlaybook } from '../../language/load.js';
import type { Tool } from '../../language/model/catalog.js';
import { AUTONOMY_LEVELS, type AutonomyLevel } from '../../language/model/levels.js';
import type { ActionStep, AgentStep, Budget, Step } from '../../language/model/playbook.js';
import type { Ceiling, Policy } from '../../language/model/policy.js';

/** What of a playbook an audit reads. `LoadedPlaybook` is one. */
export interface AuditedPlaybook extends Pick<LoadedPlaybook, 'playbook' | 'policy' | 'tools' | 'stepOf' | 'context'> {
  readonly calls: ReadonlyMap<Extract<Step, { kind: 'call' }>, { readonly loaded: AuditedPlaybook | undefined }>;
}

/** A step as a trace names it, by path. */
export interface Place {
  readonly step: Step;
  readonly playbook: AuditedPlaybook;
  /** Of its steps: the paths of the calls that lead here, each with a `/`. */
  readonly prefix: string;
  /** Levels that playbooks and calls around allow at most. */
  readonly limits: readonly AutonomyLevel[];
  /** Budgets of the called playbooks around, innermost last, each by the path of its call. */
  readonly budgets: readonly { readonly path: string; readonly budget: Budget }[];
}

/** Finds the step of a path; `undefined` where the playbook has none. */
export function placeOf(root: AuditedPlaybook, path: string): Place | undefined {
  let playbook = root;
  let prefix = '';
  const limits: AutonomyLevel[] = [];
  const budgets: { path: string; budget: Budget }[] = [];
  const names = path.split('/');
  const last = names.pop();
  for (const name of names) {
    const call = playbook.stepOf.get(name);
    const callee = call?.kind === 'call' ? playbook.calls.get(call)?.loaded : undefined;
    if (call?.kind !== 'call' || !callee) return undefined;
    if (call.autonomy) limits.push(call.autonomy.value);
    if (playbook.playbook.autonomy) limits.push(playbook.playbook.autonomy.value);
    if (callee.playbook.budget) budgets.push({ path: prefix + name, budget: callee.playbook.budget });
    prefix = `${prefix}${name}/`;
    playbook = callee;
  }
  const step = last === undefined ? undefined : playbook.stepOf.get(last);
  if (!step) return undefined;
  if (playbook.playbook.autonomy) limits.push(playbook.playbook.autonomy.value);
  return { step, playbook, prefix, limits, budgets };
}

/** The tools a step may call, by exact name. */
export function grantsAt(root: AuditedPlaybook, path: string): readonly string[] {
  const step = placeOf(root, path)?.step;
  if (step?.kind === 'action') return [step.tool.value];
  return step?.kind === 'agent' ? step.tools.map(({ tool }) => tool.value) : [];
}

/** The level in force for a call: the lowest of everything that limits it. See "Autonomy" in docs/language.md. */
export function levelOf(
  { step, playbook, limits }: Place & { readonly step: ActionStep | AgentStep },
  tool: Tool,
  policy: Policy | undefined,
  target: string | null,
): AutonomyLevel {
  const all: AutonomyLevel[] = [
    step.autonomy?.value ?? playbook.playbook.defaults.autonomy?.value ?? 'approve',
    ...limits,
    ...(tool.autonomy ? [tool.autonomy.value] : []),
    ...ceilingsFor(tool, policy, target).map((ceiling) => ceiling.autonomy.value),
    ...(step.undecided ? (['approve'] as const) : []),
    ...(tool.effect === undefined ? (['approve'] as const) : []),
    ...(policy?.alwaysGate.some((name) => name.value === tool.name.value) ? (['approve'] as const) : []),
  ];
  return AUTONOMY_LEVELS.find((level) => all.includes(level)) ?? 'manual';
}

/** The ceilings that hold for a call. One for a tag holds for the targets that bear it, and where the target is not known. */
export function ceilingsFor(tool: Tool, policy: Policy | undefined, target: string | null): readonly Ceiling[] {
  return (policy?.ceilings ?? []).filter(({ effect, tool: name, targetTag }) => {
    if (!effect && !name && !targetTag) return false;
    if (effect && effect.value !== tool.effect) return false;
    if (name && name.value !== tool.name.value) return false;
    const bearers = targetTag && policy?.tags.get(targetTag.value);
    return !targetTag || !bearers || target === null || bearers.some((one) => alike(one.value, target));
  });
}

/** An alias of a name, by case or by how Unicode composes it, is the name. */
function alike(a: string, b: string): boolean {
  const fold = (text: string): string => text.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
  return fold(a) === fold(b);
}

/** How many people must approve a call, whatever the playbook asks for. */
export function quorumFor(tool: Tool, policy: Policy | undefined, target: string | null): number {
  const numbers = (ceilings: readonly Ceiling[]): number[] => ceilings.flatMap(({ quorum }) => quorum ?? []);
  const ceilings = ceilingsFor(tool, policy, target);
  const stated = numbers(ceilings.filter((ceiling) => !ceiling.targetTag));
  const least = stated.length > 0 ? Math.max(...stated) : tool.reversible ? 1 : 2;
  return Math.max(least, ...numbers(ceilings.filter((ceiling) => ceiling.targetTag)));
}

/** Whether a person holds one of the roles. */
export function holdsOneOf(person: string, roles: readonly string[], policy: Policy | undefined): boolean {
  return roles.some((role) => policy?.roles.get(role)?.some((holder) => holder.value === person));
}
