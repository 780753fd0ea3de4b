import type { ForeignAct } from '../model.js';
import { isName, namesOf, RESERVED } from './names.js';
import { type Entry, inert, inertLines, inertOr, map, word } from './yaml-text.js';

/** What the tool for an action takes. */
export interface ToolParameters {
  /** Entries of its `input`. */
  readonly input: readonly Entry[];
  /** The one that says what it acts on. */
  readonly target: string;
  /** What a use gives it. */
  readonly givenBy: (act: ForeignAct) => readonly Entry[];
}

/** Says what an act is on, in words of the original, where no argument of the original's does in every use. */
const TARGET = 'target';

/** @param uses all acts that become calls of the tool: it takes what any of them is given */
export function toolParameters(uses: readonly ForeignAct[]): ToolParameters {
  const shared = sharedTarget(uses);
  const names = namesOf('_', 60, shared === undefined ? [...RESERVED, TARGET] : RESERVED);
  const parameters = new Map<string, { name: string; readonly original: string; uses: number }>();
  for (const { args } of uses) {
    for (const [key, { name }] of keyed(args)) {
      const known = parameters.get(key);
      if (known) known.uses++;
      else parameters.set(key, { name: '', original: name, uses: 1 });
    }
  }
  // Those that can stay as they are come first, so that none is taken from them.
  for (const stays of [true, false])
    for (const one of parameters.values())
      if (isName(one.original) === stays) one.name = names.keep(one.original, 'argument');
  const own: Entry = [TARGET, parameter('What it acts on, in words of the original.', false)];
  const input = [...parameters.values()].map(
    ({ name, original, uses: count }): Entry => [
      name,
      parameter(original === name ? undefined : inert(original, 120), count < uses.length),
    ],
  );
  return {
    input: shared === undefined ? [own, ...input] : input,
    target: (shared === undefined ? undefined : parameters.get(shared)?.name) ?? TARGET,
    givenBy: ({ args, scope }) => [
      ...(shared === undefined ? [[TARGET, inertOr(scope, 'nothing it names', 300)] as const] : []),
      ...keyed(args).map(([key, { text }]): Entry => [parameters.get(key)?.name ?? key, inertLines(text)]),
    ],
  };
}

function parameter(description: string | undefined, optional: boolean): Entry[1] {
  return map([
    ['type', word('string')],
    ...(description === undefined || description === '' ? [] : [['description', description] as const]),
    ...(optional ? [['optional', true] as const] : []),
  ]);
}

/** The argument that says in every use what it acts on. */
function sharedTarget(uses: readonly ForeignAct[]): string | undefined {
  const [first] = uses;
  return uses.every(({ target }) => target === first?.target) ? first?.target : undefined;
}

/** Arguments by their name, and of those of one name by which of them it is. */
function keyed<T extends { readonly name: string }>(args: readonly T[]): readonly (readonly [string, T])[] {
  const seen = new Map<string, number>();
  return args.map((one) => {
    const count = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, count);
    return [count === 1 ? one.name : `${one.name} \n${count}`, one];
  });
}
