import type { Tool } from '../model/catalog.js';
import { type Effect, isConsequential } from '../model/levels.js';
import type { ActionStep, AgentStep, Step, ToolGrant } from '../model/playbook.js';
import type { Located } from '../syntax/tree.js';
import { type AuthoritySources, type EffectiveAutonomy, effectiveAutonomy } from './effective-autonomy.js';

/** One thing a playbook may do to the world: a consequential tool at the step that calls it or lets an agent call it. */
export interface Act {
  readonly step: ActionStep | AgentStep;
  /** The word that names the tool. */
  readonly toolName: Located<string>;
  /** `undefined` when no catalog has it; then it counts as consequential and irreversible. */
  readonly tool: Tool | undefined;
  /** The agent's grant; `undefined` for an action. */
  readonly grant: ToolGrant | undefined;
  readonly effect: Effect | 'unknown';
  readonly autonomy: EffectiveAutonomy;
}

/** Every consequential act that steps may do; those inside others are given beside them. In their order. */
export function actsOf(
  { steps }: { readonly steps: readonly Step[] },
  tools: ReadonlyMap<string, Tool>,
  sources: AuthoritySources,
): readonly Act[] {
  const acts: Act[] = [];
  const add = (step: ActionStep | AgentStep, toolName: Located<string>, grant: ToolGrant | undefined): void => {
    const tool = tools.get(toolName.value);
    if (!isConsequential(tool?.effect)) return;
    if (tool === undefined && sources.faults?.has('unknown-tool-is-read')) return;
    const autonomy = effectiveAutonomy(step, tool, sources);
    acts.push({ step, toolName, tool, grant, effect: tool?.effect ?? 'unknown', autonomy });
  };
  for (const step of steps) {
    if (step.kind === 'action') add(step, step.tool, undefined);
    if (step.kind === 'agent') for (const grant of step.tools) add(step, grant.tool, grant);
  }
  return acts;
}
