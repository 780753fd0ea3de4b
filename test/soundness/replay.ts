import { describe, type Event } from './events.js';
import { type Adversary, ENDS, interpret } from './interpret.js';
import type { MonitorOf, Violation } from './monitor.js';
import { everyStep, type Playbook, type Program } from './playbook.js';

/** A step of a counterexample, and how it is left. */
export interface WitnessStep {
  readonly step: string;
  readonly edge: string;
}

/** What of a counterexample's run its steps do not say. */
interface Variant {
  readonly failing: 'failed' | 'failed-after';
  readonly time: 'at once' | 'as long as may be' | 'for ever';
}

const VARIANTS: readonly Variant[] = (['as long as may be', 'at once', 'for ever'] as const).flatMap((time) =>
  (['failed-after', 'failed'] as const).map((failing) => ({ failing, time })),
);
const FOR_EVER = 1e12;

/**
 * Acts a counterexample out: runs the program along `witness` and looks whether the act `tool` at path `at` is executed
 * without what it needs. Returns that violation, or `undefined` when the path cannot be followed to it.
 */
export function actOut(
  program: Program,
  monitorOf: MonitorOf,
  target: { readonly step: string; readonly tool: string },
  witness: readonly WitnessStep[],
): Violation | undefined {
  const lengths = lengthsFor(program, witness);
  for (const variant of VARIANTS) {
    const monitor = monitorOf();
    const guide = guided(target, witness, variant, lengths);
    interpret(program, guide, (event) => {
      guide.see(event);
      monitor.see(event);
    });
    const found = monitor.violations.find((one) => one.at === target.step && one.tool === target.tool);
    if (found) return found;
  }
  return undefined;
}

/** The trail of the run along `witness`, for people. */
export function trailAlong(
  program: Program,
  target: { readonly step: string; readonly tool: string },
  witness: readonly WitnessStep[],
): readonly string[] {
  const variant = VARIANTS[0];
  if (!variant) return [];
  const trail: string[] = [];
  const guide = guided(target, witness, variant, lengthsFor(program, witness));
  interpret(program, guide, (event) => {
    guide.see(event);
    trail.push(describe(event));
  });
  return trail;
}

/** How many items each list needs for the loops of the witness, by where the list comes from. */
function lengthsFor(program: Program, witness: readonly WitnessStep[]): ReadonlyMap<string, number> {
  const sources = new Map<string, string>();
  const survey = (playbook: Playbook, prefix: string): void => {
    for (const step of everyStep(playbook.steps)) {
      if (step.kind === 'for-each' && step.in.from !== 'constant') {
        const source = step.in.from === 'alert' ? `alert.${step.in.entities}` : prefix + step.in.step;
        sources.set(prefix + step.id, source);
      }
      const callee = step.kind === 'call' && program.callees.find((one) => one.name === step.playbook);
      if (callee) survey(callee, `${prefix}${step.id}/`);
    }
  };
  survey(program.main, '');
  const lengths = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { step, edge } of witness) {
    const source = sources.get(step);
    if (source === undefined) continue;
    const count = edge === 'item' ? (counts.get(step) ?? 0) + 1 : 0;
    counts.set(step, count);
    lengths.set(source, Math.max(lengths.get(source) ?? 0, count));
  }
  return lengths;
}

/** An adversary that goes the way of `witness` and, where it says nothing, the way that gets on. */
function guided(
  target: { readonly step: string; readonly tool: string },
  witness: readonly WitnessStep[],
  variant: Variant,
  lengths: ReadonlyMap<string, number>,
): Adversary & { see(event: Event): void } {
  let next = 0;
  /** How the witness leaves the step at `at` the next time. */
  const edgeAt = (at: string): string | undefined => {
    for (let index = next; index < witness.length; index++) {
      if (witness[index]?.step === at) return witness[index]?.edge;
    }
    return undefined;
  };
  const find = (options: readonly string[], ...names: readonly (string | undefined)[]): number => {
    for (const name of names) {
      const index = options.findIndex((option) => option === name || option === name + ENDS);
      if (name !== undefined && index >= 0) return index;
    }
    return 0;
  };
  return {
    see: (event) => {
      if (event.kind === 'left' && event.at === witness[next]?.step) next++;
    },
    choose: (at, options) => {
      if (options[0]?.endsWith(' items')) return Math.min(lengths.get(at) ?? 1, options.length - 1);
      if (options[0] === 'end') return at === target.step ? find(options, `call ${target.tool}`) : 0;
      const edge = edgeAt(at);
      if (edge === undefined) return find(options, 'run', 'ok', 'approved');
      if (edge.startsWith('failed') || edge === 'retry') {
        const failing = edge === 'failed-after' || edge === 'retry' ? 'failed-after' : variant.failing;
        if (options[0] === 'run') return find(options, 'unable', failing === 'failed' ? 'failed' : 'run');
        return find(options, failing, 'rejected', 'approved');
      }
      return find(options, edge, 'run', 'ok', 'approved');
    },
    when: (from, to) => {
      if (variant.time === 'at once') return from;
      if (to !== Number.POSITIVE_INFINITY) return to;
      return variant.time === 'for ever' ? from + FOR_EVER : from;
    },
    schedule: (_at, steps) => {
      for (let index = next; index < witness.length; index++) {
        const standing = steps.indexOf(witness[index]?.step ?? '');
        if (standing >= 0) return standing;
      }
      const own = steps.indexOf(target.step);
      return Math.max(own, 0);
    },
  };
}
