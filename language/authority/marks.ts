/** What a search has noted of nodes. Cleared at once, so that a search takes time for what it visits, not for what there is. */
export interface Marks<T> {
  get(node: number): T | undefined;
  set(node: number, mark: T): void;
  clear(): void;
}

/** Marks for nodes numbered from 0 to below `size`. */
export function marksFor<T>(size: number): Marks<T> {
  const marks: (T | undefined)[] = new Array(size);
  const rounds = new Uint32Array(size);
  let round = 1;
  return {
    get: (node) => (rounds[node] === round ? marks[node] : undefined),
    set(node, mark) {
      marks[node] = mark;
      rounds[node] = round;
    },
    clear() {
      round++;
    },
  };
}
