import type { Step } from '../../model/playbook.js';
import { canonicalArguments, canonicalExpression, canonicalTemplate, type Naming, standingAt } from './canonical.js';
import type { PlacedStep, Side } from './side.js';

/** What the steps of two sides are called when they are compared: those that are the same step have the same name. */
export interface Matching {
  readonly base: Naming;
  readonly head: Naming;
}

/**
 * Finds which steps of two sides are the same one. By id, as long as kind and tool are the same; of the rest those that say
 * the same, wherever they went and whatever they are called now, so that a renamed, moved or inlined step is no change; of
 * the rest those of one kind in the same place. Names are paths of the base; a step that only `head` has, has one of its own.
 *
 * @param roles names of roles in the base by those in the head, where they differ
 */
export function matchSteps(base: Side, head: Side, roles: ReadonlyMap<string, string>): Matching {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const pair = (one: PlacedStep, other: PlacedStep): void => {
    names.set(other.path, one.path);
    taken.add(one.path);
  };
  for (const [path, other] of head.stepAt) {
    const one = base.stepAt.get(path);
    if (one && kindOf(one.step) === kindOf(other.step)) pair(one, other);
  }
  const ids = new Map<string, string>();
  const keysOf = (side: Side, known: (path: string) => string | undefined): Keys => fingerprints(side, known, ids);
  const baseKeys = keysOf(base, (path) => (taken.has(path) ? path : undefined));
  const headKeys = keysOf(head, (path) => names.get(path));
  // What was matched by then is part of what the rest is told by, so it may be looked at only once.
  const rest = (): readonly [readonly PlacedStep[], readonly PlacedStep[]] => [
    base.steps.filter((one) => !taken.has(one.path) && base.stepAt.get(one.path) === one),
    head.steps.filter((one) => !names.has(one.path) && head.stepAt.get(one.path) === one),
  ];
  for (const keyOf of ['placed', 'said'] as const) {
    const [ours, theirs] = rest();
    pairInOrder(ours, theirs, baseKeys[keyOf], headKeys[keyOf], pair);
  }
  const [ours, theirs] = rest();
  const placeIn =
    (nameOf: (path: string) => string | undefined) =>
    ({ frame, step }: PlacedStep): string => {
      const place = frame.flow.structure.placeOf.get(step);
      const parent = place?.parent && nameOf(`${frame.prefix}${place.parent.id.value}`);
      return `${frame.prefix} ${parent ?? ''} ${place?.edge ?? ''} ${kindOf(step)}`;
    };
  pairInOrder(
    ours,
    theirs,
    placeIn((path) => path),
    placeIn((path) => names.get(path)),
    pair,
    true,
  );
  return {
    base: { side: base, nameOf: (path) => path },
    head: {
      side: head,
      nameOf: (path) => names.get(path) ?? `new ${path}`,
      inputNameOf: inputNames(base, head),
      roleNameOf: (name) => roles.get(name) ?? name,
    },
  };
}

/** Inputs of the same schema, one of which is gone and one new, are the same input by another name. */
function inputNames(base: Side, head: Side): (name: string) => string {
  const [was, is] = [base, head].map(({ loaded }) => loaded.playbook.inputs?.properties ?? {});
  const schemas = (own: object = {}, other: object = {}): readonly (readonly [string, string])[] =>
    Object.entries(own)
      .filter(([name]) => !Object.hasOwn(other, name))
      .map(([name, schema]) => [name, JSON.stringify({ ...schema, description: undefined, title: undefined })]);
  const [gone, fresh] = [schemas(was, is), schemas(is, was)];
  const names = new Map<string, string>();
  for (const [name, schema] of fresh) {
    const same = gone.filter((one) => one[1] === schema);
    const [only] = same;
    if (only && same.length === 1 && fresh.filter((one) => one[1] === schema).length === 1) names.set(name, only[0]);
  }
  return (name) => names.get(name) ?? name;
}

function kindOf(step: Step): string {
  return step.kind === 'action' ? `action ${step.tool.value}` : step.kind;
}

/** Pairs what has the same key, in order. `exact`: only where there are as many on both sides. */
function pairInOrder(
  ours: readonly PlacedStep[],
  theirs: readonly PlacedStep[],
  ourKey: (one: PlacedStep) => string,
  theirKey: (one: PlacedStep) => string,
  pair: (one: PlacedStep, other: PlacedStep) => void,
  exact = false,
): void {
  const grouped = new Map<string, PlacedStep[]>();
  for (const one of ours) grouped.set(ourKey(one), [...(grouped.get(ourKey(one)) ?? []), one]);
  const waiting = new Map<string, PlacedStep[]>();
  for (const other of theirs) waiting.set(theirKey(other), [...(waiting.get(theirKey(other)) ?? []), other]);
  for (const [key, others] of waiting) {
    const same = grouped.get(key) ?? [];
    if (exact && same.length !== others.length) continue;
    for (const [index, other] of others.entries()) {
      const one = same[index];
      if (one) pair(one, other);
    }
  }
}

interface Keys {
  /** What a step says. */
  readonly said: (one: PlacedStep) => string;
  /** What a step says, and what the steps around it say. */
  readonly placed: (one: PlacedStep) => string;
}

/** @param ids short names of what steps say, shared by both sides */
function fingerprints(side: Side, known: (path: string) => string | undefined, ids: Map<string, string>): Keys {
  const made = new Map<string, string>();
  const short = (said: string): string => {
    const id = ids.get(said) ?? `said ${ids.size}`;
    ids.set(said, id);
    return id;
  };
  const nameOf = (path: string): string => {
    const before = known(path) ?? made.get(path);
    if (before !== undefined) return before;
    const placed = side.stepAt.get(path);
    if (!placed) return 'no step';
    // A step that leads back to itself.
    made.set(path, 'itself');
    const name = short(sayingOf(placed, naming));
    made.set(path, name);
    return name;
  };
  const naming: Naming = { side, nameOf };
  const placed = ({ frame, step, path }: PlacedStep): string => {
    const around: string[] = [];
    for (let inner: Step | undefined = step; inner; ) {
      const place = frame.flow.structure.placeOf.get(inner);
      if (place?.parent) around.push(`${nameOf(`${frame.prefix}${place.parent.id.value}`)} ${place.edge}`);
      inner = place?.parent;
    }
    return `${nameOf(path)} in ${around.join(' in ')}`;
  };
  return { said: ({ path }) => nameOf(path), placed };
}

/** What a step says, but for its id, its title and what others say of it. */
function sayingOf({ frame, step }: PlacedStep, naming: Naming): string {
  const at = standingAt(frame, step, naming);
  const nameOf = (id: string): string => naming.nameOf(`${frame.prefix}${id}`);
  const said = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join(' | ');
  const guard = step.when && `when ${canonicalExpression(step.when, at)}`;
  const given = (step.kind === 'action' || step.kind === 'call' ? canonicalArguments(step.with, at) : []).map(
    ([name, value]) => `${name}: ${value}`,
  );
  switch (step.kind) {
    case 'action':
      return said('action', step.tool.value, ...given, guard);
    case 'agent':
      return said('agent', canonicalTemplate(step.goal, at), ...step.tools.map(({ tool }) => tool.value).sort(), guard);
    case 'gate': {
      const grants = step.grants.map(({ value }) => nameOf(value)).sort();
      const roles = step.approval.roles.map(({ value }) => value).sort();
      return said('gate', canonicalTemplate(step.ask, at), ...grants, ...roles, guard);
    }
    case 'manual':
      return said('manual', canonicalTemplate(step.task, at), step.role?.value, guard);
    case 'if':
      return said('if', step.condition && canonicalExpression(step.condition, at), guard);
    case 'switch':
      return said('switch', step.on && canonicalExpression(step.on, at), guard);
    case 'for-each':
      return said('for-each', step.in && canonicalExpression(step.in, at), guard);
    case 'parallel':
      return said('parallel', step.join.value, ...step.branches.map(({ name }) => name.value).sort(), guard);
    case 'call':
      return said('call', frame.loaded.calls.get(step)?.uri, ...given, guard);
    case 'stop':
      return said('stop', step.outcome.value, guard);
  }
}
