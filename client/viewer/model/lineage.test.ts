import assert from 'node:assert/strict';
import { Story } from '../events/story.js';
import { QUARANTINE, smallTrace } from '../testing/sample-trace.test.js';
import { BLOCK, callOf, NOTE, Script } from '../testing/structured-trace.test.js';
import { leavesOf } from './lineage.js';
import { LineageSearch } from './lineage-search.js';

function search(lines: ReturnType<typeof smallTrace>, call: string): LineageSearch {
  const story = new Story();
  story.append(lines);
  const found = new LineageSearch(story, call);
  while (!found.done) found.more();
  return found;
}

describe('Values of a call', () => {
  it('are looked for where they are long enough to tell something', () => {
    assert.deepEqual(
      leavesOf({ a: 'ab', b: ['abc', { c: 7, d: 4711 }], e: true, f: null }).map(({ path, value }) => [path, value]),
      [
        ['b[0]', 'abc'],
        ['b[1].d', 4711],
      ],
    );
    assert.equal(leavesOf(QUARANTINE.arguments).length, 3);
  });

  it('are found in earlier events, whole or as a part of a text, and never in later ones', () => {
    const host = callOf('call-9', 'net.block', { ip: '203.0.113.7', why: 'nobody said this' });
    const script = new Script()
      .propose('read', NOTE)
      .execute('read', NOTE, true, { answer: { seen: ['x', '203.0.113.7'], text: 'from 203.0.113.7 to us' } })
      .propose('act', host)
      .execute('act', host, true, { blocked: '203.0.113.7', why: 'nobody said this' });
    const { traced } = search(script.lines, 'call-9');
    assert.deepEqual(
      traced.map(({ leaf, sightings, count }) => [leaf.path, sightings, count]),
      [
        ['ip', [{ at: 2, path: 'result.answer.seen[1]', whole: true }], 1],
        ['why', [], 0],
      ],
    );
  });

  it('of a call shown at a gate are looked for before it was shown', () => {
    const script = new Script().ask('g', [BLOCK]).answer('g', 'approve').execute('read', NOTE, true, '203.0.113.7');
    script.propose('act', BLOCK);
    assert.deepEqual(
      search(script.lines, 'call-1').traced.map(({ count }) => count),
      [1],
    );
  });

  it('do not keep one waiting where there are none, or nobody knows the call', () => {
    assert.equal(search(smallTrace(), 'call-unknown').done, true);
  });
});
