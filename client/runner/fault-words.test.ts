import assert from 'node:assert/strict';
import { faultWithoutWords } from './fault-words.js';

describe('What a process complained about, in a log', () => {
  it('has the names of errors and the places, and no words', () => {
    const stack = `TypeError: Cannot read "ceo@victim.example" of undefined
    at readAlert (/home/ana/x/dist/core.cjs:12:345)
    at async file:///home/ana/x/dist/core.cjs:9:1
{ subject: 'Pay this invoice' }`;
    const said = faultWithoutWords(stack);
    assert.deepEqual(said.split('\n').slice(0, 3), ['TypeError', '  at core.cjs:12:345', '  at core.cjs:9:1']);
    assert.doesNotMatch(said, /victim|invoice|ana|readAlert \(/);
    assert.match(said, /2 lines of text.*Debug/);
  });

  it('is never empty', () => {
    for (const text of ['', 'careful', '\u0000\n\n']) assert.match(faultWithoutWords(text), /^\(\d lines? of text/);
  });
});
