import type { Effect } from '../../model/levels.js';
import type { ForeignAct, ForeignFormat } from '../model.js';
import { type Classified, classifyDescription, classifyName } from './classify.js';
import { classifyRequest } from './requests.js';

/** Effects that people wrote down, by the exact name of an action, for one product or for all (`*`). */
export type KnownEffects = ReadonlyMap<string, Effect>;

/** What catalogs say; the first that knows a name decides. */
export interface EffectCatalogs {
  readonly of: (format: ForeignFormat) => readonly KnownEffects[];
}

/** An effect, where it is from, and whether anybody or any rule was sure enough for it to count. */
export interface TellsEffect {
  readonly effect: Effect | 'unknown';
  readonly reason: string;
  /** Of an effect that is unknown: what it may be, for a person to confirm. */
  readonly proposed: Classified | undefined;
}

/** Kinds of actions as Splunk SOAR and others sort them. Only those that tighten or agree with a name are used. */
const CATEGORIES: ReadonlyMap<string, Effect> = new Map([
  ['contain', 'contain'],
  ['correct', 'restore'],
]);

/**
 * What an act does: as a catalog says, then the request it makes, then the verbs of its name. A description never makes an
 * act harmless; where it adds something ("optionally removes ..."), it makes a reading act unknown.
 */
export function effectOf(act: ForeignAct, format: ForeignFormat, catalogs: EffectCatalogs): TellsEffect {
  for (const catalog of catalogs.of(format)) {
    const effect = catalog.get(act.action) ?? (act.verb === undefined ? undefined : catalog.get(act.verb));
    if (effect) return { effect, reason: 'a catalog has it', proposed: undefined };
  }
  if (act.hint?.kind === 'http') {
    const request = classifyRequest(act.hint.method, act.hint.path);
    if (request.effect !== 'unknown') return { effect: request.effect, reason: request.reason, proposed: undefined };
    const named = classifyDescription(act.description);
    return unknown(`${request.reason}, which may do anything`, named);
  }
  const category = act.hint?.kind === 'category' ? CATEGORIES.get(act.hint.name) : undefined;
  const named = classifyName(act.verb ?? act.action);
  if (category && (named === undefined || named.effect === 'unknown' || named.effect === 'read'))
    return {
      effect: category,
      reason: `the product calls it "${act.hint?.kind === 'category' ? act.hint.name : ''}"`,
      proposed: undefined,
    };
  const described = classifyDescription(act.description);
  if (named === undefined) return unknown('nothing in its name says what it does', described);
  if (named.effect === 'unknown') return unknown(`${named.reason} says nothing of what it does`, described);
  const added = named.effect === 'read' ? addedBy(act.description) : undefined;
  if (added) return unknown(`its description adds that it ${added}`, described);
  return { effect: named.effect, reason: named.reason, proposed: undefined };
}

function unknown(reason: string, proposed: Classified | undefined): TellsEffect {
  return { effect: 'unknown', reason, proposed: proposed?.effect === 'unknown' ? undefined : proposed };
}

/** What a description says an act does besides looking: "… and optionally removes the task". */
export function addedBy(description: string): string | undefined {
  const said = /\b(?:optionally|and immediately|or deletes|or updates)\b[^.]{0,60}/i.exec(description)?.[0];
  if (said === undefined) return undefined;
  const adds = classifyDescription(said.replace(/^optionally/i, ''));
  return adds && adds.effect !== 'read' ? said.trim() : undefined;
}
