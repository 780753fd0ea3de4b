/**
 * What was made of things, to be carried from one reading of a file to the next: what nobody asked for in a reading is gone
 * after it. Maps that hold weakly would do without, but they cost every garbage collection more than they save.
 */
export class Carried<K, V> {
  readonly #now = new Map<K, V>();
  readonly #before: ReadonlyMap<K, V> | undefined;

  constructor(before?: Carried<K, V>) {
    this.#before = before ? before.#now : undefined;
  }

  get(key: K): V | undefined {
    const known = this.#before?.get(key) ?? this.#now.get(key);
    if (known !== undefined) this.#now.set(key, known);
    return known;
  }

  set(key: K, value: V): void {
    this.#now.set(key, value);
  }
}
