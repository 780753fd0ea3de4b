import { MACROS } from './ast.js';
import { checkExpression, type Scope } from './check.js';
import { parseExpression } from './parse.js';
import { STRING, type ValueType } from './types.js';

/** Where the quote of an unfinished string stands. */
export function openString(before: string): number | undefined {
  return stringsOf(before).open;
}

/** The type of the value that ends where `text` ends: a variable, text or bracket with the members and calls after it. */
export function typeBefore(text: string, scope: Scope): ValueType | undefined {
  const value = valueBefore(text);
  if (value === '') return undefined;
  const parsed = parseExpression(value);
  return parsed.ast ? checkExpression(parsed, scope).type : undefined;
}

/** What is visible at the end of `before`: the scope, and the variables of the macros that are still open there. */
export function scopeAt(before: string, scope: Scope): Scope {
  const { inside } = stringsOf(before);
  const open: number[] = [];
  for (let at = 0; at < before.length; at++) {
    if (inside[at]) continue;
    if (isOpening(before[at])) open.push(at);
    else if (isClosing(before[at])) open.pop();
  }
  let visible = scope;
  for (const at of open) {
    const macro = /\.\s*(\w+)\s*$/.exec(before.slice(0, at));
    const variable = /^\s*([A-Za-z_]\w*)\s*,/.exec(before.slice(at + 1))?.[1];
    if (before[at] !== '(' || !macro || !variable || !MACROS.some((name) => name === macro[1])) continue;
    const over = typeBefore(before.slice(0, macro.index), visible);
    const item: ValueType = over?.kind === 'list' ? over.items : over?.kind === 'object' ? STRING : { kind: 'any' };
    visible = { variables: new Map([...visible.variables, [variable, item]]) };
  }
  return visible;
}

/** The longest value that ends where `text` ends. */
function valueBefore(text: string): string {
  const end = text.trimEnd().length;
  const { inside } = stringsOf(text);
  let depth = 0;
  let at = end;
  while (at > 0) {
    const here = text[at - 1];
    if (!inside[at - 1]) {
      if (isClosing(here)) depth++;
      else if (isOpening(here)) {
        if (depth === 0) break;
        depth--;
      } else if (depth === 0 && !/[\w.]/.test(here ?? '')) break;
    }
    at--;
  }
  return text.slice(at, end);
}

/** Which characters are in a string, its quotes included, and where one opens that is not closed. */
export function stringsOf(text: string): { readonly inside: readonly boolean[]; readonly open: number | undefined } {
  const inside: boolean[] = [];
  let open: number | undefined;
  for (let at = 0; at < text.length; at++) {
    const here = text[at];
    if (open === undefined) {
      if (here === '"' || here === "'") open = at;
      inside.push(open !== undefined);
      continue;
    }
    inside.push(true);
    if (here === '\\') {
      inside.push(true);
      at++;
    } else if (here === text[open]) open = undefined;
  }
  return { inside, open };
}

export function isOpening(char: string | undefined): boolean {
  return char === '(' || char === '[' || char === '{';
}

export function isClosing(char: string | undefined): boolean {
  return char === ')' || char === ']' || char === '}';
}
