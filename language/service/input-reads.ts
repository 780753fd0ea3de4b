import type { ExpressionSite } from '../authority/sites.js';
import type { ValueType } from '../expressions/types.js';
import type { LoadedPlaybook } from '../load.js';
import type { Step } from '../model/playbook.js';
import { sourceRange } from '../syntax/scalar-map.js';
import type { Json, Range } from '../syntax/tree.js';

/** A value that steps read and that does not come from them: what a playbook of their own has to be given. */
export interface InputRead {
  /** The input it becomes. */
  readonly name: string;
  /** The expression that reads it where they stand now. */
  readonly path: string;
  readonly schema: { readonly [keyword: string]: Json };
  /** Where it is read, in the file's text. */
  readonly range: Range;
}

/**
 * What the expressions of `inside` read of other steps, of loops around them and of the playbook's inputs, every place once.
 * The alert is the same for a called playbook, and context can be named there, too. A sentence where a value has no type
 * that can be written down.
 */
export function inputReads(playbook: LoadedPlaybook, inside: ReadonlySet<Step>): readonly InputRead[] | string {
  const ids = new Set([...inside].map((step) => step.id.value));
  const names = new Map<string, string>();
  const found: InputRead[] = [];
  for (const site of playbook.sites) {
    if (!site.step || !inside.has(site.step)) continue;
    for (const { path } of site.checked.references) {
      const [root, ...members] = path.map(({ name }) => name);
      if (
        root === undefined ||
        isGiven(root, playbook, site, inside) ||
        (root === 'steps' && ids.has(members[0] ?? ''))
      )
        continue;
      const parts =
        root === 'steps'
          ? members.slice(0, members[1] === 'output' ? 3 : 2)
          : root === 'inputs'
            ? members.slice(0, 1)
            : [];
      const last = path[parts.length];
      const first = path[0];
      if (!first || !last) continue;
      if ((root === 'steps' && parts.length < 2) || (root === 'inputs' && parts.length < 1))
        return `An expression reads all of "${root}" at once. Read single values of it.`;
      const text = [root, ...parts].join('.');
      const schema = schemaOf(typeAt(playbook, site, [root, ...parts]));
      if (!schema) return `What "${text}" holds has no type that an input could be given.`;
      const { node, offset } = site.expression;
      const range = sourceRange(node, playbook.text, offset + first.start, offset + last.end);
      found.push({ name: nameFor(text, root, parts, names), path: text, schema, range });
    }
  }
  return found;
}

/** Whether a variable means the same in a called playbook: the alert, context, a bound's own `args`, a loop's own item. */
function isGiven(root: string, playbook: LoadedPlaybook, site: ExpressionSite, inside: ReadonlySet<Step>): boolean {
  if (root === 'alert' || root === 'context' || root === 'args') return true;
  if (root === 'steps' || root === 'inputs') return false;
  const loops = (site.step && playbook.flow.structure.placeOf.get(site.step)?.loops) ?? [];
  return loops.some((loop) => inside.has(loop) && loop.item?.value === root);
}

function nameFor(path: string, root: string, parts: readonly string[], names: Map<string, string>): string {
  const known = names.get(path);
  if (known !== undefined) return known;
  const words = root === 'steps' ? parts.filter((part) => part !== 'output') : parts.length > 0 ? parts : [root];
  const short = words.at(-1) ?? root;
  const taken = new Set(names.values());
  const [best = short] = [short, words.join('_')].filter((name) => !taken.has(name));
  let name = best.toLowerCase().replace(/[^a-z0-9_]/g, '_');
  for (let number = 2; taken.has(name); number++) name = `${best}_${number}`;
  names.set(path, name);
  return name;
}

function typeAt(playbook: LoadedPlaybook, site: ExpressionSite, path: readonly string[]): ValueType | undefined {
  const scope = (site.step && playbook.scopes.get(site.step)) ?? playbook.scope;
  let type = scope.variables.get(path[0] ?? '');
  for (const name of path.slice(1)) type = type?.kind === 'object' ? type.members.get(name)?.type : undefined;
  return type;
}

function schemaOf(type: ValueType | undefined, depth = 0): { readonly [keyword: string]: Json } | undefined {
  if (!type || depth > 4) return undefined;
  switch (type.kind) {
    case 'string':
      return {
        ...(type.values ? { enum: type.values } : { type: 'string' }),
        ...(type.entity ? { 'x-entity': type.entity } : {}),
      };
    case 'bool':
      return { type: 'boolean' };
    case 'int':
      return { type: 'integer' };
    case 'number':
      return { type: 'number' };
    case 'timestamp':
      return { type: 'string' };
    case 'list': {
      const items = schemaOf(type.items, depth + 1);
      return items && { type: 'array', items };
    }
    case 'object': {
      const members = [...type.members].map(([name, { type: inner }]) => [name, schemaOf(inner, depth + 1)] as const);
      const properties: { [name: string]: Json } = {};
      for (const [name, schema] of members) {
        if (!schema) return undefined;
        properties[name] = schema;
      }
      return { type: 'object', properties };
    }
    case 'any':
    case 'null':
    case 'duration':
    case 'union':
      return undefined;
  }
}
