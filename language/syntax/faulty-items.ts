import { type Problem, withPlaces } from '../problem.js';
import { anchored } from './anchored.js';
import { type Cut, type Cuts, cutAt } from './cuts.js';
import type { Part } from './parts.js';
import { readWhole } from './read-whole.js';
import { type ListNode, type Node, type Range, toJson } from './tree.js';

interface Mended {
  readonly parts: readonly Part[];
  readonly problems: readonly Problem[];
}

/** With more places at fault than somebody has just typed, the whole file is read. */
const MOST_FAULTY = 3;

/** What the items are read under: which key it is makes no difference. */
const KEY = 'steps:\n';

/**
 * The parts of a file with those items read that something is wrong with, each together with the items beside it: what those
 * are indented by tells what was meant. `undefined` where a fault is not in items, or reaches beyond them.
 */
export function withFaultyItems(text: string, cuts: Cuts, read: readonly (Part | undefined)[]): Mended | undefined {
  if (areWhole(read)) return { parts: read, problems: [] };
  const parts: Part[] = [];
  const problems: Problem[] = [];
  let faulty = 0;
  for (let at = 0; at < read.length; ) {
    const first = read[at];
    if (first) {
      parts.push(first);
      at++;
      continue;
    }
    let end = at;
    while (end < read.length && !read[end]) end++;
    const wrong = Array.from({ length: end - at }, (_, index) => cutAt(cuts, at + index));
    if (++faulty > MOST_FAULTY || wrong.some(({ kind }) => kind !== 'item')) return undefined;
    const itemAt = (index: number): Neighbour | undefined => neighbour(cutAt(cuts, index), read[index]);
    const found = readItems(text, wrong, itemAt(at - 1), itemAt(end));
    if (!found) return undefined;
    parts.push(found.part);
    problems.push(...found.problems);
    at = end;
  }
  return { parts, problems };
}

function areWhole(read: readonly (Part | undefined)[]): read is readonly Part[] {
  return !read.includes(undefined);
}

interface Neighbour {
  readonly cut: Cut;
  readonly item: Node | undefined;
}

/** The item that is all of a part. */
function neighbour(cut: Cut, part: Part | undefined): Neighbour | undefined {
  return part?.kind === 'item' && part.node.kind === 'list' ? { cut, item: part.node.items[0] } : undefined;
}

function readItems(
  text: string,
  cuts: readonly Cut[],
  before: Neighbour | undefined,
  after: Neighbour | undefined,
): { readonly part: Part; readonly problems: readonly Problem[] } | undefined {
  const from = cuts[0]?.from ?? 0;
  const to = cuts.at(-1)?.to ?? from;
  const column = cuts[0]?.column ?? 0;
  const start = before?.cut.from ?? from;
  const { root, problems } = readWhole(KEY + text.slice(start, after?.cut.to ?? to));
  const by = start - KEY.length;
  const told = problems.map((problem) =>
    withPlaces(problem, ({ start, end }) => ({ start: start + by, end: end + by })),
  );
  // Of several problems one may be the cause of the others, and what is further around may tell which.
  if (told.length > 1 || told.some(({ range }) => range.start < from || range.end > to + 1)) return undefined;
  const entry = root?.kind === 'map' && root.entries.length === 1 ? root.entries[0] : undefined;
  const list = entry?.value;
  if (list?.kind !== 'list' || list.flow) return undefined;

  const placed = list.items.map((item, index) => ({ item, at: (item?.range ?? list.dashes?.get(index))?.start }));
  if (placed.some(({ at }) => at === undefined)) return undefined;
  const isIn = (low: number, high: number) => (one: { readonly at: number | undefined }) =>
    one.at !== undefined && low <= one.at + by && one.at + by < high;
  // What is beside it must read as it does by itself, or the fault reaches further.
  if (!isAlone(placed.filter(isIn(0, from)), before) || !isAlone(placed.filter(isIn(to, Infinity)), after))
    return undefined;

  const items: (Node | undefined)[] = [];
  const dashes = new Map<number, Range>();
  let end = from + column + 1 - by;
  for (const [index, { item, at }] of placed.entries()) {
    if (!isIn(from, to)({ at })) continue;
    const dash = list.dashes?.get(index);
    if (dash) dashes.set(items.length, dash);
    end = Math.max(end, (item?.range ?? dash)?.end ?? end);
    items.push(item);
  }
  const range = { start: from + column - by, end };
  const anchor = { at: from };
  const node: ListNode = { kind: 'list', items, ...(dashes.size > 0 ? { dashes } : {}), flow: false, range };
  return {
    part: { kind: 'item', anchor, node: anchored(node, anchor, by - from) },
    problems: told,
  };
}

function isAlone(found: readonly { readonly item: Node | undefined }[], neighbour: Neighbour | undefined): boolean {
  if (!neighbour) return found.length === 0;
  return found.length === 1 && JSON.stringify(toJson(found[0]?.item)) === JSON.stringify(toJson(neighbour.item));
}
