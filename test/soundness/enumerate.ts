import { scripted } from './adversary.js';
import { interpret } from './interpret.js';
import { monitorOf, type Violation } from './monitor.js';
import { type GateStep, mapLists, type Playbook, type Policy, type Program, type Step } from './playbook.js';

/**
 * Every playbook of a few steps over a small alphabet, one act each, enumerated. With a playbook this small every choice of
 * the adversary can be enumerated, too, so that the analysis is held to both sides: nothing proven that happens, nothing
 * violated that cannot happen.
 */

const MINUTE = 60_000;
const POLICY: Policy = { name: 'open', ceilings: [], alwaysGate: [] };
const ACT: Step = { kind: 'action', id: 'a', tool: 't.suspend', x: [{ from: 'alert' }], timeout: MINUTE };
const GATE: GateStep = { kind: 'gate', id: '', grants: ['a'], stands: MINUTE };
const WHEN = { from: 'alert' } as const;

/** The letters: steps without steps inside. */
const LETTERS: { readonly [letter: string]: Step } = {
  act: ACT,
  'act that goes on': { ...ACT, onError: { then: 'continue', steps: [] } },
  'act with two attempts': { ...ACT, retry: { attempts: 2 } },
  'input of the act': { kind: 'action', id: 'r', tool: 't.look', x: [{ from: 'alert' }], timeout: MINUTE },
  gate: GATE,
  'gate that goes on when rejected': { ...GATE, onReject: { then: 'continue', steps: [] } },
  'gate that goes on when it fails': { ...GATE, onError: { then: 'continue', steps: [] } },
  'guarded gate': { ...GATE, when: WHEN },
  'gate for two uses': { ...GATE, uses: 2 },
  'gate that expires': { ...GATE, expires: 5.5 * MINUTE },
  wait: { kind: 'manual', id: '', timeout: 10 * MINUTE },
  stop: { kind: 'stop', id: '', outcome: 'completed' },
};

/** Every program of exactly `size` steps with one act in it. */
export function* enumerate(size: number): Generator<Program> {
  for (const steps of lists(size)) {
    const all = steps.flatMap(flat);
    if (all.filter((step) => step.id === 'a').length !== 1 || all.filter((step) => step.id === 'r').length > 1)
      continue;
    // What has an act and nothing of authority in it is one case, and told by any of its forms.
    yield numbered(steps);
  }
}

function flat(step: Step): readonly Step[] {
  const inner: Step[] = [];
  mapLists(step, (list) => {
    inner.push(...list.flatMap(flat));
    return list;
  });
  return [step, ...inner];
}

function* lists(size: number): Generator<readonly Step[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let first = 1; first <= size; first++) {
    for (const step of stepsOf(first)) {
      for (const rest of lists(size - first)) yield [step, ...rest];
    }
  }
}

function* stepsOf(size: number): Generator<Step> {
  if (size === 1) {
    yield* Object.values(LETTERS);
    return;
  }
  for (const inner of lists(size - 1)) {
    yield { kind: 'if', id: '', condition: WHEN, then: inner };
    yield { kind: 'for-each', id: '', item: '', in: { from: 'alert', entities: 'users' }, max: 2, steps: inner };
  }
  for (let left = 1; left < size - 1; left++) {
    for (const one of lists(left)) {
      for (const other of lists(size - 1 - left)) {
        const branches = [
          { name: 'b1', steps: one },
          { name: 'b2', steps: other },
        ];
        yield { kind: 'parallel', id: '', join: 'all', branches };
        yield { kind: 'parallel', id: '', join: 'any', branches };
      }
    }
  }
}

/** Gives the steps their ids, the loops their items and lists, and the act its input where there is one before it. */
function numbered(steps: readonly Step[]): Program {
  let count = 0;
  let hasInput = false;
  const name = (list: readonly Step[]): readonly Step[] =>
    list.map((step): Step => {
      if (step.id === 'r') hasInput = true;
      if (step.id === 'a' && step.kind === 'action' && hasInput) return { ...step, x: [{ from: 'output', step: 'r' }] };
      if (step.id !== '') return step;
      const id = `s${++count}`;
      const named: Step = step.kind === 'for-each' ? { ...step, id, item: `it${count}` } : { ...step, id };
      return mapLists(named, name);
    });
  const main: Playbook = { name: 'main', inputs: [], defaults: {}, steps: name(steps) };
  return { main, callees: [], policy: POLICY };
}

/** What all runs of a small program together show of its act. */
export interface Outcome {
  readonly violation: Violation | undefined;
  readonly runs: number;
  /** Whether every run was made. */
  readonly complete: boolean;
}

/**
 * Runs `program` in every way: each way a step may end, each branch, up to two items, each order of parallel branches, all
 * waits as long as they may be. People do not modify, and which of them answers is left open: neither matters to one gate's
 * approval of one act. Stops at the first violation, and after `most` runs.
 */
export function everyRun(program: Program, most: number): Outcome {
  const monitor = monitorOf(program);
  let script: number[] = [];
  for (let runs = 1; runs <= most; runs++) {
    const widths: number[] = [];
    const watch = monitor();
    interpret(program, scripted(script, 'as long as may be', widths), watch.see);
    const [violation] = watch.violations;
    if (violation) return { violation, runs, complete: false };
    // The next script in order: the last choice that has another option takes it, and what came after starts afresh.
    let at = widths.length - 1;
    while (at >= 0 && (script[at] ?? 0) + 1 >= (widths[at] ?? 1)) at--;
    if (at < 0) return { violation: undefined, runs, complete: true };
    script = Array.from({ length: at + 1 }, (_, index) => script[index] ?? 0);
    script[at] = (script[at] ?? 0) + 1;
  }
  return { violation: undefined, runs: most, complete: false };
}
