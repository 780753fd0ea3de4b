import assert from 'node:assert/strict';
import { checkExpression } from './check.js';
import { SCOPE } from './fixture.test.js';
import { parseExpression } from './parse.js';
import { describeType } from './types.js';

/** The problems of an expression, which must be at the words between « and ». */
function check(marked: string): ReturnType<typeof checkExpression> {
  const marks = [...marked.matchAll(/«([^»]*)»/g)].map((match, index) => ({
    start: match.index - 2 * index,
    text: match[1],
  }));
  const text = marked.replace(/[«»]/g, '');
  const result = checkExpression(parseExpression(text), SCOPE);
  const found = [...result.problems].sort((a, b) => a.start - b.start);
  assert.deepEqual(
    found.map(({ start, end }) => ({ start, text: text.slice(start, end) })),
    marks,
    found.map((problem) => problem.message).join('\n'),
  );
  return result;
}

describe('the type of an expression', () => {
  const types: readonly (readonly [string, string])[] = [
    ['a.n + 1', 'a whole number'],
    ['a.n + a.f', 'a number'],
    ['a.n > 2.5', 'true or false'],
    ['a.s + "x"', 'text'],
    ['a.e', 'one of "malicious", "benign", "novel"'],
    ['a.maybe', 'text or null'],
    ['a.l[0]', 'a whole number'],
    ['a.items[0].v', 'text'],
    ['a.items.map(o, o.v)', 'a list of texts'],
    ['a.items.filter(o, o.v == "p")', 'a list of maps'],
    ['a.l.map(x, a.l.map(y, x * y))', 'a list of lists of whole numbers'],
    ['a.items.exists(o, o.k == "x")', 'true or false'],
    ['a.l.exists(a, a > 2)', 'true or false'],
    ['a.open.more', 'anything'],
    ['a.open["more"]', 'anything'],
    ['a["s"]', 'text'],
    ['has(a.opt)', 'true or false'],
    ['size(a.l) + a.s.size()', 'a whole number'],
    ['a.b ? a.n : a.f', 'a whole number or a number'],
    ['a.b ? 1 : 2.5', 'a whole number or a number'],
    ['string(a.n)', 'text'],
    ['int("3")', 'a whole number'],
    ['double(a.f) / 2', 'a number'],
    ['timestamp("2020-01-01T00:00:00Z") + duration("1h")', 'a point in time'],
    ['type(a.n) == int', 'true or false'],
    ['a.maybe == null', 'true or false'],
    ['"v" in a.items[0]', 'true or false'],
    ['{"x": 1}.x', 'a whole number'],
  ];
  for (const [text, type] of types) {
    it(`is ${type}: ${text}`, () => assert.equal(describeType(check(text).type), type));
  }
});

describe('a fault in an expression', () => {
  const faults: readonly (readonly [string, string, RegExp, string?])[] = [
    ['«b».n', 'unknown-variable', /no variable "b"/, 'a'],
    ['a.«zzz»', 'unknown-member', /It has: n, f, s/],
    ['a.«itmes»[0]', 'unknown-member', /Did you mean "items"/, 'items'],
    ['a.items[0].«w»', 'unknown-member', /no "w"/],
    ['a[«"itmes"»]', 'unknown-member', /Did you mean "items"/, '"items"'],
    ['a.items.exists(o, o.«w» == "x")', 'unknown-member', /no "w"/],
    ['has(a.«nope»)', 'unknown-member', /no "nope"/],
    ['a.«__proto__»', 'unknown-member', /no "__proto__"/],
    ['a.«constructor»', 'unknown-member', /no "constructor"/],
    ['a.n.«x»', 'type-mismatch', /a whole number, which has no members/],
    ['a.items.«v»', 'type-mismatch', /a list of maps, which has no members/],
    ['a.l.exists(a, a.«n»)', 'type-mismatch', /a whole number, which has no members/],
    ['a.e == «"malicous"»', 'type-mismatch', /Did you mean "malicious"/, '"malicious"'],
    ["«'malicous'» == a.e", 'type-mismatch', /Did you mean "malicious"/, "'malicious'"],
    ['a.items.exists(o, o.k == «"z"»)', 'type-mismatch', /never "z"/],
    ['a.n == «"3"»', 'type-mismatch', /never equal/],
    ['a.opt == «null»', 'type-mismatch', /write has\(a\.opt\)/],
    ['a.n < «"x"»', 'type-mismatch', /cannot be compared/],
    ['a.s + «a.n»', 'type-mismatch', /cannot join/],
    ['a.b && «a.n»', 'type-mismatch', /joins what is true or false/],
    ['!«a.s»', 'type-mismatch', /needs true or false/],
    ['-«a.s»', 'type-mismatch', /needs a number/],
    ['«a.n» ? 1 : 2', 'type-mismatch', /before "\?"/],
    ['a.b ? 1 : «"x"»', 'type-mismatch', /of one type/],
    ['a.b ? [1] : «["x"]»', 'type-mismatch', /of one type/],
    ['«a.s»[0]', 'type-mismatch', /cannot be indexed/],
    ['a.l[«"x"»]', 'type-mismatch', /indexed by a number/],
    ['a.s in «"hello"»', 'type-mismatch', /looks into a list/],
    ['«a.s» in a.l', 'type-mismatch', /never in it/],
    ['«null» in a.l', 'type-mismatch', /never in it/],
    ['«a.s».exists(x, x == "t")', 'type-mismatch', /goes over a list/],
    ['«a.l.exists(x)»', 'type-mismatch', /list\.exists\(x, condition\)/],
    ['a.l.all(x, «x»)', 'type-mismatch', /must be true or false/],
    ['«has(a)»', 'type-mismatch', /has\(alert\.device\)/],
    ['«foo»(1)', 'unknown-function', /There are: size/],
    ['a.s.«startWith»("x")', 'unknown-function', /Did you mean "startsWith"/, 'startsWith'],
    ['a.s.startsWith(«1»)', 'type-mismatch', /cannot take a whole number/],
    ['a.s.«startsWith»("a", "b")', 'type-mismatch', /takes 1 argument/],
    ['a.n.«contains»("x")', 'type-mismatch', /is for text/],
    ['a.l.«join»(",")', 'type-mismatch', /Only texts can be joined/],
    ['size(«a.n»)', 'type-mismatch', /cannot take a whole number/],
    ['«a.f» / 2', 'type-mismatch', /Write double/],
    ['«a.f» % 2', 'type-mismatch', /whole numbers/],
    ['«1u»', 'type-mismatch', /unsigned/],
    ['«b"x"»', 'type-mismatch', /bytes/],
  ];
  for (const [text, rule, message, suggestion] of faults) {
    it(`is told at the word: ${text}`, () => {
      const [problem] = check(text).problems;
      assert.equal(problem?.rule, rule);
      assert.match(problem?.message ?? '', message);
      assert.equal(problem?.suggestion, suggestion);
    });
  }

  it('is one of several', () => {
    check('a.«x» == 1 && «y» == 2 && a.«z»');
  });
});

describe('the references of an expression', () => {
  const referencesOf = (text: string): string[] =>
    checkExpression(parseExpression(text), SCOPE).references.map((one) => one.path.map((name) => name.name).join('.'));

  it('are every value read, as far as its members are named', () => {
    assert.deepEqual(referencesOf('a.open.t == "x" && a.l[a.n] > 0 && has(a.opt)'), [
      'a.open.t',
      'a.l',
      'a.n',
      'a.opt',
    ]);
  });

  it('leave out what a macro binds, even under the name of a variable', () => {
    assert.deepEqual(referencesOf('a.items.exists(o, o.v == a.s)'), ['a.items', 'a.s']);
    assert.deepEqual(referencesOf('a.l.exists(a, a > 1) && a.b'), ['a.l', 'a.b']);
  });
});

describe('an expression that cannot be read', () => {
  const broken: readonly (readonly [string, RegExp])[] = [
    ['a.n «=» 3', /Compare with "=="/],
    ['a.b «and» a.b', /Write "&&"/],
    ['not «a».b', /Write "!"/],
    ['a.b «&» a.b', /Write "&&"/],
    ['a.b «|» a.b', /Write "\|\|"/],
    ['a.b«)»', /Remove it, or open it before/],
    ['a.n == 3 «a».b', /Join it/],
    ['a.s == «"x»', /never closed/],
    ['{"x" «1»}', /A ":" is missing/],
    ['a.«in»', /\["in"\]/],
    ['a«.»', /ends too early/],
    ['1 «+»', /ends too early/],
  ];
  for (const [text, message] of broken) {
    it(`is told at the place: ${text}`, () => {
      const [problem] = check(text).problems;
      assert.equal(problem?.rule, 'expression-syntax');
      assert.match(problem?.message ?? '', message);
    });
  }

  it('may be missing', () => assert.match(parseExpression('  ').error?.message ?? '', /missing here/));
  it('may be too long', () => assert.match(parseExpression('1+'.repeat(3000)).error?.message ?? '', /at most 4096/));
  it('may be too deep', () => {
    for (const text of [
      '('.repeat(2000),
      '['.repeat(2000),
      '!'.repeat(2000),
      `${'-'.repeat(2000)}1`,
      'a.'.repeat(1500),
    ]) {
      assert.ok(parseExpression(text).error, text.slice(0, 10));
    }
  });
});
