import { type CelNode, MACROS, type Name } from './ast.js';
import type { ParsedExpression } from './parse.js';

/** A value an expression reads, by its syntax alone: a variable and the members after it. */
export interface Reading {
  /** Each word without quotes, so that `steps["ask"]` and `steps.ask` read alike. `[0]` is left out. */
  readonly path: readonly Name[];
  /** Variables that macros around it bind. */
  readonly bound: readonly string[];
}

/**
 * Every variable an expression reads, but for those a macro binds. An expression that cannot be read still gives the paths
 * that begin with a variable every playbook has: while somebody types, names in it are names.
 */
export function readingsOf({ ast, text }: ParsedExpression): Reading[] {
  const found: Reading[] = [];
  if (ast) collect(ast, text, [], found);
  else for (const match of text.matchAll(PATHS)) found.push({ path: wordsOf(match[0], match.index), bound: [] });
  return found;
}

const PATHS = /(?<![\w.])(?:steps|inputs|context|args)(?:\.[A-Za-z_]\w*)+/g;

function wordsOf(dotted: string, start: number): Name[] {
  let at = start;
  return dotted.split('.').map((name) => {
    const word = { name, start: at, end: at + name.length };
    at = word.end + 1;
    return word;
  });
}

function collect(node: CelNode, text: string, bound: readonly string[], found: Reading[]): void {
  const all = (nodes: readonly CelNode[], names = bound): void => {
    for (const one of nodes) collect(one, text, names, found);
  };
  switch (node.kind) {
    case 'literal':
      return;
    case 'identifier':
    case 'member':
    case 'index':
      path(node, text, bound, found);
      return;
    case 'call': {
      if (node.object) all([node.object]);
      const [variable, ...rest] = node.arguments;
      const binds = node.object && variable?.kind === 'identifier' && MACROS.some((one) => one === node.function.name);
      if (binds) all(rest, [...bound, variable.name]);
      else all(node.arguments);
      return;
    }
    case 'unary':
      all([node.operand]);
      return;
    case 'binary':
      all([node.left, node.right]);
      return;
    case 'conditional':
      all([node.condition, node.then, node.else]);
      return;
    case 'list':
      all(node.items);
      return;
    case 'map':
      for (const { key, value } of node.entries) all([key, value]);
      return;
  }
}

function path(node: CelNode, text: string, bound: readonly string[], found: Reading[]): void {
  const words: Name[] = [];
  let root = node;
  for (;;) {
    if (root.kind === 'member') words.unshift(root.name);
    else if (root.kind === 'index') {
      const { index } = root;
      if (index.kind === 'literal' && typeof index.value === 'string')
        words.unshift(unquoted(index, index.value, text));
      else collect(index, text, bound, found);
    } else break;
    root = root.object;
  }
  if (root.kind !== 'identifier') collect(root, text, bound, found);
  else if (!bound.includes(root.name)) found.push({ path: [nameOf(root.name, root), ...words], bound });
}

function unquoted(at: { readonly start: number; readonly end: number }, name: string, text: string): Name {
  const quotes = text.slice(at.start + 1, at.end - 1) === name ? 1 : 0;
  return { name, start: at.start + quotes, end: at.end - quotes };
}

function nameOf(name: string, { start, end }: { readonly start: number; readonly end: number }): Name {
  return { name, start, end };
}
