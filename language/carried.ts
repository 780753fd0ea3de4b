/**
 * What was made of things, to be carried from one reading of a file to the next. Maps that hold weakly would do without, but
 * they cost every garbage collection more than they save: here what nobody asked for is dropped once it is the larger part.
 */
export class Carried<K, V> {
  readonly #kept: Map<K, V>;
  /** Set while only what is asked for is taken over. */
  readonly #before: ReadonlyMap<K, V> | undefined;
  #asked = 0;

  /** Goes on with what was carried in the last reading, which then is over. */
  constructor(before?: Carried<K, V>) {
    const isFull = before === undefined || before.#kept.size > 2 * before.#asked;
    this.#kept = isFull ? new Map() : before.#kept;
    this.#before = isFull && before ? before.#kept : undefined;
  }

  get(key: K): V | undefined {
    const known = this.#kept.get(key) ?? this.#before?.get(key);
    if (known === undefined) return undefined;
    this.#asked++;
    if (this.#before) this.#kept.set(key, known);
    return known;
  }

  /** Whether nothing gets lost that is not asked for one by one. */
  get isWhole(): boolean {
    return this.#before === undefined;
  }

  /** As if so many had been asked for, and found: of a list that is known to be the same. */
  count(found: number): void {
    this.#asked += found;
  }

  set(key: K, value: V): void {
    this.#asked++;
    this.#kept.set(key, value);
  }
}
