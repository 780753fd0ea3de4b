import type { BoundaryCell } from '../../authority/cell.js';
import type { ForeignFormat, ForeignPlaybook } from '../model.js';
import type { Classified } from './classify.js';
import { type EffectCatalogs, effectOf } from './effects-of.js';

/** An action whose effect is not known, for a person to say what it is. */
export interface Suggestion {
  readonly format: ForeignFormat;
  readonly action: string;
  readonly calls: number;
  readonly first: BoundaryCell['place'];
  /** What its description, or the names of its steps, say; `undefined`: nothing. */
  readonly proposed: Classified | undefined;
  /** Why it is not known. */
  readonly reason: string;
}

/** The actions of playbooks whose effect is not known, those that are called most first. */
export function suggestEffects(playbooks: readonly ForeignPlaybook[], catalogs: EffectCatalogs): readonly Suggestion[] {
  const found = new Map<string, Suggestion>();
  for (const { format, steps } of playbooks) {
    for (const { does, uri, range } of steps) {
      if (does.kind !== 'act') continue;
      const { effect, reason, proposed } = effectOf(does, format, catalogs);
      if (effect !== 'unknown') continue;
      const key = `${format} ${does.action}`;
      const known = found.get(key);
      found.set(key, {
        format,
        action: does.action,
        calls: (known?.calls ?? 0) + 1,
        first: known?.first ?? { uri, range },
        proposed: agreed(known, proposed),
        reason,
      });
    }
  }
  return [...found.values()].sort((a, b) => b.calls - a.calls || (a.action < b.action ? -1 : 1));
}

/** What all calls of an action agree on: where their descriptions differ, nothing is proposed. */
function agreed(known: Suggestion | undefined, proposed: Classified | undefined): Classified | undefined {
  if (!known) return proposed;
  return known.proposed?.effect === proposed?.effect ? known.proposed : undefined;
}
