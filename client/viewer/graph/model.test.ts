import assert from 'node:assert/strict';
import { lane, longGraph, sampleGraph, step } from '../testing/graph-sample.test.js';
import { readKeptGraph } from './kept.js';
import { marksOf } from './marks.js';
import { matching, modelOf, nearestShown, openSteps, shownSteps } from './model.js';

describe('What of a graph is to be seen', () => {
  const model = modelOf(sampleGraph());

  it('is all of a playbook that is not long, but for what a person folded', () => {
    const open = openSteps(model, new Map([['route', false]]), ['over']);
    assert.ok(!open.has('route') && open.has('each'));
    const shown = shownSteps(model, open);
    assert.ok(!shown.includes('close') && shown.includes('contain/isolate'));
    assert.equal(nearestShown(model, open, 'over'), 'route');
    assert.equal(nearestShown(model, open, 'ask'), 'ask');
  });

  it('is of a long one what leads to the steps that matter', () => {
    const long = modelOf(longGraph(1000));
    const open = openSteps(long, new Map([['step_19', true]]), ['step_9_a']);
    assert.deepEqual([...open].sort(), ['step_19', 'step_9']);
  });

  it('is the outermost folded step of those around a step', () => {
    const deep = modelOf({
      playbook: '',
      title: '',
      top: ['a'],
      steps: [
        step('a', 'if', { lanes: [lane('then', 'branch', ['b'])] }),
        step('b', 'if', { lanes: [lane('then', 'branch', ['c'])] }),
        step('c', 'stop'),
      ],
      edges: [],
    });
    assert.equal(nearestShown(deep, new Set(['a']), 'c'), 'b');
    assert.equal(nearestShown(deep, new Set(['b']), 'c'), 'a');
    assert.equal(nearestShown(deep, new Set(), 'c'), 'a');
  });

  it('counts what a folded step holds, at any depth, doubts apart', () => {
    assert.deepEqual(model.insideOf.get('route'), { steps: 3, acts: 1, doubts: 0 });
    assert.deepEqual(model.insideOf.get('contain'), { steps: 1, acts: 1, doubts: 1 });
  });

  it('is found by id, title, tool or words, in any case', () => {
    assert.deepEqual(matching(model, 'IDENTITY.'), ['investigate', 'suspend', 'revoke']);
    assert.deepEqual(matching(model, 'playbook.yaml'), ['contain']);
    assert.deepEqual(matching(model, '  '), []);
  });
});

describe('What is picked out of a graph', () => {
  const model = modelOf(sampleGraph());

  it('is of a gate what it covers, as far as it is there', () => {
    const { covered, granting, path } = marksOf(model, 'ask');
    assert.deepEqual([...covered], ['suspend', 'revoke']);
    assert.equal(granting.size + path.size, 0);
  });

  it('is of an act the gates that grant it, and of a violated one the path with the lanes it takes', () => {
    const { covered, granting, path, lanes } = marksOf(model, 'suspend');
    assert.equal(covered.size, 0);
    assert.deepEqual([...granting], ['ask']);
    assert.deepEqual(
      [...path],
      [
        ['investigate', 1],
        ['route', 2],
        ['ask', 3],
        ['tell', 4],
        ['suspend', 5],
      ],
    );
    assert.deepEqual([...lanes].sort(), ['ask on-reject', 'route malicious']);
  });

  it('is nothing of no step, or of one that is gone', () => {
    for (const key of [null, 'gone']) assert.equal(marksOf(model, key).path.size + marksOf(model, key).covered.size, 0);
  });
});

describe('What a page of the graph kept', () => {
  it('is read, and what does not fit is as if it had not been kept', () => {
    const kept = { uri: 'file:///a', selected: 'x', folds: [['a', true]], zoom: 0.5, legend: true };
    assert.deepEqual(readKeptGraph(kept), kept);
    const nothing = { uri: '', selected: null, folds: [], zoom: 1, legend: false };
    for (const bad of [
      undefined,
      null,
      3,
      { uri: 1, folds: 'x', zoom: 900 },
      { folds: [['a'], [1, true]], zoom: Number.NaN },
    ])
      assert.deepEqual(readKeptGraph(bad), nothing);
  });
});
