import type { Floor } from '../deadline.js';

/** A place among the branches at work at once. It is given up while people are waited for. */
export interface Place {
  release(): void;
  /** Resolves when there is one, in the order of the calls. */
  take(): Promise<void>;
}

/** Places for the branches of one parallel step. */
export interface Places {
  /** For one branch; it does not have a place yet. */
  of(): Place;
  /** Resolves once the branch around has its own place again; every branch must have given up its. */
  settle(): Promise<void>;
}

/**
 * At most `most` branches are at work at once. Where all of them wait for people, the branch around the step is not at work
 * either, and gives up its own place until one of them goes on.
 * @param around the place of the branch around, which it has now
 */
export function newPlaces(most: number, around: Place | undefined): Places {
  const waiting: (() => void)[] = [];
  let free = most;
  let atWork = 0;
  /** Settled while the branch around has its place. */
  let held: Promise<void> | undefined = Promise.resolve();

  const aroundTaken = (): Promise<void> => {
    held ??= around?.take() ?? Promise.resolve();
    return held;
  };
  return {
    of: () => ({
      release() {
        atWork -= 1;
        const next = waiting.shift();
        if (next) next();
        else free += 1;
        if (atWork === 0 && !next) {
          held = undefined;
          around?.release();
        }
      },
      async take() {
        if (free > 0) free -= 1;
        else await new Promise<void>((resolve) => waiting.push(resolve));
        atWork += 1;
        await aroundTaken();
      },
    }),
    settle: aroundTaken,
  };
}

/** The floor for whoever waits for people: the place is given up with it, and had again before it. */
export function floorOf(floor: Floor, place: Place | undefined): Floor {
  if (!place) return floor;
  return {
    release() {
      place.release();
      floor.release();
    },
    async take() {
      await place.take();
      await floor.take();
    },
  };
}
