import type { Range } from '../events/filter.js';

/** What a pane can ask of the page. */
export interface PaneActions {
  /** Selects an event by the index of its line, and shows its details and its line of the playbook. */
  readonly select: (index: number) => void;
  /** Narrows every pane to a time; `undefined` for the whole run. */
  readonly narrow: (range: Range | undefined) => void;
  /** The part of the time the waterfall shows. */
  readonly zoom: (view: Range | null) => void;
  readonly redraw: () => void;
}
