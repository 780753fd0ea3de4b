import type { Range } from '../syntax/tree.js';
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
    more?: { readonly uri?: string; readonly join?: 'all'; readonly part?: true },
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
  const add = (id: string, at: Range, does: Doing, file: string, join: 'any' | 'all', part: boolean): Draft => {
    ids.add(id);
    edges.push([]);
    return { index: steps.push({ id, uri: file, range: at, does, join, part }) - 1, id };
  };
  add('start of the run', range, { kind: 'flow' }, uri, 'any', true);
  return {
    step(name, key, at, does, more) {
      const shown = name.trim() === '' ? key : name.trim();
      let id = shown;
      if (ids.has(id)) id = `${shown} (${key})`;
      for (let count = 2; ids.has(id); count++) id = `${shown} (${key}) #${count}`;
      return add(id, at, does, more?.uri ?? uri, more?.join ?? 'any', more?.part ?? false);
    },
    edge(from, edge) {
      edges[from === 'start' ? 0 : from.index]?.push(edge);
    },
    leads: (from) => (edges[from.index]?.length ?? 0) > 0,
    finish: () => steps.map((step, index) => ({ ...step, edges: edges[index] ?? [] })),
  };
}
