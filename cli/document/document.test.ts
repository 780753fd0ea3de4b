import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addressOf, type Document, heading, list, missing, table, text } from './document.js';
import { htmlOf } from './to-html.js';
import { markdownOf } from './to-markdown.js';

const of = (words: string): Document => ({
  title: words,
  blocks: [
    heading(2, words),
    text(`${words} `, { strong: words }, { text: words, href: words }),
    list([words]),
    table([words], [[words]]),
    missing(words),
  ],
});

describe('a report', () => {
  it('is the same as Markdown and as a page', () => {
    assert.equal(
      markdownOf(of('Case one')),
      `# Case one

## Case one

Case one **Case one**[Case one](./Case%20one)

- Case one

| Case one |
| --- |
| Case one |

> **Not shown.** Case one
`,
    );
    assert.match(htmlOf(of('Case one')), /<li>Case one<\/li>/);
  });

  it('has links within itself and beside it alone', () => {
    for (const href of ['javascript:alert(1)', 'https://example.test', '//example.test', 'data:x'])
      assert.match(addressOf(href), /^\.\//, href);
    for (const href of ['#heading', '../traces/a.jsonl', './a', '/a/b']) assert.equal(addressOf(href), href);
  });

  it('shows whatever its text says and lets none of it be markup', () => {
    const tags = (page: string): number => page.split('<').length;
    const usual = tags(htmlOf(of('x')));
    const lines = (page: string): number => page.split('\n').length;
    const plainLines = lines(markdownOf(of('x')));
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('</p><script>x</script>', '"><img src=x>', '](javascript:x)', '| a\n| b', '# h\n\n- x', '[x](y)'),
    );
    fc.assert(
      fc.property(hostile, (words) => {
        assert.equal(tags(htmlOf(of(words))), usual);
        assert.equal(lines(markdownOf(of(words))), plainLines);
        assert.doesNotMatch(markdownOf(of(words)), /<script|<img/);
      }),
    );
  });
});
