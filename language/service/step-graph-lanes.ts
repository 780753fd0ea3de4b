import type { Handler, Step } from '../model/playbook.js';

/** Steps that follow one another in a step, or the way that passes by all of those. */
export interface Lane {
  /** The key or the name that leads here: `then`, a case's value, a branch's name, `on-reject`. */
  readonly name: string;
  /** `straight`: the way on for a step that has only handlers. `called`: the steps of a called playbook. */
  readonly kind: 'branch' | 'body' | 'handler' | 'straight' | 'called';
  readonly steps: readonly Step[];
  /** What comes behind the last step: whatever follows, the next item, the end of the run, or nothing at all. */
  readonly end: 'goes-on' | 'repeats' | 'ends' | 'closed';
}

/**
 * What stands in a step, side by side: branches without steps, too, since a run can take them. A handler that only stops
 * the run, as all do of which nothing is said, is left out, and so is one that only goes on after an error: that leads
 * nowhere else. Going on after a rejection or silence is a way of its own.
 *
 * @param called whether the steps of a called playbook are drawn, so that the way on leads through them
 */
export function lanesOf(step: Step, called = false): readonly Lane[] {
  const inner = innerLanes(step);
  const handlers = handlersOf(step).flatMap(([name, handler]) => handlerLane(name, handler));
  if (inner.length > 0 || called || handlers.length === 0) return [...inner, ...handlers];
  const name = step.kind === 'gate' ? 'approved' : 'ok';
  return [{ name, kind: 'straight', steps: [], end: step.kind === 'stop' ? 'closed' : 'goes-on' }, ...handlers];
}

/** Whether a run can come out behind the last of these steps. */
export function listGoesOn(steps: readonly Step[]): boolean {
  return steps.every(stepGoesOn);
}

function stepGoesOn(step: Step): boolean {
  if (step.when) return true;
  if (handlersOf(step).some(([, { steps, then }]) => then === 'continue' && listGoesOn(steps))) return true;
  switch (step.kind) {
    case 'stop':
      return false;
    case 'if':
    case 'switch':
      return innerLanes(step).some(({ steps }) => listGoesOn(steps));
    case 'parallel':
      return step.branches.length === 0 || step.branches.some(({ steps }) => listGoesOn(steps));
    case 'action':
    case 'agent':
    case 'gate':
    case 'manual':
    case 'call':
    case 'for-each':
      return true;
  }
}

function innerLanes(step: Step): readonly Lane[] {
  const branch = (name: string, steps: readonly Step[]): Lane => ({
    name,
    kind: 'branch',
    steps,
    end: listGoesOn(steps) ? 'goes-on' : 'closed',
  });
  switch (step.kind) {
    case 'if':
      return [branch('then', step.then), branch('else', step.else)];
    case 'switch':
      return [
        ...step.cases.map(({ value, steps }) => branch(String(value.value), steps)),
        ...(step.default ? [branch('default', step.default)] : []),
      ];
    case 'parallel':
      return step.branches.map(({ name, steps }) => branch(name.value, steps));
    case 'for-each': {
      const end = !listGoesOn(step.steps) ? 'closed' : step.max === 1 ? 'goes-on' : 'repeats';
      return [{ name: 'each item', kind: 'body', steps: step.steps, end }];
    }
    case 'action':
    case 'agent':
    case 'gate':
    case 'manual':
    case 'call':
    case 'stop':
      return [];
  }
}

function handlersOf(step: Step): readonly (readonly [name: string, handler: Handler])[] {
  const own: readonly (readonly [string, Handler])[] =
    step.kind === 'gate'
      ? [
          ['on-reject', step.onReject],
          ['on-timeout', step.onTimeout],
        ]
      : [];
  return [...own, ['on-error', step.onError]];
}

function handlerLane(name: string, { steps, then }: Handler): readonly Lane[] {
  if (steps.length === 0 && (then === 'stop' || name === 'on-error')) return [];
  const end = !listGoesOn(steps) ? 'closed' : then === 'continue' ? 'goes-on' : 'ends';
  return [{ name, kind: 'handler', steps, end }];
}
