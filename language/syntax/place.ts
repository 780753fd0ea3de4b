import type { Range } from './tree.js';

/** Where a part of a file starts. When text before the part changes, this is set anew, and all places in the part move. */
export interface Anchor {
  at: number;
}

/** A range of a part of a file, as distances from where the part starts: it stays right wherever the part moves to. */
export class Place implements Range {
  constructor(
    readonly anchor: Anchor,
    private readonly from: number,
    private readonly to: number,
  ) {}

  get start(): number {
    return this.anchor.at + this.from;
  }

  get end(): number {
    return this.anchor.at + this.to;
  }

  /** From `by` after the start to `by` before the end. */
  inset(by: number): Place {
    return new Place(this.anchor, this.from + by, this.to - by);
  }
}

/** From where one range starts to where another ends; moves with both. */
export class Stretch implements Range {
  constructor(
    private readonly first: Range,
    private readonly last: Range,
  ) {}

  get start(): number {
    return this.first.start;
  }

  get end(): number {
    return this.last.end;
  }
}

/** The range from `by` after the start to `by` before the end; moves with `range`. */
export function inset(range: Range, by: number): Range {
  return range instanceof Place ? range.inset(by) : { start: range.start + by, end: range.end - by };
}

/** A range of the file as it is now, that moves with `around` from here on. */
export function movingWith(around: Range, { start, end }: Range): Range {
  const anchor = anchorOf(around);
  return anchor ? new Place(anchor, start - anchor.at, end - anchor.at) : { start, end };
}

/** The range as it is now, in numbers. */
export function settled({ start, end }: Range): Range {
  return { start, end };
}

/** What a range moves with; nothing for one in numbers. */
export function anchorOf(range: Range): Anchor | undefined {
  return range instanceof Place ? range.anchor : undefined;
}
