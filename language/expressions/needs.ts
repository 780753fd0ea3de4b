import type { CelNode } from './ast.js';
import { childrenOf } from './children.js';

/** What an expression may read of a variable: all of it, or no more than these members. */
export type Need = 'all' | ReadonlySet<string>;

/**
 * What an expression may read of each variable, by its syntax alone. A variable it does not name it cannot read. One that a macro
 * binds counts as named: too much is read at the most.
 */
export function needsOf(ast: CelNode): ReadonlyMap<string, Need> {
  const needs = new Map<string, 'all' | Set<string>>();
  const visit = (node: CelNode): void => {
    if (node.kind === 'identifier') {
      needs.set(node.name, 'all');
      return;
    }
    const member = memberOf(node);
    if (!member) {
      for (const child of childrenOf(node)) visit(child);
      return;
    }
    const need = needs.get(member.variable) ?? new Set();
    if (need !== 'all') needs.set(member.variable, need.add(member.name));
  };
  visit(ast);
  return needs;
}

/** `variable.name` and `variable["name"]`. */
function memberOf(node: CelNode): { readonly variable: string; readonly name: string } | undefined {
  if (node.kind !== 'member' && node.kind !== 'index') return undefined;
  const { object } = node;
  if (object.kind !== 'identifier') return undefined;
  if (node.kind === 'member') return { variable: object.name, name: node.name.name };
  const { index } = node;
  return index.kind === 'literal' && typeof index.value === 'string' && index.type === 'string'
    ? { variable: object.name, name: index.value }
    : undefined;
}
