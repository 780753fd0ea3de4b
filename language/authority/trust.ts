import type { Reference } from '../expressions/check.js';
import type { Step } from '../model/playbook.js';

/** Where the value an expression reads comes from, as far as trust goes. */
export type Origin =
  /** Attackers write log lines: alert fields, tool results, agent output. */
  | 'untrusted'
  /** Names the detection itself gives: `alert.entities`. Untrusted, but of a known set. */
  | 'entities'
  /** What a person filled in. */
  | 'person'
  /** The engine's own word, such as a step's outcome, or the arguments a `where` bounds. */
  | 'engine';

/** Where the value of one reference comes from. */
export function originOf(reference: Reference, stepOf: ReadonlyMap<string, Step>): Origin {
  const [variable, member, third] = reference.path;
  if (variable?.name === 'args') return 'engine';
  if (variable?.name === 'alert') return member?.name === 'entities' ? 'entities' : 'untrusted';
  if (variable?.name !== 'steps') return 'untrusted';
  if (third?.name === 'outcome') return 'engine';
  return member && stepOf.get(member.name)?.kind === 'manual' ? 'person' : 'untrusted';
}

/** A reference as it is written: `steps.investigate.output.verdict`. */
export function nameOf(reference: Reference): string {
  return reference.path.map((segment) => segment.name).join('.');
}
