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
  /** Whether all branches of a parallel step begin before one goes on, so that time can pass. */
  readonly together: boolean;
}

const VARIANTS: readonly Variant[] = [false, true].flatMap((together) =>
  (['as long as may be', 'at once', 'for ever'] as const).flatMap((time) =>
    (['failed-after', 'failed'] as const).map((failing) => ({ failing, time, together })),
  ),
);
const FOR_EVER = 1e12;

/** Why a counterexample could not be acted out. */
export type Unplayable =
  | 'without a policy nobody approves'
  | 'a gate without a timeout does not time out'
  | 'the act is reached, and covered'
  | 'the path is not followed to its end';

/** What came of acting a counterexample out. */
export type ActedOut = { readonly violation: Violation } | { readonly unplayable: Unplayable };

/**
 * Acts a counterexample out: runs the program along `witness` and looks whether the act `target` is executed without what it
 * needs. What a witness leaves open, such as how long things take, is tried in a few ways.
 */
export function actOut(
  program: Program,
  monitorOf: MonitorOf,
  target: { readonly step: string; readonly tool: string },
  witness: readonly WitnessStep[],
): ActedOut {
  const places = placesFor(program, witness);
  const branches = places.branchOf.size > 0;
  let reached = false;
  for (const variant of VARIANTS) {
    if (variant.together && !branches) break;
    const monitor = monitorOf();
    let executed = false;
    const guide = guided(target, witness, variant, places);
    interpret(program, guide, (event) => {
      guide.see(event);
      monitor.see(event);
      executed ||= event.kind === 'executed' && event.at === target.step && guide.atEnd();
    });
    const found = monitor.violations.find((one) => one.at === target.step && one.tool === target.tool);
    if (found) return { violation: found };
    reached ||= executed;
  }
  if (!program.policy && witness.some((one) => one.edge === 'approved'))
    return { unplayable: 'without a policy nobody approves' };
  if (witness.some((one) => one.edge === 'timed-out' && places.endless.has(one.step)))
    return { unplayable: 'a gate without a timeout does not time out' };
  return { unplayable: reached ? 'the act is reached, and covered' : 'the path is not followed to its end' };
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
  const guide = guided(target, witness, variant, placesFor(program, witness));
  interpret(program, guide, (event) => {
    guide.see(event);
    trail.push(describe(event));
  });
  return trail;
}

/** What of the program a guide needs to know. */
interface Places {
  /** How many items each list needs for the loops of the witness, by where the list comes from. */
  readonly lengths: ReadonlyMap<string, number>;
  /** The branch of a parallel step that a step is in, by the paths of both. */
  readonly branchOf: ReadonlyMap<string, string>;
  /** Gates that wait for ever. */
  readonly endless: ReadonlySet<string>;
}

function placesFor(program: Program, witness: readonly WitnessStep[]): Places {
  const branchOf = new Map<string, string>();
  const endless = new Set<string>();
  const sources = new Map<string, string>();
  const survey = (playbook: Playbook, prefix: string): void => {
    for (const step of everyStep(playbook.steps)) {
      if (step.kind === 'for-each' && step.in.from !== 'constant') {
        const source = step.in.from === 'alert' ? `alert.${step.in.entities}` : prefix + step.in.step;
        sources.set(prefix + step.id, source);
      }
      if (step.kind === 'gate' && step.stands === undefined) endless.add(prefix + step.id);
      if (step.kind === 'parallel') {
        for (const { name, steps } of step.branches) {
          for (const inner of everyStep(steps)) branchOf.set(`${prefix}${step.id} ${prefix}${inner.id}`, name);
        }
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
  return { lengths, branchOf, endless };
}

/** The step at path `step`, or the call that leads to it, in the playbook that the step at path `beside` is in. */
function stepIn(step: string, beside: string): string {
  const prefix = beside.slice(0, beside.lastIndexOf('/') + 1);
  if (!step.startsWith(prefix)) return '';
  const end = step.indexOf('/', prefix.length);
  return end < 0 ? step : step.slice(0, end);
}

interface Guide extends Adversary {
  see(event: Event): void;
  /** Whether every step of the witness was left. */
  atEnd(): boolean;
}

/** An adversary that goes the way of `witness` and, where it says nothing, the way that gets on. */
function guided(
  target: { readonly step: string; readonly tool: string },
  witness: readonly WitnessStep[],
  variant: Variant,
  places: Places,
): Guide {
  let next = 0;
  const begun = new Set<string>();
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
    atEnd: () => next >= witness.length,
    see: (event) => {
      if (event.kind !== 'left') return;
      // A step that is ended from outside is not left; what ends it is told of the step around it.
      const edge = witness[next]?.edge;
      if (edge === 'overrun' && event.edge === 'overrun') next++;
      else if (edge === 'cut-off' && event.at === witness[next + 1]?.step) next++;
      if (event.at === witness[next]?.step) next++;
    },
    choose: (at, options) => {
      if (options[0]?.endsWith(' items')) return places.lengths.get(at) ?? 1;
      if (options[0] === 'end') return at === target.step ? find(options, `call ${target.tool}`) : 0;
      if (options[0] === 'go on') return witness[next]?.edge === 'overrun' ? options.indexOf('overrun') : 0;
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
    // The branch with the next step of the witness goes on; then the one with the act.
    schedule: (at, branches) => {
      if (variant.together) {
        const waiting = branches.findIndex((branch) => !begun.has(`${at} ${branch}`));
        begun.add(`${at} ${branches[waiting]}`);
        if (waiting >= 0) return waiting;
      }
      if (witness[next]?.edge === 'cut-off') {
        const ended = places.branchOf.get(`${at} ${stepIn(witness[next]?.step ?? '', at)}`);
        const other = branches.findIndex((branch) => branch !== ended);
        if (ended !== undefined && other >= 0) return other;
      }
      for (let index = next; index <= witness.length; index++) {
        const step = witness[index]?.step ?? target.step;
        const branch = places.branchOf.get(`${at} ${stepIn(step, at)}`);
        const found = branch === undefined ? -1 : branches.indexOf(branch);
        if (found >= 0) return found;
      }
      return 0;
    },
  };
}
