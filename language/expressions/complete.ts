import { type CelNode, MACROS } from './ast.js';
import { checkExpression, type Scope } from './check.js';
import { childrenOf } from './children.js';
import { FUNCTIONS, MACRO_SIGNATURES } from './functions.js';
import type { ParsedExpression } from './parse.js';
import { describeType, type ValueType } from './types.js';
import { openString, scopeAt, typeBefore } from './unfinished.js';

export interface ExpressionCompletion {
  /** The stretch of the expression’s text that an item replaces. */
  readonly start: number;
  readonly end: number;
  readonly items: readonly ExpressionItem[];
}

export interface ExpressionItem {
  readonly label: string;
  readonly kind: 'variable' | 'member' | 'function' | 'value';
  /** What it is, for people. */
  readonly type: string;
  readonly description: string | undefined;
}

/** What can stand at `offset` of an expression’s text, finished or not. */
export function completeExpression(text: string, offset: number, outer: Scope): ExpressionCompletion {
  const before = text.slice(0, offset);
  const scope = scopeAt(before, outer);
  const inString = openString(before);
  if (inString !== undefined)
    return { ...valuesFor(before.slice(0, inString), scope), ...spanFrom(text, inString, offset) };
  const start = offset - (/\w*$/.exec(before)?.[0].length ?? 0);
  const end = offset + (/^\w*/.exec(text.slice(offset))?.[0].length ?? 0);
  const dot = /\.\s*$/.exec(text.slice(0, start));
  if (dot) {
    const type = typeBefore(text.slice(0, start - dot[0].length), scope);
    return { start, end, items: type ? membersOf(type) : [] };
  }
  const compared = /(==|!=|\bin)\s*$/.exec(text.slice(0, start));
  const values = compared
    ? valuesFor(text.slice(0, start), scope).items.map((item) => ({ ...item, label: `'${item.label}'` }))
    : [];
  const variables = [...scope.variables].map(([label, type]) => ({
    label,
    kind: 'variable' as const,
    type: describeType(type),
    description: undefined,
  }));
  const functions: ExpressionItem[] = [];
  for (const [label, overloads] of FUNCTIONS) {
    const one = overloads.find((overload) => overload.on === undefined);
    if (one) functions.push({ label, kind: 'function', type: one.signature, description: one.description });
  }
  functions.push({ label: 'has', kind: 'function', type: 'has(a.b)', description: MACRO_SIGNATURES.get('has')?.[1] });
  return { start, end, items: [...values, ...variables, ...functions] };
}

function spanFrom(text: string, quote: number, offset: number): { readonly start: number; readonly end: number } {
  return { start: quote + 1, end: offset + (/^[\w.@-]*/.exec(text.slice(offset))?.[0].length ?? 0) };
}

/** The values the left side of a comparison can have. */
function valuesFor(before: string, scope: Scope): ExpressionCompletion {
  const left = before.replace(/(==|!=|\bin\s*\[(?:[^\]]*,)?|\bin)\s*$/, '');
  const type = left === before ? undefined : typeBefore(left, scope);
  const values = type?.kind === 'string' ? (type.values ?? []) : [];
  return {
    start: 0,
    end: 0,
    items: values.map((label) => ({ label, kind: 'value', type: 'value', description: undefined })),
  };
}

function membersOf(type: ValueType): ExpressionItem[] {
  switch (type.kind) {
    case 'object':
      return [...type.members].map(([label, member]) => ({
        label,
        kind: 'member',
        type: describeType(member.type) + (member.required ? '' : ' (may be missing)'),
        description: member.description,
      }));
    case 'union':
      return type.options.flatMap(membersOf);
    default: {
      const items: ExpressionItem[] = [];
      for (const [label, overloads] of FUNCTIONS) {
        const one = overloads.find((overload) => overload.on?.includes(type.kind));
        if (one) items.push({ label, kind: 'function', type: one.signature, description: one.description });
      }
      if (type.kind === 'list') {
        for (const label of MACROS) {
          const [signature, description] = MACRO_SIGNATURES.get(label) ?? [label, undefined];
          items.push({ label, kind: 'function', type: signature, description });
        }
      }
      return items;
    }
  }
}

/** What an editor shows when a person points into an expression. */
export interface ExpressionHover {
  readonly start: number;
  readonly end: number;
  /** The path up to the word: `alert.finding_info.title`. */
  readonly label: string;
  readonly type: string;
  readonly description: string | undefined;
}

export function hoverExpression(
  expression: ParsedExpression,
  offset: number,
  scope: Scope,
): ExpressionHover | undefined {
  if (!expression.ast) return hoverWord(expression.text, offset, scope);
  const within = (at: { readonly start: number; readonly end: number }): boolean =>
    at.start <= offset && offset <= at.end;
  for (const reference of checkExpression(expression, scope).references) {
    const index = reference.path.findIndex(within);
    const word = reference.path[index];
    if (!word) continue;
    let type = scope.variables.get(reference.path[0]?.name ?? '');
    let description: string | undefined;
    for (const name of reference.path.slice(1, index + 1)) {
      const member: { readonly type: ValueType; readonly description: string | undefined } | undefined =
        type?.kind === 'object' ? type.members.get(name.name) : undefined;
      type = member?.type;
      description = member?.description;
    }
    if (!type) break;
    const label = reference.path
      .slice(0, index + 1)
      .map((name) => name.name)
      .join('.');
    return { start: word.start, end: word.end, label, type: describeType(type), description };
  }
  return hoverFunction(expression.ast, within) ?? hoverWord(expression.text, offset, scope);
}

/** A word that no reference of the run's values leads to: a variable a macro binds, or a member of what `[]` or a call gives. */
function hoverWord(text: string, offset: number, outer: Scope): ExpressionHover | undefined {
  const start = offset - (/\w*$/.exec(text.slice(0, offset))?.[0].length ?? 0);
  const end = offset + (/^\w*/.exec(text.slice(offset))?.[0].length ?? 0);
  const label = text.slice(start, end);
  const after = text.slice(end);
  if (!/^[A-Za-z_]/.test(label) || /^\s*\(/.test(after) || openString(text.slice(0, start)) !== undefined)
    return undefined;
  // Where a macro binds it, the comma after it says so.
  const bound = /^\s*,/.exec(after)?.[0].length ?? 0;
  const scope = scopeAt(text.slice(0, end + bound), outer);
  const before = text.slice(0, start);
  const dot = /\.\s*$/.exec(before);
  if (!dot) {
    const type = scope.variables.get(label);
    return type && { start, end, label, type: describeType(type), description: undefined };
  }
  const object = typeBefore(before.slice(0, dot.index), scope);
  const member = object?.kind === 'object' ? object.members.get(label) : undefined;
  return member && { start, end, label, type: describeType(member.type), description: member.description };
}

function hoverFunction(
  node: CelNode,
  within: (at: { readonly start: number; readonly end: number }) => boolean,
): ExpressionHover | undefined {
  if (node.kind === 'call' && within(node.function)) {
    const { name, start, end } = node.function;
    const known = FUNCTIONS.get(name)?.find((one) => (one.on === undefined) === (node.object === undefined));
    const [signature, description] = known
      ? [known.signature, known.description]
      : (MACRO_SIGNATURES.get(name) ?? [undefined, undefined]);
    return signature === undefined ? undefined : { start, end, label: name, type: signature, description };
  }
  for (const child of childrenOf(node)) {
    const found = within(child) ? hoverFunction(child, within) : undefined;
    if (found) return found;
  }
  return undefined;
}
