import type { TraceLine } from '../../../runner/protocol/trace.js';
import { Ledger } from './ledger.js';
import { Spending } from './spending.js';
import { StepTree } from './steps.js';

/** What the panes beside the events show. Each takes a line in once, when it comes. */
export interface Models {
  readonly steps: StepTree;
  readonly ledger: Ledger;
  readonly spending: Spending;
}

export function newModels(): Models {
  return { steps: new StepTree(), ledger: new Ledger(), spending: new Spending() };
}

export function feed({ steps, ledger, spending }: Models, lines: readonly TraceLine[]): void {
  for (const line of lines) {
    steps.add(line);
    ledger.add(line);
    spending.add(line);
  }
}
