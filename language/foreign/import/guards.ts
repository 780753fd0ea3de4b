import type { ForeignEdge, ForeignStep } from '../model.js';

/** A step and the edges that lead on from it. */
export interface GuardedStep {
  readonly step: ForeignStep;
  readonly edges: readonly ForeignEdge[];
}

/**
 * The steps of a playbook, with a step of its own before what is done only if a condition holds, whatever becomes of the rest. Products
 * write such a condition at an edge, and have no step for it; in ours it takes one. Those added come last, so indices stay.
 */
export function withGuards(steps: readonly ForeignStep[]): readonly GuardedStep[] {
  const guarded: { step: ForeignStep; edges: readonly ForeignEdge[] }[] = steps.map((step) => ({
    step,
    edges: step.edges,
  }));
  for (const [at, { step }] of guarded.entries()) {
    if (!step.edges.some(isGuarded)) continue;
    const conditions = conditionsOf(step.edges);
    const [only] = conditions;
    // A step that does nothing but ask this is such a step already.
    if (only && conditions.length === 1 && step.does.kind === 'flow' && step.edges.every(isGuarded)) {
      guarded[at] = { step, edges: waysOf(only) };
      continue;
    }
    const edges = step.edges.filter((edge) => !isGuarded(edge));
    for (const [index, condition] of conditions.entries()) {
      const [{ kind }] = condition;
      edges.push({ to: guarded.length, kind, alone: true });
      const own: ForeignStep = {
        id: conditions.length === 1 ? `${step.id}, condition` : `${step.id}, condition ${index + 1}`,
        uri: step.uri,
        range: step.range,
        does: { kind: 'flow' },
        join: 'any',
        edges: waysOf(condition),
        part: true,
      };
      guarded.push({ step: own, edges: own.edges });
    }
    guarded[at] = { step, edges };
  }
  return guarded;
}

function isGuarded({ alone, when }: ForeignEdge): boolean {
  return alone === true && when !== undefined;
}

type Condition = readonly [ForeignEdge, ...ForeignEdge[]];

/** The edges that ask the same. */
function conditionsOf(edges: readonly ForeignEdge[]): readonly Condition[] {
  const conditions = new Map<string, [ForeignEdge, ...ForeignEdge[]]>();
  for (const edge of edges) {
    if (!isGuarded(edge)) continue;
    const key = `${edge.kind} ${edge.person?.says ?? ''} ${edge.when}`;
    const known = conditions.get(key);
    if (known) known.push(edge);
    else conditions.set(key, [edge]);
  }
  return [...conditions.values()];
}

function waysOf(condition: Condition): readonly ForeignEdge[] {
  return [
    ...condition.map(
      ({ to, person, when }): ForeignEdge => ({
        to,
        kind: 'branch',
        branch: 'holds',
        ...(person ? { person } : {}),
        ...(when === undefined ? {} : { when }),
      }),
    ),
    { to: 'end', kind: 'branch', branch: 'otherwise' },
  ];
}
