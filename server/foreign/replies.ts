import type { ServerContext } from '../context.js';
import { itemOf } from '../features/boundary.js';
import { rangesIn, toItem } from '../features/graph.js';
import type { GraphReply } from '../protocol/graph.js';
import type { BoundaryReply } from '../protocol/requests.js';

/** What the playbooks of a file of another product may do; `null`: it has none. */
export async function foreignReply(context: ServerContext, uri: string): Promise<BoundaryReply | null> {
  const reading = await context.foreign.read(uri);
  const [first, ...more] = reading?.boundaries ?? [];
  if (reading === undefined || first === undefined) return context.foreign.wasOne(uri) ? { kind: 'broken' } : null;
  const { boundary } = first;
  const told = {
    kind: 'boundary',
    product: reading.graph().product ?? '',
    playbook: boundary.playbook,
    operatingModel: boundary.operatingModel.computed,
    cells: reading.boundaries.flatMap(({ playbook, boundary: { cells } }) =>
      cells
        .flatMap((cell) => itemOf(context, cell))
        // Of several in one file each says where it stands.
        .map((cell) => (more.length === 0 ? cell : { ...cell, step: `${playbook.name}/${cell.step}` })),
    ),
  } as const;
  return reading.broken ? { kind: 'broken', readable: told } : told;
}

/** How the steps of a file of another product hang together; `null`: it has none. */
export async function foreignGraph(context: ServerContext, uri: string): Promise<GraphReply | null> {
  const reading = await context.foreign.read(uri);
  if (reading === undefined) return context.foreign.wasOne(uri) ? { kind: 'broken', places: [] } : null;
  const graph = toItem(reading.graph(), rangesIn(context));
  if (!reading.broken) return { kind: 'graph', graph };
  const own = graph.steps.filter(({ place }) => place.uri === uri);
  return { kind: 'broken', places: own.map(({ key, place }) => ({ key, range: place.range })), readable: graph };
}
