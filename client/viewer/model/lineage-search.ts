import type { Story } from '../events/story.js';
import { type Leaf, leavesOf, MAX_SIGHTINGS, type Sighting, sight } from './lineage.js';

/** Lines looked through before the page may draw again. */
const SLICE = 2000;

export interface Traced {
  readonly leaf: Leaf;
  /** The first few, in order. */
  readonly sightings: Sighting[];
  /** How many there are. */
  count: number;
}

/** Looks through what came before a call for the values of its arguments, in parts, so that the page stays alive. */
export class LineageSearch {
  readonly call: string;
  readonly traced: readonly Traced[];
  readonly story: Story;
  readonly #leaves: readonly Leaf[];
  readonly #end: number;
  #at = 0;

  constructor(story: Story, call: string) {
    this.call = call;
    this.story = story;
    this.#leaves = leavesOf(story.call(call)?.arguments ?? null);
    this.traced = this.#leaves.map((leaf) => ({ leaf, sightings: [], count: 0 }));
    // A call that was shown at a gate existed before it was proposed.
    this.#end = Math.min(...story.linesOfCall(call), story.lines.length);
  }

  get done(): boolean {
    return this.#at >= this.#end || this.#leaves.length === 0;
  }

  /** Looks through some more lines. */
  more(): void {
    const to = Math.min(this.#end, this.#at + SLICE);
    for (; this.#at < to; this.#at++) {
      const line = this.story.lines.at(this.#at);
      if (line === undefined) continue;
      sight(line, this.#at, this.#leaves, (leaf, sighting) => {
        const one = this.traced[this.#leaves.indexOf(leaf)];
        if (one === undefined) return;
        one.count += 1;
        if (one.sightings.length < MAX_SIGHTINGS) one.sightings.push(sighting);
      });
    }
  }
}

/** The call an event is about, if it is about one. */
export function callOf(story: Story, index: number): string | undefined {
  const line = story.lines.at(index);
  if (line === undefined) return undefined;
  const id = line.event === 'proposed' ? line.data.call.id : 'call' in line.data ? line.data.call : undefined;
  return typeof id === 'string' ? id : undefined;
}
