import assert from 'node:assert/strict';
import type { Json } from '../../../runner/protocol/trace.js';
import { prettyJson } from './json-tokens.js';
import { shortened, visible } from './visible.js';

function text(value: Json, limit?: number): string {
  return prettyJson(value, limit)
    .tokens.map((token) => token.text)
    .join('');
}

describe('Data as a person reads it', () => {
  it('is indented JSON', () => {
    const value = { a: [1, true, null, 'x'], b: {}, c: [] };
    assert.equal(text(value), JSON.stringify(value, null, 2).replace('"b": {}', '"b": {}'));
  });

  it('shows line feeds as such, and what is hidden', () => {
    assert.equal(text('a\nb\t"c\\n" \u202E\u0000\u200B'), '"a⏎\nb⇥\\"c\\\\n\\" ⟨U+202E⟩⟨U+0000⟩⟨U+200B⟩"');
    assert.equal(text({ '\u2066key': 1 }), '{\n  "⟨U+2066⟩key": 1\n}');
  });

  it('stops at the limit and says so', () => {
    assert.deepEqual(prettyJson('x'.repeat(100), 10).cut, true);
    assert.equal(text('x'.repeat(100), 10).length, 10);
    assert.equal(prettyJson('x'.repeat(8), 10).cut, false);
    assert.equal(prettyJson([1, 2, 3], 4).cut, true);
  });

  it('bears the deepest data there is', () => {
    let deep: Json = 'end';
    for (let level = 0; level < 1000; level++) deep = [deep];
    assert.match(text(deep), /end/);
  });

  it('makes visible what is drawn as nothing and keeps what people write', () => {
    assert.equal(visible('Grüße, 日本語 🎉 – ok'), 'Grüße, 日本語 🎉 – ok');
    assert.equal(visible('a\u00ADb\u180Ec\uFEFFd\u{E0041}'), 'a⟨U+00AD⟩b⟨U+180E⟩c⟨U+FEFF⟩d⟨U+E0041⟩');
    assert.equal(visible('\uD800'), '⟨U+D800⟩');
    assert.equal(visible('a\n\tb', 'block'), 'a\n\tb');
    assert.equal(visible('a\u00A0b\u3000c\u2028'), 'a⟨U+00A0⟩b⟨U+3000⟩c⟨U+2028⟩');
  });

  it('is never cut inside a character', () => {
    assert.equal(shortened('🎉🎉🎉', 4), '🎉…');
    assert.equal(shortened('short', 5), 'short');
  });
});
