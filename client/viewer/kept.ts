import { CHIPS, type Filter } from './events/filter.js';
import { PANES, type Pane, type State } from './state.js';

/** What a person chose, as it outlives the page: VS Code takes a page away that is not in view. */
export interface Kept {
  readonly follow: boolean;
  readonly pane: Pane;
  readonly filter: Filter;
  /** Index of the selected line. */
  readonly selected: number | null;
  /** Pixels the pane was scrolled down. */
  readonly scrolled: number;
}

export const NOTHING_KEPT: Kept = {
  follow: true,
  pane: 'events',
  filter: { chip: 'all', search: '' },
  selected: null,
  scrolled: 0,
};

export function keptOf({ follow, pane, filter, selected, wanted }: State, scrolled: number): Kept {
  return { follow, pane, filter, selected: selected ?? wanted, scrolled };
}

/** What was kept, by whichever version of us: what does not fit is as if it had not been kept. */
export function readKept(value: unknown): Kept {
  if (!isRecord(value)) return NOTHING_KEPT;
  const { follow, pane, filter, selected, scrolled } = value;
  return {
    follow: follow !== false,
    pane: PANES.find((one) => one === pane) ?? NOTHING_KEPT.pane,
    filter: readFilter(filter),
    selected: isIndex(selected) ? selected : null,
    scrolled: typeof scrolled === 'number' && scrolled >= 0 ? scrolled : 0,
  };
}

function readFilter(value: unknown): Filter {
  if (!isRecord(value)) return NOTHING_KEPT.filter;
  const { chip, search, range } = value;
  const filter = {
    chip: CHIPS.find((one) => one === chip) ?? 'all',
    search: typeof search === 'string' ? search : '',
  };
  if (!isRecord(range)) return filter;
  const { from, to } = range;
  return typeof from === 'number' && typeof to === 'number' && from <= to ? { ...filter, range: { from, to } } : filter;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
