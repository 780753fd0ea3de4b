import assert from 'node:assert/strict';
import fc from 'fast-check';
import { unchangedEndsOfTexts } from '../unchanged-ends.js';
import { type Cuts, cutAgain, cutAt, cutsOf } from './cuts.js';

const LINES = [
  'a:\n',
  'b: 1\n',
  'steps:\n',
  'steps: # why\r\n',
  '- x\n',
  '-\n',
  '  - y: 1\n',
  '  -\r\n',
  '    z: 2\n',
  '  then:\n',
  '      - w\n',
  '\n',
  '  \n',
  '# c\n',
  '    # c\n',
  '---\n',
  '\ufeff',
  'no key\n',
  'last: 1',
];
const line = fc.constantFrom(...LINES);
const lines = fc.array(line, { maxLength: 14 }).map((some) => some.join(''));
const BLOCKS = ['a:\n', 'b: 1\n', 'steps:\n  - x\n  - y: 1\n    z: 2\n  -\n', 'then:\n- x\n\n- y\n', '# c\n', '\r\n'];
const blocks = fc.array(fc.constantFrom(...BLOCKS), { minLength: 1, maxLength: 8 }).map((some) => some.join(''));
const text = fc.oneof({ arbitrary: lines, weight: 1 }, { arbitrary: blocks, weight: 3 });
/** Mostly whole lines, sometimes half of one. */
const piece = fc.oneof(line, fc.constantFrom('\n', '\r', ' ', '-', 'x', ':', '#', ''), text);

const cutsIn = (source: string, { froms }: Cuts): readonly string[] =>
  froms.map((from, index) => source.slice(from, froms[index + 1]));

describe('where a file is cut', () => {
  it('is at its keys and the items of their lists', () => {
    const source = 'a: 1\nsteps:\n  # first\n  - x\n    y\n\n  - z\n# last\nb:\n  c: 1\n';
    const cuts = cutsOf(source);
    assert.ok(cuts);
    assert.deepEqual(cutsIn(source, cuts), [
      'a: 1\n',
      'steps:\n  # first\n',
      '  - x\n    y\n\n',
      '  - z\n# last\n',
      'b:\n  c: 1\n',
    ]);
    assert.deepEqual(cuts.kinds, ['entry', 'head', 'item', 'item', 'entry']);
    assert.deepEqual(cutAt(cuts, 2), { kind: 'item', from: 22, to: 35, column: 2 });
  });

  it('is not told by lines that are neither', () => {
    for (const source of ['', '- a\n', 'a b\n', 'a:\n  - b\n c\n', 'a: 1\n- b\n'])
      assert.equal(cutsOf(source), undefined, source);
  });

  it('after any change is where it is in the whole text, and what is called the same is', () => {
    let rejoined = 0;
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(40), piece, (before, at, length, put) => {
        const cuts = cutsOf(before);
        if (!cuts) return;
        const start = at % (before.length + 1);
        const now = before.slice(0, start) + put + before.slice(start + length);
        const again = cutAgain(now, cuts, unchangedEndsOfTexts(before, now));
        assert.deepEqual(again?.cuts, cutsOf(now));
        if (!again) return;
        const old = cutsIn(before, cuts);
        const found = cutsIn(now, again.cuts);
        const { start: first, end: last } = again.same;
        assert.ok(first + last <= Math.min(old.length, found.length));
        assert.deepEqual(found.slice(0, first), old.slice(0, first));
        assert.deepEqual(found.slice(found.length - last), old.slice(old.length - last));
        const kinds = (one: Cuts): readonly unknown[] => one.kinds.map((kind, index) => [kind, one.columns[index]]);
        assert.deepEqual(kinds(again.cuts).slice(0, first), kinds(cuts).slice(0, first));
        assert.deepEqual(kinds(again.cuts).slice(found.length - last), kinds(cuts).slice(old.length - last));
        rejoined += last;
      }),
      { numRuns: 20_000 },
    );
    assert.ok(rejoined > 1000, `only ${rejoined} parts were taken over behind a change`);
  });
});

describe('what two texts have in common', () => {
  it('is as much as there is, at any length', () => {
    const long = fc.tuple(fc.nat(3), fc.nat(9000)).map(([letter, count]) => 'abcd'.charAt(letter).repeat(count));
    const some = fc.array(fc.oneof(long, fc.string({ maxLength: 3 })), { maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(some, some, some, some, (head, tail, one, other) => {
        const before = head + one + tail;
        const now = head + other + tail;
        const { start, end } = unchangedEndsOfTexts(before, now);
        const most = Math.min(before.length, now.length);
        assert.ok(
          start + end <= most && start >= head.length && start + end >= Math.min(most, head.length + tail.length),
        );
        assert.equal(before.slice(0, start), now.slice(0, start));
        assert.equal(before.slice(before.length - end), now.slice(now.length - end));
        assert.ok(start === most || before[start] !== now[start], 'more at the start');
      }),
      { numRuns: 300 },
    );
  });
});
