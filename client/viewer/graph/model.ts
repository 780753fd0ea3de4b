import type { GraphEdgeItem, GraphItem, GraphLaneItem, GraphStepItem } from '../../../server/protocol/graph.js';

/** A graph with what its picture asks of it again and again. */
export interface GraphModel {
  readonly item: GraphItem;
  readonly stepOf: ReadonlyMap<string, GraphStepItem>;
  /** The step and the lane a step stands in; none for the playbook's own. */
  readonly holderOf: ReadonlyMap<string, Holder>;
  readonly out: ReadonlyMap<string, readonly GraphEdgeItem[]>;
  readonly into: ReadonlyMap<string, readonly GraphEdgeItem[]>;
  /** Of a step with lanes: what is inside, at any depth. */
  readonly insideOf: ReadonlyMap<string, Inside>;
}

export interface Holder {
  readonly step: GraphStepItem;
  readonly lane: GraphLaneItem;
}

export interface Inside {
  readonly steps: number;
  readonly acts: number;
  /** Acts that are violated or unknown. */
  readonly doubts: number;
}

/** Steps in all before those that hold others start folded. */
export const MANY = 250;

export function modelOf(item: GraphItem): GraphModel {
  const stepOf = new Map(item.steps.map((step) => [step.key, step]));
  const holderOf = new Map<string, Holder>();
  for (const step of item.steps) {
    for (const lane of step.lanes) for (const key of lane.steps) holderOf.set(key, { step, lane });
  }
  const insideOf = new Map<string, Inside>();
  // What stands in a step comes behind it, so that from the end everything inside is known already.
  for (const step of [...item.steps].reverse()) {
    if (step.lanes.length === 0) continue;
    const inside = { steps: 0, acts: 0, doubts: 0 };
    for (const key of step.lanes.flatMap(({ steps }) => steps)) {
      const acts = (stepOf.get(key)?.tools ?? []).flatMap(({ act }) => (act ? [act] : []));
      const deeper = insideOf.get(key);
      inside.steps += 1 + (deeper?.steps ?? 0);
      inside.acts += acts.length + (deeper?.acts ?? 0);
      inside.doubts += acts.filter(isDoubt).length + (deeper?.doubts ?? 0);
    }
    insideOf.set(step.key, inside);
  }
  return {
    item,
    stepOf,
    holderOf,
    out: edgesBy(item.edges, ({ from }) => from),
    into: edgesBy(item.edges, ({ to }) => to),
    insideOf,
  };
}

export function isDoubt({ verdict }: { readonly verdict: string }): boolean {
  return verdict === 'violated' || verdict === 'unknown';
}

/** The steps a step stands in, the innermost first. */
export function holdersOf({ holderOf }: GraphModel, key: string): readonly string[] {
  const holders: string[] = [];
  for (let at = holderOf.get(key); at !== undefined; at = holderOf.get(at.step.key)) holders.push(at.step.key);
  return holders;
}

/**
 * The steps that are drawn open: those a person opened, and unless they closed them, all of a playbook that is not long, and
 * what leads to the steps that matter now.
 * @param folds by key, whether a person opened or closed it
 */
export function openSteps(
  model: GraphModel,
  folds: ReadonlyMap<string, boolean>,
  matter: Iterable<string>,
): ReadonlySet<string> {
  const few = model.item.steps.length <= MANY;
  const leading = new Set<string>();
  for (const key of matter) for (const holder of holdersOf(model, key)) leading.add(holder);
  const open = new Set<string>();
  for (const { key, lanes } of model.item.steps) {
    if (lanes.length > 0 && (folds.get(key) ?? (few || leading.has(key)))) open.add(key);
  }
  return open;
}

/** The steps that are to be seen, in the order of the picture. */
export function shownSteps({ item, stepOf }: GraphModel, open: ReadonlySet<string>): readonly string[] {
  const shown: string[] = [];
  const add = (keys: readonly string[]): void => {
    for (const key of keys) {
      shown.push(key);
      if (open.has(key)) for (const { steps } of stepOf.get(key)?.lanes ?? []) add(steps);
    }
  };
  add(item.top);
  return shown;
}

/** The step itself, or the innermost one it stands in that is to be seen. */
export function nearestShown(model: GraphModel, open: ReadonlySet<string>, key: string): string {
  return holdersOf(model, key).findLast((holder) => !open.has(holder)) ?? key;
}

/** The steps whose id, title, tools or words have a text in them, whatever its case. */
export function matching({ item }: GraphModel, search: string): readonly string[] {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return [];
  return item.steps
    .filter(({ key, title, says, kind, tools }) =>
      [key, title, says, kind, ...tools.map(({ tool }) => tool)].some((text) => text.toLowerCase().includes(wanted)),
    )
    .map(({ key }) => key);
}

function edgesBy(
  edges: readonly GraphEdgeItem[],
  end: (edge: GraphEdgeItem) => string | null,
): ReadonlyMap<string, readonly GraphEdgeItem[]> {
  const by = new Map<string, GraphEdgeItem[]>();
  for (const edge of edges) {
    const key = end(edge);
    if (key === null) continue;
    const own = by.get(key);
    if (own) own.push(edge);
    else by.set(key, [edge]);
  }
  return by;
}
