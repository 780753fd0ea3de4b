import type { Catalog, Tool } from '../../model/catalog.js';
import { isConsequential } from '../../model/levels.js';

/** What two states of a project say of tools: a catalog that now says "it only reads" is no proof that it does. */
export interface ToolIndex {
  /** Whether a use of a tool that reads or records has to be compared, too. */
  readonly isDoubtful: (tool: Tool) => boolean;
  /** Whether the base says that a tool of this name needs authority. */
  readonly neededAuthority: (name: string) => boolean;
}

/** What answers a tool's calls, as far as another one may do something else. Queries of events can only read. */
export function backendOf({ backend }: Pick<Tool, 'backend'>): string {
  switch (backend.kind) {
    case 'mcp':
      return `${backend.tool} of the server ${backend.server}`;
    case 'built-in':
      return `the built-in ${backend.name}`;
    case 'recorded':
    case 'evidence':
      return 'recordings and events';
  }
}

/** Compares what the catalogs of two states say. Tools of the same name in several catalogs all count. */
export function toolIndexOf(base: readonly Catalog[], head: readonly Catalog[]): ToolIndex {
  const [before, after] = [toolsByName(base), toolsByName(head)];
  return {
    neededAuthority: (name) => before.get(name)?.some(({ effect }) => isConsequential(effect)) ?? false,
    isDoubtful({ name }) {
      const [was, is] = [before.get(name.value), after.get(name.value)];
      // One that only one of them knows may do anything, as far as the other can tell.
      if (!was || !is) return true;
      if ([...was, ...is].some(({ effect }) => isConsequential(effect))) return true;
      return new Set([...was, ...is].map(backendOf)).size > 1;
    },
  };
}

function toolsByName(catalogs: readonly Catalog[]): ReadonlyMap<string, readonly Tool[]> {
  const tools = new Map<string, Tool[]>();
  for (const catalog of catalogs) {
    for (const [name, tool] of catalog.tools) tools.set(name, [...(tools.get(name) ?? []), tool]);
  }
  return tools;
}
