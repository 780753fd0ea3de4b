import assert from 'node:assert/strict';
import { plain } from './plain.js';

describe('Text of a run in a message of the editor', () => {
  it('has no link, nothing hidden and no more than so much', () => {
    assert.equal(plain('see [here](command:evil) now'), 'see  here  command:evil  now');
    assert.match(plain('a\u202Eb\u3164c'), /a⟨U\+202E⟩b⟨U\+3164⟩c/);
    assert.ok(plain('x'.repeat(1000)).length < 120);
  });
});
