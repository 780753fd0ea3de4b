import {
  type Condition,
  type ListSource,
  mapLists,
  type Playbook,
  type Program,
  type Source,
  type Step,
} from './playbook.js';
import type { Random } from './random.js';
import { repair } from './shrink.js';

/** A program that means the same, and where each act of the first one is in it: paths `step` of cells, old to new. */
export interface Variation {
  /** What it is a variation of, where that is not the program itself. */
  readonly before?: Program;
  readonly program: Program;
  readonly pathOf: (path: string) => string;
}

/** Other ids for all steps of all playbooks. */
export function renamed(program: Program): Variation {
  const name = (id: string): string => `z${id}_${id.length}`;
  const rename = (playbook: Playbook): Playbook => ({
    ...playbook,
    steps: playbook.steps.map((one) => withIds(one, name)),
  });
  return {
    program: { ...program, main: rename(program.main), callees: program.callees.map(rename) },
    pathOf: (path) => path.split('/').map(name).join('/'),
  };
}

/** The branches of parallel steps, and nothing else, in another order. */
export function reordered(program: Program, random: Random): Variation {
  const settle = (steps: readonly Step[]): readonly Step[] =>
    steps.map((step) => {
      const inner = mapLists(step, settle);
      if (inner.kind !== 'parallel') return inner;
      const turn = 1 + random.below(inner.branches.length - 1);
      return { ...inner, branches: [...inner.branches.slice(turn), ...inner.branches.slice(0, turn)] };
    });
  const change = (playbook: Playbook): Playbook => ({ ...playbook, steps: settle(playbook.steps) });
  return {
    program: { ...program, main: change(program.main), callees: program.callees.map(change) },
    pathOf: (path) => path,
  };
}

/**
 * A program with a call made plain, and the same with the steps of the called playbook in its place; `undefined` without a
 * call among the main playbook's own steps. A plain call is not guarded, says nothing of its own about errors or levels, and
 * calls what has no defaults and no end inside but by failure: only then do both mean the same.
 */
export function inlined(program: Program): Variation | undefined {
  const call = program.main.steps.find((step) => step.kind === 'call');
  if (call?.kind !== 'call') return undefined;
  const { id, playbook, inputs: given } = call;
  const plain: Step = { kind: 'call', id, playbook, inputs: given };
  const main: Playbook = {
    name: program.main.name,
    inputs: [],
    defaults: {},
    steps: program.main.steps.map((step) => (step === call ? plain : step)),
  };
  const callees = program.callees.map(
    (one): Playbook =>
      one.name === playbook
        ? { name: one.name, inputs: one.inputs, defaults: {}, steps: withoutStops(one.steps) }
        : one,
  );
  // What was dropped may have held steps that others name.
  const before = repair({ ...program, main, callees });
  const callee = before.callees.find((one) => one.name === playbook);
  const inputsOf = before.main.steps.find((step) => step.id === id);
  if (!callee || inputsOf?.kind !== 'call') return undefined;
  const name = (id: string): string => `y${id}`;
  const inputs = (source: Source): readonly Source[] =>
    source.from === 'input' ? (inputsOf.inputs[source.name] ?? [source]) : [source];
  const body = callee.steps.map((one) => withInputs(withIds(one, name), inputs));
  const steps = before.main.steps.flatMap((step) => (step === inputsOf ? body : [step]));
  return {
    before,
    program: { ...before, main: { ...before.main, steps } },
    pathOf: (path) => (path.startsWith(`${id}/`) ? renamePath(path.slice(id.length + 1), name) : path),
  };
}

/** The first step of a path is renamed; what it calls keeps its names. */
function renamePath(path: string, name: (id: string) => string): string {
  const [first = '', ...rest] = path.split('/');
  return [name(first), ...rest].join('/');
}

function withoutStops(steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => {
    const inner = mapLists(step, withoutStops);
    return inner.kind === 'stop' ? { kind: 'manual', id: inner.id, ...(inner.when && { when: inner.when }) } : inner;
  });
}

function withIds(step: Step, name: (id: string) => string): Step {
  const list = (steps: readonly Step[]): readonly Step[] => steps.map((one) => withIds(one, name));
  const source = (one: Source): Source =>
    one.from === 'output'
      ? { ...one, step: name(one.step) }
      : one.from === 'item'
        ? { ...one, name: name(one.name) }
        : one;
  const condition = (one: Condition): Condition => (one.from === 'output' ? { ...one, step: name(one.step) } : one);
  const over = (one: ListSource): ListSource => (one.from === 'output' ? { ...one, step: name(one.step) } : one);
  const inner = mapLists(step, list);
  const base = { id: name(step.id), ...(step.when && { when: condition(step.when) }) };
  switch (inner.kind) {
    case 'action':
      return { ...inner, ...base, x: inner.x.map(source) };
    case 'gate':
      return { ...inner, ...base, grants: inner.grants.map(name) };
    case 'if':
      return { ...inner, ...base, condition: condition(inner.condition) };
    case 'switch':
      return { ...inner, ...base, on: name(inner.on) };
    case 'for-each':
      return { ...inner, ...base, item: name(inner.item), in: over(inner.in) };
    case 'call': {
      const inputs = Object.fromEntries(Object.entries(inner.inputs).map(([key, one]) => [key, one.map(source)]));
      return { ...inner, ...base, inputs };
    }
    default:
      return { ...inner, ...base };
  }
}

function withInputs(step: Step, inputs: (source: Source) => readonly Source[]): Step {
  const inner = mapLists(step, (steps) => steps.map((one) => withInputs(one, inputs)));
  if (inner.kind === 'action') return { ...inner, x: inner.x.flatMap(inputs) };
  if (inner.kind !== 'call') return inner;
  const given = Object.fromEntries(Object.entries(inner.inputs).map(([key, one]) => [key, one.flatMap(inputs)]));
  return { ...inner, inputs: given };
}
