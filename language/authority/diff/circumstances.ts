import type { Step } from '../../model/playbook.js';
import type { Frame } from '../boundary.js';
import type { Edge } from '../graph.js';
import { canonicalExpression, type Naming, standingAt } from './canonical.js';
import { type Clause, clausesOf, eventClause } from './clause.js';
import { successesOf } from './endings.js';
import { type MustPass, mustPassOf } from './must-pass.js';

/**
 * When a step runs at all: the conditions that hold, what people did or decided before, and what failed, on every path to
 * it. For a step of a called playbook those of the call count as well.
 */
export function circumstancesOf(naming: Naming): (frame: Frame, step: Step) => readonly Clause[] {
  const made = new Map<Frame, MustPass>();
  const passIn = (frame: Frame): MustPass => {
    const passed = made.get(frame) ?? mustPassOf(frame.flow);
    made.set(frame, passed);
    return passed;
  };
  const at = (frame: Frame, edge: Edge): readonly Clause[] => {
    const step = frame.flow.graph.nodes[edge.from]?.step;
    const called = step?.kind === 'call' && edge.kind === 'ok' ? naming.side.calleeAt(frame, step) : undefined;
    return [...clausesAt(frame, edge, naming), ...(called ? afterCall(called) : [])];
  };
  /** What is so once a called playbook has ended well. */
  const afterCall = (frame: Frame): readonly Clause[] => {
    const ends = successesOf(frame.flow, frame.loaded.playbook.steps);
    return passIn(frame)
      .toAnyOf(ends)
      .flatMap((edge) => at(frame, edge));
  };
  const of = (frame: Frame, step: Step): readonly Clause[] => {
    const outer = frame.calledAt ? of(frame.calledAt.frame, frame.calledAt.step) : triggerOf(frame, naming);
    return [
      ...outer,
      ...passIn(frame)
        .to(step)
        .flatMap((edge) => at(frame, edge)),
      ...guardOf(frame, step, naming),
    ];
  };
  return of;
}

/** What starts the playbook. */
function triggerOf(frame: Frame, naming: Naming): readonly Clause[] {
  const { trigger } = frame.loaded.playbook;
  const of = trigger?.class?.value ?? 'detection_finding';
  return [
    eventClause(`alert of ${of}`, `alerts of ${of}`),
    ...(trigger?.when ? clausesOf(trigger.when, { frame, loops: [], naming }) : []),
  ];
}

function guardOf(frame: Frame, step: Step, naming: Naming): readonly Clause[] {
  return step.when ? clausesOf(step.when, standingAt(frame, step, naming)) : [];
}

/** What is so once a step was left by an edge. */
function clausesAt(frame: Frame, edge: Edge, naming: Naming): readonly Clause[] {
  const step = frame.flow.graph.nodes[edge.from]?.step;
  if (!step) return [];
  const name = naming.nameOf(`${frame.prefix}${step.id.value}`);
  const event = (what: string, words: string): Clause => eventClause(`${what} ${name}`, words);
  const id = `"${frame.prefix}${step.id.value}"`;
  const own = ownClauses(frame, edge, step, naming, event, id);
  // A step is left otherwise than skipped only when its guard was met. It may also fail over the guard itself.
  return edge.kind === 'skipped' || edge.kind === 'failed' || own === undefined
    ? (own ?? [])
    : [...guardOf(frame, step, naming), ...own];
}

/** `undefined`: that it was left so says nothing about authority. */
function ownClauses(
  frame: Frame,
  edge: Edge,
  step: Step,
  naming: Naming,
  event: (what: string, words: string) => Clause,
  id: string,
): readonly Clause[] | undefined {
  const at = standingAt(frame, step, naming);
  switch (edge.kind) {
    case 'branch':
      if (step.kind === 'if') {
        return step.condition
          ? clausesOf(step.condition, at, edge.branch === 'else')
          : [event(`branch ${edge.branch}`, `${id} goes to "${edge.branch}"`)];
      }
      if (step.kind === 'switch' && step.on) {
        const { on, cases } = step;
        const value = canonicalExpression(on, at);
        // As good as `if: x == 'case'`.
        const equals = (given: string | number | boolean, negated: boolean): Clause => ({
          any: [{ kind: 'in', value, set: new Set([JSON.stringify(given)]), negated }],
          shown: `${on.parsed.text.trim()} ${negated ? '!=' : '=='} ${JSON.stringify(given)}`,
        });
        if (edge.branch === 'default') return cases.map((one) => equals(one.value.value, true));
        const chosen = cases.find((one) => String(one.value.value) === edge.branch);
        return chosen ? [equals(chosen.value.value, false)] : [];
      }
      return step.kind === 'parallel' ? [] : [event(`branch ${edge.branch}`, `${id} goes to "${edge.branch}"`)];
    case 'skipped':
      return step.when ? clausesOf(step.when, at, true) : [];
    case 'item':
    case 'entered':
    case 'done':
    case 'joined':
      return [];
    case 'approved':
    case 'rejected':
    case 'timed-out':
      return [event(edge.kind, `${id} was ${edge.kind === 'timed-out' ? 'not answered' : edge.kind}`)];
    case 'failed':
      return [event('failed', `${id} failed`)];
    case 'ok':
      return step.kind === 'manual' ? [event('done', `a person did ${id}`)] : undefined;
    default:
      return undefined;
  }
}
