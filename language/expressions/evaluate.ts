import { RE2JS } from 're2js';
import type { Json } from '../syntax/tree.js';
import { type CelNode, MACROS } from './ast.js';
import { childrenOf } from './children.js';
import { createEnvironment } from './environment.js';
import { type Need, needsOf } from './needs.js';
import type { ParsedExpression } from './parse.js';

export type EvaluationResult =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: string };

/** Evaluates expressions over plain JSON. Keeps what it prepared, so make one per run. */
export interface Evaluator {
  /** Never throws; terminates. A member that is not there, a wrong type and the like are reasons. */
  evaluate(expression: ParsedExpression, variables: { readonly [name: string]: Json }): EvaluationResult;
}

/**
 * What one evaluation may cost: rounds of macros, those weighted whose body makes texts or lists. Nested over long lists
 * a short expression could otherwise run for days.
 */
const MAX_ROUNDS = 250_000;
const MAX_RESULT_VALUES = 100_000;
const MAX_DEPTH = 100;
/** Stands around the list of each macro, and counts. */
const BOUNDED = 'withinBounds';

/** The regular expressions of CEL are RE2's, which take time linear in the text. The library's own are JavaScript's. */
const LINEAR_MATCHES = 'matchesInLinearTime';
const MAX_PATTERN_LENGTH = 1000;

interface Program {
  readonly run: (variables: { readonly [name: string]: unknown }) => unknown;
  /** What it may read: nothing else is made into CEL's values, of which a run soon has very many. */
  readonly needs: ReadonlyMap<string, Need>;
}

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
  // CEL's standard has them and the library (8.0) does not; `check.ts` takes them as the standard says.
  environment.registerFunction('string(google.protobuf.Timestamp): string', (time: Date) => time.toISOString());
  environment.registerFunction(
    'string(google.protobuf.Duration): string',
    (length: object) => `${Number(length) / 1000}s`,
  );
  // The other way round the library has it, and `!=` follows from both.
  environment.registerOperator('int == double: bool', (a: unknown, b: unknown) => Number(a) === Number(b));
  // One evaluation at a time: it is synchronous.
  let left = 0;
  let weight = 1;
  environment.registerFunction(`${BOUNDED}(dyn, bool): dyn`, (list: unknown, heavy: boolean) => {
    if (left >= 0) left -= lengthOf(list) * (heavy ? weight : 1);
    // An error may be caught by `exists` or `all`: what is left tells the caller, and every further loop ends here.
    if (left < 0) throw new Error('too many rounds');
    return list;
  });
  const programs = new WeakMap<ParsedExpression, Program>();

  return {
    evaluate(expression, variables) {
      if (!expression.ast) return { ok: false, reason: expression.error?.message ?? 'The expression cannot be read.' };
      try {
        const program = programs.get(expression) ?? {
          run: environment.parse(guarded(expression.text, expression.ast)),
          needs: needsOf(expression.ast),
        };
        programs.set(expression, program);
        const bound: { [name: string]: unknown } = Object.create(null);
        const sizes: Sizes = { text: 0, list: 0 };
        for (const [name, need] of program.needs) {
          const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
          if (value !== undefined)
            bound[name] = need === 'all' ? toCel(value, sizes, 0) : someToCel(value, need, sizes);
        }
        left = MAX_ROUNDS;
        weight = 1 + Math.floor((sizes.text + 16 * sizes.list) / 1024);
        const value = program.run(bound);
        return left < 0 ? TOO_MUCH : fromCel(value, { left: MAX_RESULT_VALUES }, 0);
      } catch (error) {
        return left < 0 ? TOO_MUCH : { ok: false, reason: explain(error) };
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

const TOO_MUCH: EvaluationResult = {
  ok: false,
  reason: `The expression goes through lists more than ${MAX_ROUNDS.toLocaleString('en')} times. Loop over a shorter list, or nest fewer loops.`,
};

/**
 * The expression with each call of `matches` given the name of ours, each list a macro goes over counted, and the results
 * of `?` of no fixed kind: to the library a whole number and a fraction are two.
 */
function guarded(text: string, ast: CelNode): string {
  const edits: { readonly at: number; readonly cut: number; readonly put: string }[] = [];
  const visit = (node: CelNode): void => {
    if (node.kind === 'call' && node.object) {
      const { name, start } = node.function;
      if (name === 'matches') edits.push({ at: start, cut: name.length, put: LINEAR_MATCHES });
      if (MACROS.some((macro) => macro === name)) {
        edits.push({ at: node.object.start, cut: 0, put: `${BOUNDED}(` });
        edits.push({ at: node.object.end, cut: 0, put: `, ${node.arguments.some(isHeavy)})` });
      }
    }
    if (node.kind === 'conditional') {
      for (const result of [node.then, node.else]) {
        edits.push({ at: result.start, cut: 0, put: 'dyn(' }, { at: result.end, cut: 0, put: ')' });
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(ast);
  let out = text;
  // Of edits at one place the outer loop's comes first in the text.
  for (const { at, cut, put } of edits.reverse().sort((a, b) => b.at - a.at)) {
    out = out.slice(0, at) + put + out.slice(at + cut);
  }
  return out;
}

/** How many rounds a macro goes through a list, or the keys of a map. */
function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

/** Whether evaluating a node once takes longer, or makes more, the longer the texts and lists in it are. */
function isHeavy(node: CelNode): boolean {
  const grows = node.kind === 'binary' && (node.operator === '+' || node.operator === 'in');
  const calls = node.kind === 'call' && node.function.name !== 'size' && node.function.name !== 'has';
  return grows || calls || childrenOf(node).some(isHeavy);
}

/** The longest of their kind among the variables of an evaluation. */
interface Sizes {
  text: number;
  list: number;
}

/**
 * Whole numbers become CEL ints. Objects become maps: only their own members exist, and one named `constructor`, which the
 * library looks at to tell kinds apart, is a member like any other.
 */
function toCel(value: Json, sizes: Sizes, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new Error('a value it reads is nested too deep');
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string') sizes.text = Math.max(sizes.text, value.length);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    sizes.list = Math.max(sizes.list, value.length);
    return value.map((item) => toCel(item, sizes, depth + 1));
  }
  const out = new Map<string, unknown>();
  for (const [name, member] of Object.entries(value)) out.set(name, toCel(member, sizes, depth + 1));
  return out;
}

/** The same of an object of which only some members can be read. */
function someToCel(value: Json, names: ReadonlySet<string>, sizes: Sizes): unknown {
  if (typeof value !== 'object' || value === null || isList(value)) return toCel(value, sizes, 0);
  const out = new Map<string, unknown>();
  for (const name of names) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    if (member !== undefined) out.set(name, toCel(member, sizes, 1));
  }
  return out;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function fromCel(value: unknown, budget: { left: number }, depth: number): EvaluationResult {
  if (--budget.left < 0)
    return { ok: false, reason: `The result has more than ${MAX_RESULT_VALUES.toLocaleString('en')} values.` };
  if (depth > MAX_DEPTH) return { ok: false, reason: 'The value is nested too deep.' };
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
      const result = fromCel(item, budget, depth + 1);
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
      const result = fromCel(member, budget, depth + 1);
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
