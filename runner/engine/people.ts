import type { ActionStep, AgentStep, Step } from '../../language/model/playbook.js';
import type { RunContext } from './context.js';

/** The people who hold one of the roles, sorted, each once. Nobody without a policy. */
export function holdersOf({ loaded }: Pick<RunContext, 'loaded'>, roles: readonly string[]): readonly string[] {
  const { policy } = loaded;
  return [...new Set(roles.flatMap((role) => (policy?.roles.get(role) ?? []).map((person) => person.value)))].sort();
}

/** Who is told of an act of the step at level `notify`. */
export function toldBy(context: Pick<RunContext, 'loaded'>, step: ActionStep | AgentStep): readonly string[] {
  return holdersOf(context, step.notify?.roles.map((role) => role.value) ?? []);
}

/** The role that performs an act itself where the AI may not: the approvers', else whoever is accountable. */
export function performingRole({ loaded }: RunContext, step: ActionStep | AgentStep): string | undefined {
  return step.approval?.roles[0]?.value ?? step.accountable?.value ?? loaded.playbook.accountable?.value;
}

/** What people read as the step's name. */
export function titleOf(step: Step): string {
  return step.title ?? step.id.value;
}
