import { argumentScope, itemScope } from '../authority/scope.js';
import { checkExpression, type Scope } from '../expressions/check.js';
import { parseExpression } from '../expressions/parse.js';
import type { NodePath } from '../schema/node-path.js';
import { get, type MapNode, type Node } from '../syntax/tree.js';
import type { SourceFile } from './source-file.js';

/** The variable of a loop around a place, outermost first. */
export interface LoopVariable {
  readonly name: string;
  /** The list it goes over, as it is written. */
  readonly list: string;
}

/** The loops whose body a path leads through. Read off the tree, so that a half-typed step in a loop sees its item. */
export function loopsOn(path: NodePath): readonly LoopVariable[] {
  return path.flatMap((step) => {
    if (step.kind !== 'entry' || step.entry.key.text !== 'steps') return [];
    const loop = get(step.map, 'for-each');
    const name = textOf(get(loop, 'item'));
    return name === '' ? [] : [{ name, list: textOf(get(loop, 'in')) }];
  });
}

/** What an expression at the end of a path sees: the items of the loops around it; in a `where` the arguments of its call. */
export function scopeOn(source: SourceFile, path: NodePath): Scope | undefined {
  const { playbook } = source;
  if (!playbook) return undefined;
  let { scope } = playbook;
  for (const { name, list } of loopsOn(path)) {
    scope = itemScope(scope, name, checkExpression(parseExpression(list), scope).type);
  }
  const last = path.at(-1);
  if (last?.kind !== 'entry' || last.entry.key.text !== 'where') return scope;
  return argumentScope(scope, source.tools.get(boundTool(last.map)));
}

/** The tool whose calls a `where` in this map bounds. */
function boundTool(map: MapNode): string {
  return textOf(get(map, 'use') ?? get(map, 'action'));
}

function textOf(node: Node | undefined): string {
  return node?.kind === 'scalar' ? node.text : '';
}
