import type { GraphItem, GraphReply, GraphStepPlace } from '../../server/protocol/graph.js';
import type { GraphState } from '../viewer/protocol/graph-messages.js';

/** What is drawn of a playbook: what was last read of it, and how that stands to its text now. */
export interface ShownGraph {
  readonly uri: string;
  readonly graph: GraphItem | null;
  readonly state: GraphState;
  /** The steps of the playbook's own file, where they are in the text as it is now. */
  readonly places: readonly GraphStepPlace[];
}

/** Takes a new answer. Of a text that is broken the last good picture stays. */
export function nextGraph(shown: ShownGraph | undefined, uri: string, reply: GraphReply | null): ShownGraph {
  if (reply === null) return { uri, graph: null, state: 'untold', places: [] };
  if (reply.kind === 'broken') {
    const { readable } = reply;
    const places = inTextOrder(reply.places);
    const before = shown?.uri === uri && shown.state !== 'partial' ? shown.graph : null;
    if (before === null && readable !== undefined) return { uri, graph: readable, state: 'partial', places };
    return { uri, graph: before, state: 'broken', places };
  }
  const own = reply.graph.steps.filter(({ place }) => place.uri === uri);
  return {
    uri,
    graph: reply.graph,
    state: 'good',
    places: inTextOrder(own.map(({ key, place }) => ({ key, range: place.range }))),
  };
}

/** Steps of other products are in the order of the picture. Where two start at one place the outer one stays first. */
function inTextOrder(places: readonly GraphStepPlace[]): readonly GraphStepPlace[] {
  return places.toSorted(
    ({ range: { start: a } }, { range: { start: b } }) => a.line - b.line || a.character - b.character,
  );
}

/** The innermost step a line belongs to; `null`: none. Lines from 0. */
export function stepAt(places: readonly GraphStepPlace[], line: number): string | null {
  // Steps come in the order of the text, each before what stands in it.
  return places.findLast(({ range }) => range.start.line <= line && line <= lastLine(range))?.key ?? null;
}

/** A range that ends where a line begins has nothing of that line. */
function lastLine({ start, end }: GraphStepPlace['range']): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}
