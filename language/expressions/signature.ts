import type { Scope } from './check.js';
import { FUNCTIONS, MACRO_SIGNATURES } from './functions.js';
import { isClosing, isOpening, scopeAt, stringsOf, typeBefore } from './unfinished.js';

/** A function a person is giving arguments to. Offsets are into `label`. */
export interface Signature {
  readonly label: string;
  readonly description: string;
  readonly parameters: readonly { readonly start: number; readonly end: number }[];
}

export interface SignatureHelp {
  /** The ways the function can be called; those that fit what stands before the dot. */
  readonly signatures: readonly Signature[];
  /** Index of the argument the cursor is in; may be past the last parameter. */
  readonly argument: number;
}

/** The call whose arguments are being written where `before` ends; nothing inside a string. Never needs the rest. */
export function signatureAt(before: string, outer: Scope): SignatureHelp | undefined {
  const { inside, open } = stringsOf(before);
  if (open !== undefined) return undefined;
  const brackets: { at: number; commas: number }[] = [];
  for (let at = 0; at < before.length; at++) {
    if (inside[at]) continue;
    const here = before[at];
    if (isOpening(here)) brackets.push({ at, commas: 0 });
    else if (isClosing(here)) brackets.pop();
    else if (here === ',') {
      const last = brackets.at(-1);
      if (last) last.commas++;
    }
  }
  for (const { at, commas } of brackets.reverse()) {
    const call = before[at] === '(' ? /(\.\s*)?\b([A-Za-z_]\w*)\s*$/.exec(before.slice(0, at)) : null;
    if (!call || inside[at - 1]) continue;
    const [, dot, name = ''] = call;
    const signatures = signaturesOf(name, dot === undefined ? undefined : before.slice(0, call.index), outer);
    if (signatures.length > 0) return { signatures, argument: commas };
  }
  return undefined;
}

/** @param object the text before the dot, of a method */
function signaturesOf(name: string, object: string | undefined, outer: Scope): readonly Signature[] {
  const macro = MACRO_SIGNATURES.get(name);
  if (macro && (name === 'has') === (object === undefined)) return [signature(...macro)];
  const overloads = (FUNCTIONS.get(name) ?? []).filter(({ on }) => (on === undefined) === (object === undefined));
  const type = object === undefined ? undefined : typeBefore(object, scopeAt(object, outer));
  const fitting = overloads.filter(({ on }) => type !== undefined && on?.includes(type.kind));
  return (fitting.length > 0 ? fitting : overloads).map((one) => signature(one.signature, one.description));
}

function signature(label: string, description: string): Signature {
  const open = label.indexOf('(') + 1;
  const parameters: { start: number; end: number }[] = [];
  for (const found of label.slice(open, label.lastIndexOf(')')).matchAll(/[^,\s][^,]*/g)) {
    parameters.push({ start: open + found.index, end: open + found.index + found[0].length });
  }
  return { label, description, parameters };
}
