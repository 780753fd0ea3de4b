import { EFFECTS } from '../../model/levels.js';
import { OBJECTS, VERBS, type VerbEffect } from './verbs.js';
import { clausesOf, wordsOf } from './words.js';

/** What an action of another product does, as far as it can be told. */
export interface Classified {
  readonly effect: VerbEffect;
  /** In words, for a person to judge: `the verb "isolate" in its name`. */
  readonly reason: string;
}

/** From the least to the most that an effect does; unknown stands for anything. */
const RANK: readonly VerbEffect[] = [
  'read',
  'record',
  'notify',
  'restore',
  'harden',
  'suppress',
  'contain',
  'evict',
  'unknown',
];

/** The one that does more. */
export function worse(a: Classified, b: Classified): Classified {
  return RANK.indexOf(a.effect) >= RANK.indexOf(b.effect) ? a : b;
}

/**
 * What the verbs in a name say; `undefined` where it has none. A name with two clauses ("search and purge") does what the
 * worse one says.
 */
export function classifyName(name: string): Classified | undefined {
  const found = clausesOf(wordsOf(name)).flatMap((words) => {
    const one = clauseEffect(words);
    return one ? [one] : [];
  });
  return found.length === 0 ? undefined : found.reduce(worse);
}

/** Words that are hardly ever anything but what is done: "search-purge" does not only search. */
const REMOVES = new Set(['delete', 'remove', 'purge', 'kill', 'wipe', 'terminate', 'revoke', 'uninstall', 'erase']);

function clauseEffect(words: readonly string[]): Classified | undefined {
  const at = words.findIndex((word) => VERBS.has(word));
  const verb = words[at];
  const effect = verb === undefined ? undefined : VERBS.get(verb);
  if (verb === undefined || effect === undefined) return undefined;
  const rest = words.slice(at + 1);
  const removal = effect === 'read' ? rest.find((word) => REMOVES.has(word)) : undefined;
  if (removal !== undefined) return { effect: 'evict', reason: `"${removal}" in its name` };
  for (const object of OBJECTS) {
    const word = object.verbs.includes(verb) ? object.words.find((one) => rest.includes(one)) : undefined;
    if (word !== undefined) return { effect: object.effect, reason: `"${verb}" and "${word}" in its name` };
  }
  return { effect, reason: `"${verb}" in its name` };
}

/**
 * What the first sentence of a description says. Weaker than a name: it proposes, and never makes an action harmless by itself.
 */
export function classifyDescription(text: string): Classified | undefined {
  const first = text.split(/[.\n]/, 1)[0] ?? '';
  const words = wordsOf(first).slice(0, 12).map(plainForm);
  const one = clauseEffect(words);
  return one ? { effect: one.effect, reason: one.reason.replace(/in its name$/, 'in its description') } : undefined;
}

/** `isolates` and `isolating` as `isolate`, where that is a verb known here. */
function plainForm(word: string): string {
  if (VERBS.has(word)) return word;
  for (const form of [
    word.replace(/ies$/, 'y'),
    word.replace(/es$/, ''),
    word.replace(/s$/, ''),
    word.replace(/([a-z])\1ing$/, '$1'),
    word.replace(/ing$/, 'e'),
    word.replace(/ing$/, ''),
  ]) {
    if (form !== word && VERBS.has(form)) return form;
  }
  return word;
}

/** Whether a text is the name of an effect. */
export function isEffect(text: string): text is (typeof EFFECTS)[number] {
  return EFFECTS.some((effect) => effect === text);
}
