import assert from 'node:assert/strict';
import fc from 'fast-check';
import { iconless, linkless, plain } from './plain.js';

/** What VS Code makes links of in a notification, and icons in a label (`linkedText.ts`, `iconLabels.ts`). */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
const ICON = /\$\([a-z0-9-]+(?:~[a-z]+)?\)/i;
const hostile = fc.array(
  fc.constantFrom(
    '[',
    ']',
    '](',
    '(',
    ')',
    '$',
    '$(',
    '\\',
    'command:a.b',
    'bug',
    'x',
    ' ',
    '\u202e',
    '\n',
    '\u001b[31m',
  ),
);

describe('Text of a run in a message of the editor', () => {
  it('has no link, nothing hidden and no more than so much', () => {
    assert.equal(plain('see [here](command:evil) now'), 'see  here  command:evil  now');
    assert.match(plain('a\u202Eb\u3164c'), /a⟨U\+202E⟩b⟨U\+3164⟩c/);
    assert.ok(plain('x'.repeat(1000)).length < 120);
  });

  it('is no link as a whole message either, and no icon as a label, and otherwise what it was', () => {
    assert.equal(
      linkless('The case "a (b) [c]" is [gone](command:evil).'),
      'The case "a (b) [c]" is [gone] (command:evil).',
    );
    assert.equal(iconless('Look-alike (again), $(bug) for $5'), 'Look-alike (again), $ (bug) for $5');
    assert.ok(iconless('x'.repeat(10_000)).length <= 200 && linkless('x'.repeat(10_000)).length <= 1000);
    fc.assert(
      fc.property(hostile, (parts) => {
        const text = parts.join('');
        assert.doesNotMatch(linkless(text), LINK);
        for (const shown of [linkless(text), iconless(text)]) assert.doesNotMatch(shown, ICON);
        for (const shown of [linkless(text), iconless(text)]) assert.doesNotMatch(shown, /\p{C}/u);
      }),
    );
  });
});
