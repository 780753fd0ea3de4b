import { RequestType } from 'vscode-languageserver/node';
import { stepGraphOf, stepPlacesOf } from '../../language/service/build-step-graph.js';
import { openSource } from '../../language/service/source-file.js';
import type { StepGraph } from '../../language/service/step-graph.js';
import type { Range } from '../../language/syntax/tree.js';
import type { ServerContext } from '../context.js';
import { foreignGraph } from '../foreign/replies.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';
import { GRAPH_REQUEST, type GraphItem, type GraphParams, type GraphReply } from '../protocol/graph.js';
import type { BoundaryRange } from '../protocol/requests.js';

const GraphRequest = new RequestType<GraphParams, GraphReply | null, void>(GRAPH_REQUEST);

/** Answers how the steps of a playbook hang together: of one that is open as it stands in the editor, of another as on disk. */
export function registerGraph(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onRequest(
    GraphRequest,
    guarded(context, 'graph', null, async ({ uri }): Promise<GraphReply | null> => {
      const text = workspace.read(uri);
      const source = workspace.source(uri) ?? (text === undefined ? undefined : openSource(uri, text, workspace));
      if (source === undefined) return foreignGraph(context, uri);
      if (source.playbook === undefined) return null;
      const toRange = rangesIn(context);
      const broken = source.playbook.tree.problems.some(({ severity }) => severity === 'error');
      const boundary = source.root?.kind === 'map' && !broken ? source.boundary() : undefined;
      if (boundary === undefined) {
        const places = stepPlacesOf(source.playbook).map(({ key, range }) => ({ key, range: toRange(uri, range) }));
        return { kind: 'broken', places };
      }
      return { kind: 'graph', graph: toItem(stepGraphOf(source.playbook, boundary), toRange) };
    }),
  );
}

export type ToRange = (uri: string, range: Range) => BoundaryRange;

/** Of a file that is gone meanwhile everything is at its start: the next reading has it as unknown. */
export function rangesIn({ workspace }: ServerContext): ToRange {
  const documents = new Map<string, ReturnType<typeof workspace.textDocument>>();
  return (uri, range) => {
    const document = documents.get(uri) ?? workspace.names.document(uri) ?? workspace.textDocument(uri);
    documents.set(uri, document);
    const start = { line: 0, character: 0 };
    return document === undefined ? { start, end: start } : toLspRange(document, range);
  };
}

export function toItem(graph: StepGraph, toRange: ToRange): GraphItem {
  return {
    ...graph,
    steps: graph.steps.map(({ place, tools, ...step }) => ({
      ...step,
      tools: tools.map(({ tool, effect, act }) => ({
        tool,
        effect,
        act: act && { ...act, at: { uri: act.at.uri, range: toRange(act.at.uri, act.at.range) } },
      })),
      place: { uri: place.uri, at: toRange(place.uri, place.at), range: toRange(place.uri, place.range) },
    })),
  };
}
