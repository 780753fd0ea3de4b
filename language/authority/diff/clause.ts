import type { CelNode } from '../../expressions/ast.js';
import type { Expression } from '../../expressions/expression.js';
import { canonicalNode, chainOf, contextValue, operandsOf, type Standing } from './canonical.js';

/**
 * One thing that must hold: any of its alternatives. A condition is a list of clauses that all must hold, so one that has more
 * clauses, or clauses of fewer alternatives, lets less through.
 */
export interface Clause {
  readonly any: readonly Literal[];
  /** As the playbook writes it. */
  readonly shown: string;
}

/** A statement without `&&` and `||` that can be told to follow from another one. */
export type Literal =
  /** `value in [..]`, or not; `value == x` is a list of one. */
  | { readonly kind: 'in'; readonly value: string; readonly set: ReadonlySet<string>; readonly negated: boolean }
  /** `value >= bound`, and so on. */
  | { readonly kind: 'order'; readonly value: string; readonly operator: Order; readonly bound: number }
  | { readonly kind: 'other'; readonly text: string; readonly negated: boolean };

type Order = '<' | '<=' | '>' | '>=';

/** A clause that is no expression: something that must have happened. */
export function eventClause(text: string, shown: string): Clause {
  return { any: [{ kind: 'other', text, negated: false }], shown };
}

/** The clauses that an expression comes to, or its denial. */
export function clausesOf({ parsed }: Expression, at: Standing, denied = false): readonly Clause[] {
  const { ast, text } = parsed;
  const shown = denied ? `not (${text.trim()})` : text.trim();
  if (!ast) return [{ any: [{ kind: 'other', text: `unreadable ${text.trim()}`, negated: denied }], shown }];
  return conjunctsOf(ast, denied).map(({ node, denied }): Clause => {
    const written = text.slice(node.start, node.end).trim();
    return {
      any: disjunctsOf(node, denied).map((one) => literalOf(one.node, text, one.denied, at)),
      shown: denied ? `not (${written})` : written,
    };
  });
}

interface Signed {
  readonly node: CelNode;
  readonly denied: boolean;
}

function conjunctsOf(node: CelNode, denied: boolean): readonly Signed[] {
  if (node.kind === 'unary' && node.operator === '!') return conjunctsOf(node.operand, !denied);
  if (node.kind === 'binary' && node.operator === (denied ? '||' : '&&'))
    return operandsOf(node, node.operator === '||' ? '||' : '&&').flatMap((one) => conjunctsOf(one, denied));
  return [{ node, denied }];
}

function disjunctsOf(node: CelNode, denied: boolean): readonly Signed[] {
  if (node.kind === 'unary' && node.operator === '!') return disjunctsOf(node.operand, !denied);
  if (node.kind === 'binary' && node.operator === (denied ? '&&' : '||'))
    return operandsOf(node, node.operator === '||' ? '||' : '&&').flatMap((one) => disjunctsOf(one, denied));
  return [{ node, denied }];
}

const ORDERS: { readonly [O in Order]: { readonly turned: Order; readonly denied: Order } } = {
  '<': { turned: '>', denied: '>=' },
  '<=': { turned: '>=', denied: '>' },
  '>': { turned: '<', denied: '<=' },
  '>=': { turned: '<=', denied: '<' },
};

function literalOf(node: CelNode, text: string, negated: boolean, at: Standing): Literal {
  const written = (one: CelNode): string => canonicalNode(one, text, at, []);
  if (node.kind === 'binary') {
    const { left, right, operator } = node;
    if (operator === 'in') {
      const set = setOf(right, written, at);
      if (set) return { kind: 'in', value: written(left), set, negated };
    }
    if (operator === '==' || operator === '!=') {
      const [value, constant] = left.kind === 'literal' ? [right, left] : [left, right];
      if (constant.kind === 'literal')
        return {
          kind: 'in',
          value: written(value),
          set: new Set([written(constant)]),
          negated: negated !== (operator === '!='),
        };
    }
    if (isOrder(operator)) {
      const turned = numberOf(left) !== undefined;
      const bound = numberOf(turned ? left : right);
      if (bound !== undefined) {
        const order = turned ? ORDERS[operator].turned : operator;
        const value = written(turned ? right : left);
        return { kind: 'order', value, operator: negated ? ORDERS[order].denied : order, bound };
      }
    }
  }
  if (node.kind === 'call' && node.object && node.function.name === 'all' && node.arguments.length === 2) {
    const [variable, body] = node.arguments;
    const ties =
      variable?.kind === 'identifier' &&
      body?.kind === 'binary' &&
      body.operator === 'in' &&
      body.left.kind === 'identifier' &&
      body.left.name === variable.name &&
      chainOf(body.right)?.[0] !== variable.name;
    const set = ties ? setOf(body.right, written, at) : undefined;
    if (set && !negated) return { kind: 'in', value: `all of ${written(node.object)}`, set, negated };
  }
  return { kind: 'other', text: written(node), negated };
}

function isOrder(operator: string): operator is Order {
  return Object.hasOwn(ORDERS, operator);
}

function numberOf(node: CelNode): number | undefined {
  if (node.kind === 'unary' && node.operator === '-') {
    const positive = numberOf(node.operand);
    return positive === undefined ? undefined : -positive;
  }
  return node.kind === 'literal' && typeof node.value === 'number' ? node.value : undefined;
}

/** The members of a list that is written out, or that the organization's context holds. */
function setOf(node: CelNode, written: (one: CelNode) => string, at: Standing): ReadonlySet<string> | undefined {
  if (node.kind === 'list') return new Set(node.items.map(written));
  const [variable, ...members] = chainOf(node) ?? [];
  if (variable !== 'context' || at.loops.some((loop) => loop.item?.value === 'context')) return undefined;
  const value = contextValue(at, members);
  return Array.isArray(value) ? new Set(value.map((item) => JSON.stringify(item))) : undefined;
}

/** Whether a condition lets through at most what another one does: each clause of that follows from one of its own. */
export function isAtMost(condition: readonly Clause[], other: readonly Clause[]): boolean {
  return other.every((clause) => condition.some((own) => follows(clause, own)));
}

/** The clauses of `condition` that `other` has in no form. */
export function onlyIn(condition: readonly Clause[], other: readonly Clause[]): readonly Clause[] {
  return condition.filter((clause) => !other.some((one) => follows(clause, one) && follows(one, clause)));
}

function follows(clause: Clause, from: Clause): boolean {
  return from.any.every((literal) => clause.any.some((one) => literalFollows(one, literal)));
}

function literalFollows(literal: Literal, from: Literal): boolean {
  if (literal.kind === 'other')
    return from.kind === 'other' && literal.text === from.text && literal.negated === from.negated;
  if (from.kind === 'other' || literal.value !== from.value) return false;
  if (literal.kind === 'order') return from.kind === 'order' && orderFollows(literal, from);
  if (from.kind !== 'in') return false;
  if (literal.negated && from.negated) return isSubset(literal.set, from.set);
  if (!literal.negated && !from.negated) return isSubset(from.set, literal.set);
  // What is in one list is in none that shares no member with it.
  return literal.negated && ![...from.set].some((member) => literal.set.has(member));
}

type Ordered = Literal & { readonly kind: 'order' };

function orderFollows(literal: Ordered, from: Ordered): boolean {
  const upwards = literal.operator.startsWith('>');
  if (upwards !== from.operator.startsWith('>')) return false;
  if (literal.bound === from.bound) return literal.operator.endsWith('=') || !from.operator.endsWith('=');
  return upwards ? from.bound > literal.bound : from.bound < literal.bound;
}

function isSubset(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const member of a) if (!b.has(member)) return false;
  return true;
}
