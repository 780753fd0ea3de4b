import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonical, plainJson, writtenJson } from './canonical.js';

describe('canonical', () => {
  it('is the same for the same value, however it is written', () => {
    assert.equal(
      canonical({ b: 1e21, a: ['\u20ac$\u000f\nA\'B"\\\\"/', 0.000001, -0, null, true] }),
      '{"a":["€$\\u000f\\nA\'B\\"\\\\\\\\\\"/",0.000001,0,null,true],"b":1e+21}',
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonical(plainJson(value));
        assert.equal(canonical(JSON.parse(text)), text);
        assert.equal(canonical(plainJson(JSON.parse(text))), text);
      }),
    );
  });

  it('sorts members by UTF-16 code units', () => {
    assert.equal(
      canonical({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 }),
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    );
  });

  it('is what a value is written as with which it was put in order', () => {
    const name = fc.oneof(fc.constantFrom('1', '10', '2', '02', '-1', '__proto__', 'toJSON'), fc.string());
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(name, fc.jsonValue())), (given) => {
        const { value, text } = writtenJson(given);
        assert.equal(text, canonical(value));
        assert.equal(text, canonical(plainJson(given)));
      }),
      { numRuns: 500 },
    );
  });

  it('makes anything JSON', () => {
    fc.assert(fc.property(fc.anything(), (value) => assert.ok(canonical(plainJson(value)).length > 0)));
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    assert.ok(canonical(plainJson(deep)).length < 1000);
  });
});
