import type { LoadedPlaybook } from '../../../language/load.js';
import type { Tool } from '../../../language/model/catalog.js';
import { allSteps } from '../../../language/model/playbook.js';
import type { ToolOffer } from '../port.js';

/** What the adversary knows beyond what it is told: everything an insider could. */
export interface Knowledge {
  /** Every tool of every catalog, the called playbooks' too. */
  readonly tools: readonly ToolOffer[];
  /** Everybody who holds a role. */
  readonly people: readonly string[];
  readonly gates: readonly string[];
  /** Targets that the policy tags: what an attacker would like to have. */
  readonly targets: readonly string[];
}

export const NO_KNOWLEDGE: Knowledge = { tools: [], people: [], gates: [], targets: [] };

export function knowledgeOf(loaded: LoadedPlaybook): Knowledge {
  const tools = new Map<string, Tool>();
  const gates = new Set<string>();
  const visit = (one: LoadedPlaybook, depth: number): void => {
    for (const [name, tool] of one.tools) if (!tools.has(name)) tools.set(name, tool);
    for (const step of allSteps(one.playbook.steps)) if (step.kind === 'gate') gates.add(step.id.value);
    if (depth < 8) for (const { loaded: callee } of one.calls.values()) if (callee) visit(callee, depth + 1);
  };
  visit(loaded, 0);
  const { policy } = loaded;
  const values = (lists: Iterable<readonly { readonly value: string }[]>): string[] => [
    ...new Set([...lists].flat().map(({ value }) => value)),
  ];
  return {
    tools: [...tools.values()].map(({ name, description, input, effect }) => ({
      name: name.value,
      description,
      input,
      ...(effect === undefined ? {} : { effect }),
    })),
    people: values(policy?.roles.values() ?? []),
    gates: [...gates],
    targets: values(policy?.tags.values() ?? []),
  };
}
