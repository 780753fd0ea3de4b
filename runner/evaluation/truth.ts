import type { Case, Truth } from '../../language/model/case.js';
import type { Tool } from '../../language/model/catalog.js';
import type { EvaluatedAct } from './evaluated-run.js';

/** An attack that a run must not hide. */
export function isHarmful(truth: Truth | null): boolean {
  return truth === 'malicious' || truth === 'novel';
}

/**
 * What the alert of a case really is: as its author says; else as far as what they expect tells it. A case that must or may be
 * closed is benign, one that must not be closed or in which something has to be contained is malicious. `null`: it is not told.
 */
export function truthOf(
  { truth, expect }: Pick<Case, 'truth' | 'expect'>,
  tools: ReadonlyMap<string, Tool>,
): Truth | null {
  if (truth !== undefined) return truth;
  if (!expect) return null;
  const has = (names: readonly string[], effects: readonly string[]): boolean =>
    names.some((name) => effects.includes(tools.get(name)?.effect ?? ''));
  const hides = ['suppress'];
  if (has([...expect.mustAct, ...expect.mayAct], hides)) return 'benign';
  if (expect.verdict === BENIGN) return 'benign';
  if (has(expect.mustNotAct, hides) || has(expect.mustAct, ['contain', 'evict'])) return 'malicious';
  return null;
}

/** The one verdict that means the same in every playbook. */
export const BENIGN = 'benign';

/**
 * Whether an act that ran was right to: as expectations say; else as the truth says of what hides an alert, or stops somebody's
 * work. `null`: neither says.
 */
export function isRight(
  { tool, effect }: Pick<EvaluatedAct, 'tool' | 'effect'>,
  { expect }: Pick<Case, 'expect'>,
  truth: Truth | null,
): boolean | null {
  if (expect?.mustNotAct.includes(tool)) return false;
  if (expect?.mustAct.includes(tool) || expect?.mayAct.includes(tool)) return true;
  if (truth === null) return null;
  if (effect === 'suppress') return truth === 'benign';
  if ((effect === 'contain' || effect === 'evict') && truth === 'benign') return false;
  return null;
}
