import type { CelNode } from '../expressions/ast.js';
import type { Expression } from '../expressions/expression.js';

/**
 * The arguments that a `where` bounds: those that some conjunct ties to a set an attacker cannot extend. A conjunct ties
 * `args.x` if it says `args.x in <set>`, `args.x == <value>`, or `args.x.all(y, y in <set>)`, where a set is
 * `alert.entities.<type>`, a member of the organization's `context` or a list of values, and a value is a constant, one of
 * `alert.entities` or a member of `context`. Anything else, an `||` above all, bounds nothing.
 */
export function boundedArguments(where: Expression | undefined): ReadonlySet<string> {
  const bounded = new Set<string>();
  for (const conjunct of conjuncts(where?.parsed.ast)) {
    const name = boundBy(conjunct);
    if (name !== undefined) bounded.add(name);
  }
  return bounded;
}

function* conjuncts(node: CelNode | undefined): Generator<CelNode> {
  if (!node) return;
  if (node.kind === 'binary' && node.operator === '&&') {
    yield* conjuncts(node.left);
    yield* conjuncts(node.right);
  } else yield node;
}

function boundBy(node: CelNode): string | undefined {
  if (node.kind === 'binary' && node.operator === 'in') return isSet(node.right) ? argumentOf(node.left) : undefined;
  if (node.kind === 'binary' && node.operator === '==') {
    if (isValue(node.right)) return argumentOf(node.left);
    return isValue(node.left) ? argumentOf(node.right) : undefined;
  }
  if (node.kind === 'call' && node.object && node.function.name === 'all') {
    const [variable, body] = node.arguments;
    const each =
      variable?.kind === 'identifier' &&
      !TRUSTED.includes(variable.name) &&
      body &&
      [...conjuncts(body)].some((part) => tiesVariable(part, variable.name));
    return each ? argumentOf(node.object) : undefined;
  }
  return undefined;
}

function tiesVariable(node: CelNode, variable: string): boolean {
  return (
    node.kind === 'binary' &&
    node.operator === 'in' &&
    node.left.kind === 'identifier' &&
    node.left.name === variable &&
    isSet(node.right)
  );
}

function argumentOf(node: CelNode): string | undefined {
  return node.kind === 'member' && node.object.kind === 'identifier' && node.object.name === 'args'
    ? node.name.name
    : undefined;
}

/** The variables that sets are made of. Inside a macro that gives one of these names to its own variable nothing is bound. */
const TRUSTED: readonly string[] = ['alert', 'context'];

function isSet(node: CelNode): boolean {
  return isEntities(node) || isContext(node) || (node.kind === 'list' && node.items.every(isValue));
}

function isValue(node: CelNode): boolean {
  return (
    node.kind === 'literal' ||
    isContext(node) ||
    (node.kind === 'index' && isEntities(node.object) && node.index.kind === 'literal')
  );
}

function isEntities(node: CelNode): boolean {
  return (
    node.kind === 'member' &&
    node.object.kind === 'member' &&
    node.object.name.name === 'entities' &&
    node.object.object.kind === 'identifier' &&
    node.object.object.name === 'alert'
  );
}

/** `context.vips`, `context.windows.change.hosts`: data the organization keeps, chosen by nothing an attacker writes. */
function isContext(node: CelNode): boolean {
  if (node.kind !== 'member') return false;
  return node.object.kind === 'identifier' ? node.object.name === 'context' : isContext(node.object);
}
