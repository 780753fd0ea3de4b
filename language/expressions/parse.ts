import type { ASTNode } from '@marcbachmann/cel-js';
import { BINARY_OPERATORS, type CelNode, type Name } from './ast.js';
import { createEnvironment, MAX_EXPRESSION_LENGTH } from './environment.js';

export interface ExpressionError {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** An expression as text and, if it can be read, as a tree. */
export interface ParsedExpression {
  readonly text: string;
  readonly ast: CelNode | undefined;
  readonly error: ExpressionError | undefined;
}

/** Never changed after it is made; parsing keeps nothing in it. */
const environment = createEnvironment();

/** Reads CEL. Never throws; what cannot be read has an error at the place. */
export function parseExpression(text: string): ParsedExpression {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    return fail(
      text,
      0,
      Math.min(text.length, 20),
      `An expression has at most ${MAX_EXPRESSION_LENGTH} characters. Split it over several steps.`,
    );
  }
  if (text.trim() === '') return fail(text, 0, text.length, 'An expression is missing here.');
  try {
    return { text, ast: convert(environment.parse(text).ast, text), error: undefined };
  } catch (error) {
    const { start, end } = rangeOf(error, text);
    return fail(text, start, end, explain(error, text, start, end));
  }
}

function fail(text: string, start: number, end: number, message: string): ParsedExpression {
  return { text, ast: undefined, error: { start, end, message } };
}

/** The place of an error, widened to at least one character that can be underlined. */
function rangeOf(error: unknown, text: string): { readonly start: number; readonly end: number } {
  const range: unknown = typeof error === 'object' && error !== null && 'range' in error ? error.range : undefined;
  const has = (key: 'start' | 'end'): number | undefined => {
    const value: unknown = typeof range === 'object' && range !== null ? Reflect.get(range, key) : undefined;
    return typeof value === 'number' ? value : undefined;
  };
  const length = text.trimEnd().length;
  const start = Math.min(has('start') ?? 0, length);
  const end = Math.min(Math.max(has('end') ?? start, start), length);
  return end > start ? { start, end } : { start: Math.max(0, start - 1), end: Math.max(1, start) };
}

function explain(error: unknown, text: string, start: number, end: number): string {
  const summary: unknown =
    typeof error === 'object' && error !== null && 'summary' in error ? error.summary : undefined;
  const said = typeof summary === 'string' ? summary : 'it cannot be read';
  if (/EOF/.test(said)) return 'The expression ends too early: something is missing after this.';
  if (/Unterminated/.test(said)) return `This text is never closed. Close it with ${text[start] ?? 'a quote'}.`;
  if (/Exceeded max/.test(said))
    return 'This expression is too large to be read by a person. Split it over several steps.';
  const word = /^[A-Za-z_]\w*/.exec(text.slice(start))?.[0] ?? text.slice(start, end);
  const before = /([A-Za-z]+)\s*$/.exec(text.slice(0, start))?.[1] ?? '';
  const hint = HINTS.get(word) ?? HINTS.get(word[0] ?? '') ?? (before === 'not' ? HINTS.get('not') : undefined);
  if (hint) return `"${word}" cannot stand here. ${hint}`;
  if (/Expected IDENTIFIER/.test(said))
    return RESERVED.has(word)
      ? `"${word}" is a word of the language. Write ["${word}"] instead of the dot and the word.`
      : `A name is missing before "${word}".`;
  const expected = /Expected (\w+)/.exec(said)?.[1];
  const missing = expected === undefined ? undefined : EXPECTED.get(expected);
  return missing ? `${missing} is missing before "${word}".` : `"${word}" cannot stand here.${after(word)}`;
}

/** What to do about something that follows a finished expression. */
function after(word: string): string {
  if (/^[\])}]/.test(word)) return ' Remove it, or open it before.';
  if (/^["'\w]/.test(word)) return ' Join it with "&&", "||" or a comparison, or remove it.';
  return ' Remove it.';
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ['=', 'Compare with "==".'],
  ['&', 'Write "&&" for "and".'],
  ['|', 'Write "||" for "or".'],
  ['and', 'Write "&&" for "and".'],
  ['or', 'Write "||" for "or".'],
  ['not', 'Write "!" for "not".'],
]);
const RESERVED: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);
const EXPECTED: ReadonlyMap<string, string> = new Map([
  ['RPAREN', 'A ")"'],
  ['RBRACKET', 'A "]"'],
  ['RBRACE', 'A "}"'],
  ['COLON', 'A ":"'],
  ['COMMA', 'A ","'],
]);

function convert(node: ASTNode, text: string): CelNode {
  const { start, end } = node.range;
  switch (node.op) {
    case 'value':
      return literal(node.args, start, end);
    case 'id':
      return { kind: 'identifier', name: node.args, start, end };
    case '.':
    case '.?': {
      const [object, name] = node.args;
      return {
        kind: 'member',
        object: convert(object, text),
        name: nameIn(text, name, object.range.end, end),
        start,
        end,
      };
    }
    case '[]':
    case '[?]': {
      const [object, index] = node.args;
      return { kind: 'index', object: convert(object, text), index: convert(index, text), start, end };
    }
    case 'call': {
      const [name, list] = node.args;
      return {
        kind: 'call',
        function: nameIn(text, name, start, end),
        object: undefined,
        arguments: list.map((one) => convert(one, text)),
        start,
        end,
      };
    }
    case 'rcall': {
      const [name, object, list] = node.args;
      return {
        kind: 'call',
        function: nameIn(text, name, object.range.end, end),
        object: convert(object, text),
        arguments: list.map((one) => convert(one, text)),
        start,
        end,
      };
    }
    case '!_':
      return { kind: 'unary', operator: '!', operand: convert(node.args, text), start, end };
    case '-_':
      return { kind: 'unary', operator: '-', operand: convert(node.args, text), start, end };
    case '?:': {
      const [condition, then, otherwise] = node.args;
      return {
        kind: 'conditional',
        condition: convert(condition, text),
        then: convert(then, text),
        else: convert(otherwise, text),
        start,
        end,
      };
    }
    case 'list':
      return { kind: 'list', items: node.args.map((item) => convert(item, text)), start, end };
    case 'map':
      return {
        kind: 'map',
        entries: node.args.map(([key, value]) => ({ key: convert(key, text), value: convert(value, text) })),
        start,
        end,
      };
    default: {
      const operator = BINARY_OPERATORS.find((one) => one === node.op);
      if (!operator) return { kind: 'literal', type: 'other', value: null, start, end };
      const [left, right] = node.args;
      return { kind: 'binary', operator, left: convert(left, text), right: convert(right, text), start, end };
    }
  }
}

function literal(value: unknown, start: number, end: number): CelNode {
  const kind = 'literal';
  if (typeof value === 'string') return { kind, type: 'string', value, start, end };
  if (typeof value === 'bigint') return { kind, type: 'int', value: Number(value), start, end };
  if (typeof value === 'number') return { kind, type: 'double', value, start, end };
  if (typeof value === 'boolean') return { kind, type: 'bool', value, start, end };
  if (value === null) return { kind, type: 'null', value, start, end };
  return { kind, type: 'other', value: null, start, end };
}

/** Where a name stands between two offsets; the first occurrence that is a whole word. */
function nameIn(text: string, name: string, from: number, to: number): Name {
  let at = text.indexOf(name, from);
  while (at >= 0 && (/\w/.test(text[at - 1] ?? '') || /\w/.test(text[at + name.length] ?? '')))
    at = text.indexOf(name, at + 1);
  const start = at >= 0 && at < to ? at : from;
  return { name, start, end: Math.min(to, start + name.length) };
}
