import assert from 'node:assert/strict';
import type { Actor, SourcePlace, TraceEventName, TraceEvents, TraceLine } from '../../runner/protocol/trace.js';
import { TraceMemory } from './held-trace.js';
import { candidates } from './place.js';

function trace(
  ...events: { [E in TraceEventName]: readonly [E, string | null, Partial<TraceEvents[E]>] }[TraceEventName][]
) {
  const actor: Actor = { kind: 'engine', id: 'countersign' };
  return events.map(([event, step, data], seq) => ({
    event,
    step,
    data,
    seq,
    actor,
  })) as unknown as readonly TraceLine[];
}

const at = (line: number): SourcePlace => ({ file: 'a.playbook.yaml', line, character: 2 });

describe('The place of an event in the text', () => {
  const lines = trace(
    ['run.opened', null, { playbook: { id: 'a', version: '1', file: 'a.playbook.yaml', digest: '' } }],
    ['step.entered', 'look', { place: at(10) }],
    ['model.response', 'look', {}],
    ['authorized', 'look', { place: at(12) }],
    ['authorized', 'look', { place: null }],
    ['step.entered', 'act', { place: at(20) }],
    ['executed', 'look', {}],
    ['run.closed', null, {}],
  );

  const memory = new TraceMemory();
  memory.add(lines);

  it('is its own, else that of its step, else the top of the playbook', () => {
    assert.deepEqual(
      lines.map((_, seq) => memory.placeOf(seq)?.line),
      [0, 10, 10, 12, 10, 20, 10, 0],
    );
  });

  it('is unknown for a line there is not', () => {
    assert.equal(memory.placeOf(99), undefined);
    assert.equal(new TraceMemory().placeOf(0), undefined);
  });
});

describe('A file a trace names', () => {
  it('is looked for below each base', () => {
    assert.deepEqual(candidates('./sub/a.yaml', ['/w/', '/v']), ['/w/sub/a.yaml', '/v/sub/a.yaml']);
    assert.deepEqual(candidates('sub\\a.yaml', ['C:\\w']), ['C:\\w/sub/a.yaml']);
    assert.deepEqual(candidates('/w/a.yaml', ['/v']), ['/w/a.yaml']);
    assert.deepEqual(candidates('file:///w/a%20b.yaml', ['/v']), ['/w/a b.yaml']);
    assert.deepEqual(candidates('file:///C:/w/a.yaml', ['/v']), ['C:/w/a.yaml']);
  });

  for (const file of [
    '',
    '..',
    '../../etc/passwd',
    'a/../../b',
    '/w/../etc/passwd',
    '\\\\host\\share\\a',
    '//host/a',
    'http://x/a',
    'file://host/a',
    'file:////host/share',
    'file:///a%00',
    'file:///%',
    'a\0b',
  ]) {
    it(`is nothing when it is ${JSON.stringify(file)}`, () => assert.deepEqual(candidates(file, ['/w']), []));
  }
});
