import { type Problem, withPlaces } from '../problem.js';
import { anchored } from './anchored.js';
import type { Cut, Part } from './parts.js';
import { readWhole } from './read-whole.js';
import { type ListNode, type Node, type Range, toJson } from './tree.js';

/** A part of a file as it was cut, and what was read there; `undefined` where something is wrong. */
interface ReadCut {
  readonly cut: Cut;
  readonly part: Part | undefined;
}

interface Mended {
  readonly parts: readonly Part[];
  readonly starts: readonly number[];
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
export function withFaultyItems(text: string, read: readonly ReadCut[]): Mended | undefined {
  const parts: Part[] = [];
  const starts: number[] = [];
  const problems: Problem[] = [];
  let faulty = 0;
  for (let at = 0; at < read.length; ) {
    const first = read[at];
    if (!first) break;
    if (first.part) {
      parts.push(first.part);
      starts.push(first.cut.from);
      at++;
      continue;
    }
    let end = at;
    while (end < read.length && !read[end]?.part) end++;
    const cuts = read.slice(at, end).map(({ cut }) => cut);
    if (++faulty > MOST_FAULTY || cuts.some(({ kind }) => kind !== 'item')) return undefined;
    const found = readItems(text, cuts, itemAt(read, at - 1), itemAt(read, end));
    if (!found) return undefined;
    parts.push(found.part);
    starts.push(first.cut.from);
    problems.push(...found.problems);
    at = end;
  }
  return { parts, starts, problems };
}

interface Neighbour {
  readonly cut: Cut;
  readonly item: Node | undefined;
}

/** The item that is all of a part. */
function itemAt(read: readonly ReadCut[], at: number): Neighbour | undefined {
  const { cut, part } = read[at] ?? {};
  return cut?.kind === 'item' && part?.node.kind === 'list' ? { cut, item: part.node.items[0] } : undefined;
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
    part: { kind: 'item', anchor, length: to - from, column, node: anchored(node, anchor, by - from), faulty: true },
    problems: told,
  };
}

function isAlone(found: readonly { readonly item: Node | undefined }[], neighbour: Neighbour | undefined): boolean {
  if (!neighbour) return found.length === 0;
  return found.length === 1 && JSON.stringify(toJson(found[0]?.item)) === JSON.stringify(toJson(neighbour.item));
}
