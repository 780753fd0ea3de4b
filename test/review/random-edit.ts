import {
  everyStep,
  type Handler,
  LEVELS,
  mapLists,
  type Playbook,
  POLICIES,
  type Program,
  type Step,
  TOOLS,
} from '../soundness/playbook.js';
import type { Random } from '../soundness/random.js';
import { repair } from '../soundness/shrink.js';

/**
 * A program with one thing changed that a pull request might change, for better or worse. What is then written may break rules;
 * it is the language all the same.
 */
export function edited(program: Program, random: Random): Program {
  const playbooks = [program.main, ...program.callees];
  const chosen = random.pick(playbooks);
  if (random.chance(0.1)) return { ...program, policy: random.pick(POLICIES) };
  const steps = everyStep(chosen.steps);
  if (steps.length === 0) return program;
  const target = random.pick(steps);
  const change = random.pick(EDITS)(target, random);
  const rewrite = (list: readonly Step[]): readonly Step[] =>
    list.flatMap((step): readonly Step[] => {
      if (step === target) return change.map((one) => mapLists(one, rewrite));
      return [mapLists(step, rewrite)];
    });
  const edit = (playbook: Playbook): Playbook =>
    playbook === chosen ? { ...playbook, steps: rewrite(playbook.steps) } : playbook;
  return repair({ ...program, main: edit(program.main), callees: program.callees.map(edit) });
}

type Edit = (step: Step, random: Random) => readonly Step[];

const CONTINUE: Handler = { then: 'continue', steps: [] };

const EDITS: readonly Edit[] = [
  () => [],
  (step) => {
    const { when: _, ...rest } = step;
    return [rest];
  },
  (step) => [{ ...step, when: { from: 'alert' } }],
  (step) => [{ ...step, onError: CONTINUE }],
  (step, random) =>
    step.kind === 'action' || step.kind === 'agent' ? [{ ...step, autonomy: random.pick(LEVELS) }] : [step],
  (step, random) => (step.kind === 'action' ? [{ ...step, tool: random.pick(TOOLS).name }] : [step]),
  (step) => (step.kind === 'action' ? [{ ...step, x: [{ from: 'alert' }] }] : [step]),
  (step) => (step.kind === 'action' || step.kind === 'agent' ? [{ ...step, approval: {} }] : [step]),
  (step) => {
    if (step.kind !== 'action' && step.kind !== 'agent') return [step];
    const { approval: _, ...rest } = step;
    return [rest];
  },
  (step) => (step.kind === 'gate' ? [{ ...step, onReject: CONTINUE }] : [step]),
  (step) => (step.kind === 'gate' ? [{ ...step, onTimeout: CONTINUE }] : [step]),
  (step) => (step.kind === 'gate' ? [{ ...step, uses: 3 }] : [step]),
  (step) => (step.kind === 'gate' ? [{ ...step, quorum: 2 }] : [step]),
  (step) => {
    if (step.kind !== 'gate') return [step];
    const { expires: _, ...rest } = step;
    return [rest];
  },
  (step) => (step.kind === 'if' ? [...step.then] : [step]),
  (step) => (step.kind === 'for-each' ? [{ ...step, max: step.max + 2 }] : [step]),
  (step) =>
    step.kind === 'agent' ? [{ ...step, grants: [...step.grants, { tool: 't.suspend', where: true }] }] : [step],
  (step) => [{ kind: 'action', id: `n${step.id}`, tool: 't.suspend', x: [{ from: 'alert' }] }, step],
];
