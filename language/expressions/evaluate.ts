import { RE2JS } from 're2js';
import type { Json } from '../syntax/tree.js';
import type { CelNode } from './ast.js';
import { createEnvironment } from './environment.js';
import type { ParsedExpression } from './parse.js';

export type EvaluationResult =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: string };

/** Evaluates expressions over plain JSON. Keeps what it prepared, so make one per run. */
export interface Evaluator {
  /** Never throws; terminates. A member that is not there, a wrong type and the like are reasons. */
  evaluate(expression: ParsedExpression, variables: { readonly [name: string]: Json }): EvaluationResult;
}

/** The regular expressions of CEL are RE2's, which take time linear in the text. The library's own are JavaScript's. */
const LINEAR_MATCHES = 'matchesInLinearTime';
const MAX_PATTERN_LENGTH = 1000;

type Program = (variables: { readonly [name: string]: unknown }) => unknown;

export function createEvaluator(): Evaluator {
  const patterns = new Map<string, RE2JS>();
  const environment = createEnvironment();
  environment.registerFunction(`string.${LINEAR_MATCHES}(string): bool`, (text: string, pattern: string) => {
    if (pattern.length > MAX_PATTERN_LENGTH)
      throw new Error(`the pattern is longer than ${MAX_PATTERN_LENGTH} characters`);
    const compiled = patterns.get(pattern) ?? RE2JS.compile(pattern);
    patterns.set(pattern, compiled);
    return compiled.matcher(text).find();
  });
  for (const [operator, apply] of MIXED) {
    environment.registerOperator(`int ${operator} double: double`, (a: unknown, b: unknown) =>
      apply(Number(a), Number(b)),
    );
    environment.registerOperator(`double ${operator} int: double`, (a: unknown, b: unknown) =>
      apply(Number(a), Number(b)),
    );
  }
  const programs = new WeakMap<ParsedExpression, Program>();

  return {
    evaluate(expression, variables) {
      if (!expression.ast) return { ok: false, reason: expression.error?.message ?? 'The expression cannot be read.' };
      try {
        const program =
          programs.get(expression) ?? environment.parse(withLinearMatches(expression.text, expression.ast));
        programs.set(expression, program);
        const bound: { [name: string]: unknown } = Object.create(null);
        for (const [name, value] of Object.entries(variables)) bound[name] = toCel(value);
        return fromCel(program(bound), 0);
      } catch (error) {
        return { ok: false, reason: explain(error) };
      }
    },
  };
}

/** JSON does not tell whole numbers from others; a playbook’s author does not either. */
const MIXED: readonly (readonly [string, (a: number, b: number) => number])[] = [
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
];

/** The expression with each call of `matches` given the name of ours. */
function withLinearMatches(text: string, ast: CelNode): string {
  const starts: number[] = [];
  const visit = (node: CelNode): void => {
    if (node.kind === 'call' && node.object && node.function.name === 'matches') starts.push(node.function.start);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(ast);
  let out = text;
  for (const start of starts.sort((a, b) => b - a))
    out = out.slice(0, start) + LINEAR_MATCHES + out.slice(start + 'matches'.length);
  return out;
}

/** The nodes directly below a node. */
export function childrenOf(node: CelNode): readonly CelNode[] {
  switch (node.kind) {
    case 'literal':
    case 'identifier':
      return [];
    case 'member':
      return [node.object];
    case 'index':
      return [node.object, node.index];
    case 'call':
      return node.object ? [node.object, ...node.arguments] : node.arguments;
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'conditional':
      return [node.condition, node.then, node.else];
    case 'list':
      return node.items;
    case 'map':
      return node.entries.flatMap((entry) => [entry.key, entry.value]);
  }
}

/** Whole numbers become CEL ints; objects lose their prototype, so that only their own members exist. */
function toCel(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(toCel);
  const out: { [name: string]: unknown } = Object.create(null);
  for (const [name, member] of Object.entries(value)) out[name] = toCel(member);
  return out;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function fromCel(value: unknown, depth: number): EvaluationResult {
  if (depth > 100) return { ok: false, reason: 'The value is nested too deep.' };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return { ok: true, value };
  if (typeof value === 'number')
    return Number.isFinite(value) ? { ok: true, value } : { ok: false, reason: 'The result is not a finite number.' };
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number)
      ? { ok: true, value: number }
      : { ok: false, reason: 'The result is a whole number too large to be exact.' };
  }
  if (value instanceof Date) return { ok: true, value: value.toISOString() };
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const result = fromCel(item, depth + 1);
      if (!result.ok) return result;
      items.push(result.value);
    }
    return { ok: true, value: items };
  }
  if (typeof value === 'object') {
    const entries: readonly (readonly [unknown, unknown])[] = value instanceof Map ? [...value] : Object.entries(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!(value instanceof Map) && prototype !== null && prototype !== Object.prototype) {
      return { ok: false, reason: 'The result is of a kind that has no JSON form.' };
    }
    const out: { [name: string]: Json } = Object.create(null);
    for (const [name, member] of entries) {
      const result = fromCel(member, depth + 1);
      if (!result.ok) return result;
      out[String(name)] = result.value;
    }
    return { ok: true, value: out };
  }
  return { ok: false, reason: 'The result is of a kind that has no JSON form.' };
}

function explain(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const summary: unknown =
    typeof error === 'object' && error !== null && 'summary' in error ? error.summary : undefined;
  const said = typeof summary === 'string' ? summary : error instanceof Error ? error.message : 'it failed';
  if (code === 'no_such_key') return `There is no value for "${said.replace(/^No such key: /, '')}".`;
  return `${said[0]?.toUpperCase() ?? ''}${said.slice(1).replace(/\.$/, '')}.`;
}
