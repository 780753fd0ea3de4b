import assert from 'node:assert/strict';
import type { GraphReply, GraphStepPlace } from '../../server/protocol/graph.js';
import { nextGraph, stepAt } from './shown-graph.js';

const URI = 'file:///w/a.playbook.yaml';
const GOOD: GraphReply = { kind: 'graph', graph: { playbook: 'a', title: '', top: [], steps: [], edges: [] } };

function place(key: string, from: number, to: number, character = 4): GraphStepPlace {
  return { key, range: { start: { line: from, character: 4 }, end: { line: to, character } } };
}

describe('What is drawn of a playbook', () => {
  const BROKEN: GraphReply = { kind: 'broken', places: [place('one', 3, 5)] };

  it('stays while its text is broken, with where its steps are now', () => {
    const shown = nextGraph(undefined, URI, GOOD);
    assert.deepEqual(nextGraph(shown, URI, BROKEN), {
      uri: URI,
      graph: shown.graph,
      state: 'broken',
      places: BROKEN.kind === 'broken' ? BROKEN.places : [],
    });
  });

  it('is what can be read of a text that was broken from the first', () => {
    const readable = GOOD.kind === 'graph' ? GOOD.graph : assert.fail();
    const partial = nextGraph(undefined, URI, { kind: 'broken', places: [], readable });
    assert.deepEqual([partial.state, partial.graph], ['partial', readable]);
    assert.deepEqual(
      nextGraph(nextGraph(undefined, URI, GOOD), URI, { kind: 'broken', places: [], readable }).state,
      'broken',
    );
  });

  it('is nothing of another playbook, or of what cannot be read', () => {
    const shown = nextGraph(undefined, URI, GOOD);
    assert.equal(nextGraph(shown, 'file:///w/b.playbook.yaml', BROKEN).graph, null);
    assert.deepEqual(nextGraph(shown, URI, null), { uri: URI, graph: null, state: 'untold', places: [] });
  });

  it('has places in the order of the text, whatever that of the picture is', () => {
    const later = place('later', 6, 9);
    const shown = nextGraph(undefined, URI, { kind: 'broken', places: [later, place('first', 2, 6)] });
    assert.deepEqual(
      shown.places.map(({ key }) => key),
      ['first', 'later'],
    );
    assert.equal(stepAt(shown.places, 6), 'later');
  });

  it('has the innermost step a line belongs to', () => {
    const places = [place('outer', 2, 9), place('inner', 4, 6, 0), place('next', 12, 14)];
    assert.deepEqual(
      [1, 2, 4, 5, 6, 9, 10, 12].map((line) => stepAt(places, line)),
      [null, 'outer', 'inner', 'inner', 'outer', 'outer', null, 'next'],
    );
  });
});
