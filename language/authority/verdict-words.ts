import type { CellVerdict } from './cell.js';

/** Verdicts as people read them. */
export const VERDICT_WORDS = {
  proven: 'proven',
  runtime: 'checked at run time',
  violated: 'violated',
  unknown: 'unknown',
} as const satisfies { readonly [V in CellVerdict]: string };
