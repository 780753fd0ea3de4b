import {
  everyStep,
  type ListSource,
  mapLists,
  type Playbook,
  type Program,
  type Source,
  type Step,
} from './playbook.js';

/** How many smaller programs are tried. */
const TRIES = 400;

/** The smallest program, within so many tries, for which `fails` still holds. */
export async function shrink(
  program: Program,
  fails: (program: Program) => boolean | Promise<boolean>,
): Promise<Program> {
  let best = program;
  let tries = 0;
  for (let progress = true; progress; ) {
    progress = false;
    for (const smaller of smallerThan(best)) {
      if (tries++ >= TRIES) return best;
      if (!(await fails(smaller))) continue;
      best = smaller;
      progress = true;
      break;
    }
  }
  return best;
}

function* smallerThan(program: Program): Generator<Program> {
  const playbooks = [program.main, ...program.callees];
  for (const [index, playbook] of playbooks.entries()) {
    for (const changed of smallerPlaybooks(playbook)) {
      const all = playbooks.map((one, at) => (at === index ? changed : one));
      yield repair({ ...program, main: all[0] ?? program.main, callees: all.slice(1) });
    }
  }
}

function* smallerPlaybooks(playbook: Playbook): Generator<Playbook> {
  const steps = everyStep(playbook.steps);
  // Whole steps first, the biggest first; then what they hold in their place; then their keys.
  const bySize = [...steps].sort((a, b) => everyStep([b]).length - everyStep([a]).length);
  for (const step of bySize) yield { ...playbook, steps: replaced(playbook.steps, step, []) };
  for (const step of bySize) {
    for (const list of inner(step)) yield { ...playbook, steps: replaced(playbook.steps, step, list) };
  }
  for (const step of steps) {
    for (const key of Object.keys(step)) {
      if (!OPTIONAL.has(key)) continue;
      yield { ...playbook, steps: replaced(playbook.steps, step, [{ ...step, [key]: undefined }]) };
    }
    if (step.kind === 'gate' && step.grants.length > 1) {
      for (const id of step.grants) {
        const grants = step.grants.filter((one) => one !== id);
        yield { ...playbook, steps: replaced(playbook.steps, step, [{ ...step, grants }]) };
      }
    }
  }
  if (playbook.autonomy) {
    const { autonomy: _, ...rest } = playbook;
    yield rest;
  }
  if (Object.keys(playbook.defaults).length > 0) yield { ...playbook, defaults: {} };
}

const OPTIONAL: ReadonlySet<string> = new Set(
  'when autonomy onError onReject onTimeout timeout where approval notify retry quorum uses expires stands else default budgetTime'.split(
    ' ',
  ),
);

function inner(step: Step): readonly (readonly Step[])[] {
  switch (step.kind) {
    case 'if':
      return [step.then, ...(step.else ? [step.else] : [])];
    case 'switch':
      return [...step.cases.map((one) => one.steps), ...(step.default ? [step.default] : [])];
    case 'for-each':
      return [step.steps];
    case 'parallel':
      return [...step.branches.map((one) => one.steps), step.branches.flatMap((one) => one.steps)];
    default:
      return [];
  }
}

function replaced(steps: readonly Step[], which: Step, by: readonly Step[]): readonly Step[] {
  return steps.flatMap((step) => (step === which ? by : [mapLists(step, (list) => replaced(list, which, by))]));
}

/** Makes whole again what taking steps out broke: what read them reads the alert, what holds nothing goes. */
export function repair(program: Program): Program {
  const called = new Set<string>();
  const playbooks = [program.main, ...program.callees].map((playbook) => {
    let { steps } = playbook;
    for (let before: readonly Step[] | undefined; before !== steps; ) {
      before = steps;
      const next = mend(steps, playbook.inputs);
      if (JSON.stringify(next) !== JSON.stringify(steps)) steps = next;
    }
    return { ...playbook, steps };
  });
  for (const playbook of playbooks) {
    for (const step of everyStep(playbook.steps)) if (step.kind === 'call') called.add(step.playbook);
  }
  const [main = program.main, ...callees] = playbooks;
  return { ...program, main, callees: callees.filter((one) => called.has(one.name)) };
}

function mend(steps: readonly Step[], inputs: readonly string[]): readonly Step[] {
  const all = everyStep(steps);
  const ids = new Set(all.map((step) => step.id));
  const items = new Set(all.map((step) => (step.kind === 'for-each' ? step.item : '')));
  const source = (one: Source): Source =>
    (one.from === 'output' && !ids.has(one.step)) ||
    (one.from === 'item' && !items.has(one.name)) ||
    (one.from === 'input' && !inputs.includes(one.name))
      ? { from: 'alert' }
      : one;
  const list = (one: ListSource): ListSource =>
    one.from === 'output' && !ids.has(one.step) ? { from: 'alert', entities: 'users' } : one;
  const settle = (below: readonly Step[]): readonly Step[] =>
    below.flatMap((old): readonly Step[] => {
      const step = mapLists(old, settle);
      const when = step.when?.from === 'output' && !ids.has(step.when.step) ? { when: { from: 'alert' as const } } : {};
      switch (step.kind) {
        case 'action':
          return [{ ...step, ...when, x: step.x.map(source) }];
        case 'gate': {
          const grants = step.grants.filter((id) => ids.has(id));
          if (grants.length > 0) return [{ ...step, ...when, grants }];
          return [{ kind: 'manual', id: step.id }];
        }
        case 'if': {
          if (step.then.length === 0) return step.else ?? [];
          const condition =
            step.condition.from === 'output' && !ids.has(step.condition.step)
              ? { from: 'alert' as const }
              : step.condition;
          const { else: otherwise, ...rest } = step;
          return [{ ...rest, ...when, condition, ...(otherwise && otherwise.length > 0 && { else: otherwise }) }];
        }
        case 'switch': {
          const [first] = step.cases;
          if (ids.has(step.on) && step.cases.every((one) => one.steps.length > 0) && step.default?.length !== 0)
            return [{ ...step, ...when }];
          return first?.steps ?? [];
        }
        case 'for-each':
          return step.steps.length === 0 ? [] : [{ ...step, ...when, in: list(step.in) }];
        case 'parallel': {
          const branches = step.branches.filter((branch) => branch.steps.length > 0);
          return branches.length > 1 ? [{ ...step, ...when, branches }] : (branches[0]?.steps ?? []);
        }
        case 'call':
          return [
            {
              ...step,
              ...when,
              inputs: Object.fromEntries(Object.entries(step.inputs).map(([name, one]) => [name, one.map(source)])),
            },
          ];
        default:
          return [{ ...step, ...when }];
      }
    });
  return settle(steps);
}
