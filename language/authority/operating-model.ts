import type { OperatingModel } from '../model/levels.js';
import type { Step } from '../model/playbook.js';
import type { Act } from './acts.js';

/** What a playbook's steps amount to, and the steps that make it so. */
export interface ComputedModel {
  /** `autonomous`: consequential acts and no person anywhere. Never an accepted claim. */
  readonly model: OperatingModel | 'autonomous';
  readonly because: string;
  /** The steps that lift it to this model; empty for `traditional`. */
  readonly steps: readonly Step[];
}

/** The steps say which the others are. */
const MOST_NAMED = 5;

/**
 * The operating model a playbook really has. `traditional`: people do every step. `tool-assisted`: tools help, no agent.
 * `ai-augmented`: agents investigate and a person decides every consequential act. `ai-soc`: some consequential act runs
 * without a person, and people stand at declared checkpoints. `autonomous`: such an act, and no checkpoint at all.
 */
export function computeOperatingModel(steps: readonly Step[], acts: readonly Act[]): ComputedModel {
  const alone = acts.filter((act) => act.autonomy.level === 'notify' || act.autonomy.level === 'autonomous');
  const agents = steps.filter((step) => step.kind === 'agent');
  const actions = steps.filter((step) => step.kind === 'action');
  const byHand = new Set(
    acts.filter(({ autonomy }) => autonomy.level === 'assist' || autonomy.level === 'manual').map(({ step }) => step),
  );
  const people = steps.some(
    (step) =>
      step.kind === 'gate' ||
      step.kind === 'manual' ||
      ((step.kind === 'action' || step.kind === 'agent') && (step.approval !== undefined || byHand.has(step))),
  );
  if (alone.length > 0) {
    const names = [...new Set(alone.map((act) => `${act.toolName.value} at "${act.step.id.value}"`))];
    const more = names.length - MOST_NAMED;
    const who = more > 1 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ');
    const run = `${who} ${names.length === 1 ? 'runs' : 'run'} without a person`;
    return people
      ? {
          model: 'ai-soc',
          because: `${run}, and people stand at other points`,
          steps: alone.map((act) => act.step),
        }
      : {
          model: 'autonomous',
          because: `${run}, and no step involves one`,
          steps: alone.map((act) => act.step),
        };
  }
  if (agents.length > 0) {
    return {
      model: 'ai-augmented',
      because: 'agents investigate and a person decides every consequential act',
      steps: agents,
    };
  }
  if (actions.length > 0)
    return { model: 'tool-assisted', because: 'tools help and no agent takes part', steps: actions };
  return { model: 'traditional', because: 'people do every step', steps: [] };
}
