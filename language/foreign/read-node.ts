import { type Entry, entryOf, get, type MapNode, type Node, type Range } from '../syntax/tree.js';

/** The text of a scalar; `undefined` for anything else and for null. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}

/** The text under a key. */
export function textAt(node: Node | undefined, ...keys: readonly string[]): string | undefined {
  return textOf(at(node, ...keys));
}

/** The node under keys, one inside the other. */
export function at(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  return keys.reduce<Node | undefined>((one, key) => get(one, key), node);
}

export function entriesOf(node: Node | undefined): readonly Entry[] {
  return node?.kind === 'map' ? node.entries : [];
}

/** The items of a list, holes left out. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'list' ? node.items.filter((item) => item !== undefined) : [];
}

export function isTrue(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && (node.value === true || node.text.toLowerCase() === 'true');
}

export function isFalse(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && (node.value === false || node.text.toLowerCase() === 'false');
}

/** Whether a map has all of these keys. */
export function hasKeys(node: Node | undefined, ...keys: readonly string[]): node is MapNode {
  return node?.kind === 'map' && keys.every((key) => entryOf(node, key) !== undefined);
}

/** Every text in a node, in its order; of a deep one as far as `most` texts. Keys are not among them. */
export function textsIn(node: Node | undefined, most = 500): readonly string[] {
  const found: string[] = [];
  const queue: (Node | undefined)[] = [node];
  for (let one = queue.pop(); queue.length > 0 || one; one = queue.pop()) {
    if (!one) continue;
    if (found.length >= most) break;
    if (one.kind === 'scalar') {
      if (one.value !== null) found.push(one.text);
    } else if (one.kind === 'list') queue.push(...one.items.toReversed());
    else queue.push(...one.entries.map(({ value }) => value).toReversed());
  }
  return found;
}

/** A text on one line, short enough to be read in a list. */
export function short(text: string, most = 80): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** A text on one line, whole: a name that other names are compared with. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Where a node is, or the start of the file. */
export function rangeOf(node: Node | undefined): Range {
  return node?.range ?? { start: 0, end: 0 };
}
