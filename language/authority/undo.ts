import type { Tool } from '../model/catalog.js';

/** Where an input of the tool that undoes an act comes from. */
export interface UndoInput {
  readonly name: string;
  readonly from: 'argument' | 'result' | 'nowhere';
  readonly required: boolean;
}

/**
 * How the inputs of `undo` are filled from an act of `act`: by name. An input that the act has as an argument gets the same
 * value; else one that the act's result has gets that. What is found nowhere stays away.
 */
export function undoInputs(act: Tool, undo: Tool): readonly UndoInput[] {
  const has = (names: object | undefined, name: string): boolean => Object.hasOwn(names ?? {}, name);
  return Object.keys(undo.input.properties ?? {}).map((name) => ({
    name,
    from: has(act.input.properties, name) ? 'argument' : has(act.output.properties, name) ? 'result' : 'nowhere',
    required: undo.input.required?.includes(name) ?? false,
  }));
}

/** Why nobody could take an act of `act` back, a clause for people; `undefined` when somebody could. */
export function undoProblem(act: Tool, tools: ReadonlyMap<string, Tool>): string | undefined {
  const name = act.name.value;
  if (!act.reversible) return `${name} cannot be undone`;
  if (!act.undo) return `the catalog names no "undo" for ${name}`;
  const undo = tools.get(act.undo.value);
  if (!undo) return `${name} is undone by ${act.undo.value}, which no catalog of this playbook describes`;
  // Of one that may be left out the run cannot tell beforehand whether it will be there.
  const open = undoInputs(act, undo).filter(
    ({ name: input, from, required }) =>
      required &&
      (from === 'nowhere' ||
        !((from === 'argument' ? act.input.required : act.output.required)?.includes(input) ?? false)),
  );
  if (open.length === 0) return undefined;
  const inputs = open.map((input) => `"${input.name}"`).join(' and ');
  return `${name} is undone by ${act.undo.value}, which needs ${inputs}, and neither the arguments nor the result of ${name} always have that`;
}
