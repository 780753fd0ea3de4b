import type { Range } from '../syntax/tree.js';
import type { DrawnAt } from './drawn-at.js';
import type { Doing, ForeignEdge, ForeignStep } from './model.js';

/** A step whose ways on are not all known yet. */
export interface Draft {
  readonly index: number;
  readonly id: string;
}

/** Collects the steps of a playbook. Ids are made unique, and edges may be added in any order. */
export interface StepBuilder {
  /** @param name what people call it; `key` tells apart those of one name */
  step(
    name: string,
    key: string,
    range: Range,
    does: Doing,
    more?: {
      readonly uri?: string;
      readonly join?: 'all';
      readonly part?: true;
      readonly drawnAt?: DrawnAt | undefined;
    },
  ): Draft;
  edge(from: Draft | 'start', edge: ForeignEdge): void;
  /** Whether any edge leads away. */
  leads(from: Draft): boolean;
  finish(): readonly ForeignStep[];
}

/** @param uri of the file, and `range` where a run starts in it */
export function stepBuilder(uri: string, range: Range): StepBuilder {
  const steps: { -readonly [key in keyof Omit<ForeignStep, 'edges'>]: ForeignStep[key] }[] = [];
  const edges: ForeignEdge[][] = [];
  const ids = new Set<string>();
  const add = (step: (typeof steps)[number]): Draft => {
    ids.add(step.id);
    edges.push([]);
    return { index: steps.push(step) - 1, id: step.id };
  };
  add({ id: 'start of the run', uri, range, does: { kind: 'flow' }, join: 'any', part: true });
  return {
    step(name, key, at, does, more) {
      const shown = name.trim() === '' ? key : name.trim();
      let id = shown;
      if (ids.has(id)) id = `${shown} (${key})`;
      for (let count = 2; ids.has(id); count++) id = `${shown} (${key}) #${count}`;
      return add({
        id,
        uri: more?.uri ?? uri,
        range: at,
        does,
        join: more?.join ?? 'any',
        drawnAt: more?.drawnAt,
        part: more?.part ?? false,
      });
    },
    edge(from, edge) {
      edges[from === 'start' ? 0 : from.index]?.push(edge);
    },
    leads: (from) => (edges[from.index]?.length ?? 0) > 0,
    finish: () => steps.map((step, index) => ({ ...step, edges: edges[index] ?? [] })),
  };
}
