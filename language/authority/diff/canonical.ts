import type { CelNode } from '../../expressions/ast.js';
import type { Expression, Template } from '../../expressions/expression.js';
import type { Argument, ForEachStep, Step } from '../../model/playbook.js';
import type { Json } from '../../syntax/tree.js';
import type { Frame } from '../boundary.js';
import type { Side } from './side.js';

/**
 * Expressions in a form in which two playbooks can be compared. What a step, a loop's variable, an input or a file of context
 * is called does not show: steps have the names that matching gave them, a variable is the list it goes over, an input is
 * what the caller gives, and context is the data it holds.
 */
export interface Naming {
  readonly side: Side;
  /** What a step is called, by its path. */
  readonly nameOf: (path: string) => string;
  /** What an input of the playbook itself is called; the names they have unless given. */
  readonly inputNameOf?: (name: string) => string;
  /** What a role is called; likewise. */
  readonly roleNameOf?: (name: string) => string;
}

/** Where an expression stands, which decides what its names mean. */
export interface Standing {
  readonly frame: Frame;
  /** The loops around it, outermost first. */
  readonly loops: readonly ForEachStep[];
  readonly naming: Naming;
}

/** Where the expressions of a step stand. */
export function standingAt(frame: Frame, step: Step, naming: Naming): Standing {
  return { frame, loops: frame.flow.structure.placeOf.get(step)?.loops ?? [], naming };
}

export function canonicalExpression({ parsed }: Expression, at: Standing): string {
  return parsed.ast ? canonicalNode(parsed.ast, parsed.text, at, []) : `unreadable ${parsed.text.trim()}`;
}

/**
 * A node of an expression.
 * @param text the expression it is of
 * @param bound variables of the macros around it, outermost first
 */
export function canonicalNode(node: CelNode, text: string, at: Standing, bound: readonly string[]): string {
  const inner = (one: CelNode): string => canonicalNode(one, text, at, bound);
  switch (node.kind) {
    case 'literal':
      return node.type === 'other' ? `other ${text.slice(node.start, node.end)}` : JSON.stringify(node.value);
    case 'identifier':
    case 'member':
    case 'index':
      return path(node, text, at, bound);
    case 'unary':
      return `${node.operator}(${inner(node.operand)})`;
    case 'binary': {
      if (node.operator === '==' || node.operator === '!=')
        return `(${[inner(node.left), inner(node.right)].sort().join(` ${node.operator} `)})`;
      if (node.operator !== '&&' && node.operator !== '||')
        return `(${inner(node.left)} ${node.operator} ${inner(node.right)})`;
      const operands = operandsOf(node, node.operator).map(inner);
      return `(${[...new Set(operands)].sort().join(` ${node.operator} `)})`;
    }
    case 'conditional':
      return `(${inner(node.condition)} ? ${inner(node.then)} : ${inner(node.else)})`;
    case 'list':
      return `[${node.items.map(inner).join(',')}]`;
    case 'map':
      return `{${node.entries.map(({ key, value }) => `${inner(key)}:${inner(value)}`).join(',')}}`;
    case 'call':
      return call(node, text, at, bound);
  }
}

/** `a && b && c` as its operands. */
export function operandsOf(node: CelNode, operator: '&&' | '||'): readonly CelNode[] {
  return node.kind === 'binary' && node.operator === operator
    ? [...operandsOf(node.left, operator), ...operandsOf(node.right, operator)]
    : [node];
}

const MACROS: readonly string[] = ['all', 'exists', 'exists_one', 'filter', 'map'];

function call(node: CelNode & { readonly kind: 'call' }, text: string, at: Standing, bound: readonly string[]): string {
  const object = node.object && canonicalNode(node.object, text, at, bound);
  const [variable] = node.arguments;
  const isMacro = object !== undefined && MACROS.includes(node.function.name) && variable?.kind === 'identifier';
  const within = isMacro ? [...bound, variable.name] : bound;
  const given = node.arguments.map((one) => canonicalNode(one, text, at, within));
  return `${object === undefined ? '' : `${object}.`}${node.function.name}(${given.join(',')})`;
}

/** A variable, and members of it as far as they are names. */
function path(
  node: CelNode & { readonly kind: 'identifier' | 'member' | 'index' },
  text: string,
  at: Standing,
  bound: readonly string[],
): string {
  const names: string[] = [];
  let root: CelNode = node;
  for (;;) {
    if (root.kind === 'member') {
      names.unshift(root.name.name);
      root = root.object;
    } else if (root.kind === 'index' && isStepByText(root)) {
      names.unshift(String(root.index.kind === 'literal' ? root.index.value : ''));
      root = root.object;
    } else break;
  }
  if (root.kind === 'identifier') return [variable(root.name, names, at, bound)].flat().join('.');
  const start =
    root.kind === 'index'
      ? `${canonicalNode(root.object, text, at, bound)}[${canonicalNode(root.index, text, at, bound)}]`
      : canonicalNode(root, text, at, bound);
  return [start, ...names].join('.');
}

function isStepByText(node: CelNode & { readonly kind: 'index' }): boolean {
  return (
    node.object.kind === 'identifier' &&
    node.object.name === 'steps' &&
    node.index.kind === 'literal' &&
    typeof node.index.value === 'string'
  );
}

function variable(name: string, members: readonly string[], at: Standing, bound: readonly string[]): readonly string[] {
  const own = bound.lastIndexOf(name);
  if (own >= 0) return [`$${own}`, ...members];
  const { frame, loops, naming } = at;
  const loop = loops.findLast((one) => one.item?.value === name);
  if (loop) return [eachOf(loop, at), ...members];
  const [first, ...rest] = members;
  switch (name) {
    case 'steps':
      return first === undefined
        ? [`steps of ${frame.prefix}`]
        : [`steps.${naming.nameOf(`${frame.prefix}${first}`)}`, ...rest];
    case 'inputs': {
      const { calledAt } = frame;
      if (first === undefined) return ['inputs', frame.prefix];
      if (!calledAt) return ['inputs', naming.inputNameOf?.(first) ?? first, ...rest];
      const argument = calledAt.step.with.find((one) => one.name.value === first);
      if (!argument) return [`inputs of ${frame.prefix}`, ...members];
      return [canonicalTemplate(argument.value, standingAt(calledAt.frame, calledAt.step, naming)), ...rest];
    }
    case 'context': {
      const value = contextValue(at, members);
      return value === undefined ? ['context', ...members] : [jsonText(value)];
    }
    default:
      return [name, ...members];
  }
}

/** What a loop's variable stands for. */
function eachOf(loop: ForEachStep, { frame, naming }: Standing): string {
  return loop.in ? `each(${canonicalExpression(loop.in, standingAt(frame, loop, naming))})` : 'each()';
}

/** The data that `context.<members>` reads; `undefined` where there is none, or only the run can tell. */
export function contextValue({ frame, naming }: Standing, members: readonly string[]): Json | undefined {
  const [first, ...rest] = members;
  let value: Json | undefined = first === undefined ? undefined : naming.side.loadedOf.get(frame)?.context.get(first);
  for (const name of rest) {
    if (!isJsonMap(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** The names of a chain `a.b.c`; `undefined` for anything else. */
export function chainOf(node: CelNode): readonly string[] | undefined {
  if (node.kind === 'identifier') return [node.name];
  const outer = node.kind === 'member' ? chainOf(node.object) : undefined;
  return outer && node.kind === 'member' ? [...outer, node.name.name] : undefined;
}

function isJsonMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonText(value: Json): string {
  if (isJsonMap(value)) {
    const entries = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${jsonText(value[key] ?? null)}`);
    return `{${entries.join(',')}}`;
  }
  if (typeof value === 'object' && value !== null) return `[${Object.values(value).map(jsonText).join(',')}]`;
  return JSON.stringify(value);
}

/** A value as a call gets it. An input that a caller gives counts as if it stood there itself. */
export function canonicalTemplate(template: Template, at: Standing): string {
  const parts = partsOf(template, at);
  const [only] = parts;
  if (parts.length === 1 && only) return only.kind === 'text' ? JSON.stringify(only.text) : only.text;
  return `text(${parts.map(({ kind, text }) => (kind === 'text' ? JSON.stringify(text) : text)).join(',')})`;
}

interface Part {
  readonly kind: 'text' | 'value';
  readonly text: string;
}

function partsOf(template: Template, at: Standing): readonly Part[] {
  const value = (text: string): readonly Part[] => [{ kind: 'value', text }];
  switch (template.kind) {
    case 'constant':
      return typeof template.value === 'string'
        ? [{ kind: 'text', text: template.value }]
        : value(JSON.stringify(template.value));
    case 'expression':
      return partsOfExpression(template.expression, at);
    case 'text': {
      const parts = template.parts.flatMap((part): readonly Part[] =>
        typeof part === 'string' ? [{ kind: 'text', text: part }] : partsOfExpression(part, at),
      );
      return joined(parts);
    }
    case 'list':
      return value(`[${template.items.map((item) => canonicalTemplate(item, at)).join(',')}]`);
    case 'map': {
      const entries = template.entries.map(
        ({ key, value }) => `${JSON.stringify(key)}:${canonicalTemplate(value, at)}`,
      );
      return value(`{${entries.sort().join(',')}}`);
    }
  }
}

function partsOfExpression(expression: Expression, at: Standing): readonly Part[] {
  const { ast } = expression.parsed;
  const [variable, name, ...more] = (ast && chainOf(ast)) ?? [];
  const { calledAt } = at.frame;
  const shadowed = at.loops.some((loop) => loop.item?.value === 'inputs');
  if (variable === 'inputs' && calledAt && name !== undefined && more.length === 0 && !shadowed) {
    const given = calledAt.step.with.find((one) => one.name.value === name);
    if (given) return partsOf(given.value, standingAt(calledAt.frame, calledAt.step, at.naming));
  }
  if (ast?.kind === 'literal' && typeof ast.value === 'string') return [{ kind: 'text', text: ast.value }];
  return [{ kind: 'value', text: canonicalExpression(expression, at) }];
}

/** Neighbouring texts are one text. */
function joined(parts: readonly Part[]): readonly Part[] {
  const out: Part[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      out[out.length - 1] = { kind: 'text', text: last.text + part.text };
    else out.push(part);
  }
  return out;
}

/** The arguments of a call, in the order of their names. */
export function canonicalArguments(given: readonly Argument[], at: Standing): readonly (readonly [string, string])[] {
  return given
    .map(({ name, value }) => [name.value, canonicalTemplate(value, at)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
