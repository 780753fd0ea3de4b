import assert from 'node:assert/strict';
import { adversaryWords } from './adversary-words.js';

describe('What is said of an adversary', () => {
  it('is how many attempts it made, and how many calls ran without authority', () => {
    assert.equal(
      adversaryWords({ attempts: 12, unauthorized: 0, untold: 0 }),
      'The adversary tried 12 things it was not given: 0 calls ran without authority.',
    );
    assert.match(adversaryWords({ attempts: 1, unauthorized: 1, untold: 2 }), /1 thing .*: 1 call ran .* Of 2 calls/);
  });
});
