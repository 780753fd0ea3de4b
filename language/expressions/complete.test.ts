import assert from 'node:assert/strict';
import { completeExpression } from './complete.js';
import { SCOPE } from './fixture.test.js';

/** What is offered at the `|`, and what it replaces. */
function at(marked: string): { readonly labels: readonly string[]; readonly word: string } {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { items, start, end } = completeExpression(text, offset, SCOPE);
  return { labels: items.map((item) => item.label), word: text.slice(start, end) };
}

const MEMBERS = ['n', 'f', 's', 'b', 'e', 'l', 'items', 'open', 'opt', 'maybe'];
const VERDICTS = ['malicious', 'benign', 'novel'];

describe('completion of an expression', () => {
  const offers: readonly (readonly [string, string, readonly string[]])[] = [
    ['members after a dot', 'a.|', MEMBERS],
    ['members where a word is half typed', 'a.op|', MEMBERS],
    ['members in brackets', '(a.|)', MEMBERS],
    ['members after a negation', '!a.|', MEMBERS],
    ['members after a finished comparison', 'a.e == "benign" && a.|', MEMBERS],
    ['members in has', 'has(a.|)', MEMBERS],
    ['members of an item', 'a.items[0].|', ['v', 'k']],
    ['members of an item of a call with quotes and brackets', 'a.items.filter(o, o.v == ")(")[0].|', ['v', 'k']],
    ['members of what a macro binds', 'a.items.exists(o, o.|', ['v', 'k']],
    ['members of what a macro binds, closed', 'a.items.exists(o, o.v == "x" && o.|)', ['v', 'k']],
    ['members of what a nested macro binds', 'a.l.exists(x, a.items.all(p, p.|', ['v', 'k']],
    ['members of what a macro after another binds', 'a.items.filter(o, o.k == "x").map(p, p.|)', ['v', 'k']],
    ['values in quotes after a comparison', 'a.e == "|', VERDICTS],
    ['values in single quotes, half typed', "a.e == 'mal|'", VERDICTS],
    ['values in a list', 'a.e in ["malicious", "|"]', VERDICTS],
    ['values of what a macro binds', 'a.items.exists(o, o.k == "|"', ['x', 'y']],
    ['nothing in other quotes', 'a.s.startsWith("|', []],
  ];
  for (const [what, text, labels] of offers) it(`offers ${what}`, () => assert.deepEqual(at(text).labels, labels));

  it('replaces the word, and no more', () => {
    assert.equal(at('a.op| == 1').word, 'op');
    assert.equal(at('a.o|p').word, 'op');
    assert.equal(at('a.e == "mal|icious" && a.b').word, 'malicious');
  });

  it('offers variables, those of macros, values and functions where a value begins', () => {
    const { labels } = at('a.items.exists(o, o.k == |');
    for (const label of ["'x'", "'y'", 'a', 'o', 'size', 'has']) assert.ok(labels.includes(label), label);
    assert.ok(!at('a.items.exists(o, true) && |').labels.includes('o'));
  });

  it('offers the methods of a text and of a list', () => {
    assert.ok(at('a.s.|').labels.includes('startsWith'));
    assert.ok(at('"x".|').labels.includes('startsWith'));
    assert.ok(at('a.items.map(o, o.v).exists(q, q.|').labels.includes('contains'));
    assert.ok(at('a.items.|').labels.includes('exists'));
  });

  it('answers at every place of any text', () => {
    for (const text of ['a.items.filter(o, o.v == "p")[0].k in ["x", \'y\']', '((a.[[{"', "a.e == '\\"]) {
      for (let offset = 0; offset <= text.length; offset++) completeExpression(text, offset, SCOPE);
    }
  });
});
