import type { PathStep } from '../schema/node-path.js';
import type { Entry, MapNode, Node, Range } from '../syntax/tree.js';
import { entryOf } from '../syntax/tree.js';
import { wordRange } from './read.js';

/** Where a schema error is. */
export interface Place {
  /** `undefined` where nothing is written. */
  readonly node: Node | undefined;
  /** The words to mark when the fault is the value itself. */
  readonly range: Range;
  /** For people: `"steps"`, `this item of "steps"`; `undefined` for the whole file. */
  readonly label: string | undefined;
  /** The way there from the root. */
  readonly path: readonly PathStep[];
}

/** Finds an entry of a map by its key. */
export type EntryIn = (map: MapNode, key: string) => Entry | undefined;

/** Maps with more keys are worth an index of them. */
const SMALL = 16;

/** Finds entries, of a large map without going through it each time. */
export function entriesByKey(): EntryIn {
  const indexes = new Map<MapNode, ReadonlyMap<string, Entry>>();
  return (map, key) => {
    if (map.entries.length <= SMALL) return entryOf(map, key);
    const index = indexes.get(map) ?? new Map(map.entries.map((entry) => [entry.key.text, entry]));
    indexes.set(map, index);
    return index.get(key);
  };
}

/** Where a JSON pointer leads, as far as there is a node for it. */
export function locate(root: Node | undefined, pointer: string, entryIn: EntryIn = entryOf): Place {
  const path: PathStep[] = [];
  let place: Place = { node: root, range: wordsOf(root) ?? { start: 0, end: 0 }, label: undefined, path };
  let key: string | undefined;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (place.node?.kind === 'map') {
      const entry = entryIn(place.node, name);
      if (!entry) return place;
      key = name;
      path.push({ kind: 'entry', map: place.node, entry });
      place = { node: entry.value, range: wordsOf(entry.value) ?? wordRange(entry.key), label: `"${name}"`, path };
    } else if (place.node?.kind === 'list') {
      const index = Number(name);
      const list = place.node;
      const item = list.items[index];
      path.push({ kind: 'item', list, index });
      const label = key === undefined ? 'this item' : `this item of "${key}"`;
      place = { node: item, range: wordsOf(item) ?? list.dashes?.get(index) ?? place.range, label, path };
    }
  }
  return place;
}

/** The words of a scalar without its quotes; of a map or list its first word: all of it would hide what else is wrong. */
export function wordsOf(node: Node | undefined): Range | undefined {
  switch (node?.kind) {
    case undefined:
      return undefined;
    case 'scalar':
      return wordRange(node);
    case 'map': {
      const first = node.entries[0];
      return first ? wordRange(first.key) : node.range;
    }
    case 'list': {
      const [first] = node.items;
      return wordsOf(first) ?? node.dashes?.get(0) ?? node.range;
    }
  }
}

/** The key a value stands under, for a fault of the value as a whole; else its first words. */
export function holderOf(place: Place): Range {
  const last = place.path.at(-1);
  return last?.kind === 'entry' && place.node?.kind !== 'scalar' ? wordRange(last.entry.key) : place.range;
}
