/** What a person had chosen, as it outlives the page: VS Code takes a page away that is not in view. */
export interface KeptGraph {
  /** The playbook that was drawn; empty: none. */
  readonly uri: string;
  readonly selected: string | null;
  /** Of steps a person folded or unfolded: whether it is open. */
  readonly folds: readonly (readonly [key: string, open: boolean])[];
  readonly zoom: number;
  readonly legend: boolean;
}

export const ZOOM = { least: 0.25, most: 2, step: 1.2 } as const;

/** What was kept, by whichever version of us: what does not fit is as if it had not been kept. */
export function readKeptGraph(value: unknown): KeptGraph {
  const { uri, selected, folds, zoom, legend }: { readonly [name: string]: unknown } =
    typeof value === 'object' && value !== null ? { ...value } : {};
  return {
    uri: typeof uri === 'string' ? uri : '',
    selected: typeof selected === 'string' ? selected : null,
    folds: Array.isArray(folds) ? folds.filter(isFold) : [],
    zoom: typeof zoom === 'number' && zoom >= ZOOM.least && zoom <= ZOOM.most ? zoom : 1,
    legend: legend === true,
  };
}

function isFold(value: unknown): value is readonly [string, boolean] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'boolean';
}
