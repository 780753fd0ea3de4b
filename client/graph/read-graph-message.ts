import type { FromGraph } from '../viewer/protocol/graph-messages.js';

/** A message of the page, if it is one: a page is no more to be trusted than what it shows. */
export function readGraphMessage(raw: unknown): FromGraph | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { type, key, tool, focus }: { readonly [name: string]: unknown } = { ...raw };
  if (type === 'ready') return { type };
  if (type !== 'open' || typeof key !== 'string') return undefined;
  return {
    type,
    key,
    tool: typeof tool === 'number' && Number.isSafeInteger(tool) ? tool : null,
    focus: focus === true,
  };
}
