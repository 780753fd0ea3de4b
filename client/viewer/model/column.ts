/** Numbers that only grow in count, in as little room as their kind needs: one for each line of a trace. */
export interface Column {
  readonly length: number;
  readonly at: (index: number) => number;
  readonly push: (value: number) => void;
}

type Numbers = Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

const FIRST_ROOM = 1024;

/** Milliseconds and other numbers of any size. */
export const wideColumn = (): Column => column((room) => new Float64Array(room));
/** Whole numbers from 0 to 255. */
export const byteColumn = (): Column => column((room) => new Uint8Array(room));
/** Sets of up to 16 flags. */
export const flagColumn = (): Column => column((room) => new Uint16Array(room));

function column(make: (room: number) => Numbers): Column {
  let values = make(FIRST_ROOM);
  let length = 0;
  return {
    get length() {
      return length;
    },
    at: (index) => values[index] ?? 0,
    push: (value) => {
      if (length === values.length) {
        const more = make(length * 2);
        more.set(values);
        values = more;
      }
      values[length++] = value;
    },
  };
}

/** Of a column that never goes down, the first index whose value is at least `wanted`; the length when none is. */
export function firstAtLeast(values: Column, wanted: number): number {
  return firstThat(values, (value) => value >= wanted);
}

/** As `firstAtLeast`, the first that is above `limit`. */
export function firstAbove(values: Column, limit: number): number {
  return firstThat(values, (value) => value > limit);
}

function firstThat(values: Column, holds: (value: number) => boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(values.at(middle))) high = middle;
    else low = middle + 1;
  }
  return low;
}
