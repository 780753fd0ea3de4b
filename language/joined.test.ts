import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Joined, joined } from './joined.js';

interface Thing {
  readonly has: readonly number[];
}

describe('what things have, joined', () => {
  it('is the same whatever was joined before', () => {
    const thing = fc.array(fc.nat(9), { maxLength: 3 }).map((has): Thing => ({ has }));
    const edit = fc.tuple(fc.nat(), fc.nat(3), fc.array(thing, { maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(thing, { maxLength: 8 }), fc.array(edit, { maxLength: 6 }), (first, edits) => {
        let things: readonly Thing[] = first;
        let asked: Thing[] = [];
        const own = (one: Thing): readonly number[] => {
          asked.push(one);
          return one.has;
        };
        let known: Joined<Thing, number> = joined(things, own);
        for (const [at, count, put] of edits) {
          const start = at % (things.length + 1);
          things = [...things.slice(0, start), ...put, ...things.slice(start + count)];
          asked = [];
          known = joined(things, own, known);
          assert.ok(asked.length <= put.length, 'more was asked than changed');
          assert.deepEqual(
            known,
            joined(things, (one) => one.has),
          );
          assert.deepEqual(
            known.all,
            things.flatMap(({ has }) => has),
          );
        }
      }),
    );
  });
});
