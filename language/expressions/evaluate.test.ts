import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json } from '../syntax/tree.js';
import { checkExpression } from './check.js';
import { createEvaluator, type EvaluationResult } from './evaluate.js';
import { DATA, SCOPE } from './fixture.test.js';
import { parseExpression } from './parse.js';

const evaluate = (text: string, a: Json = DATA): EvaluationResult =>
  createEvaluator().evaluate(parseExpression(text), { a });
const plain = (value: Json): unknown => JSON.parse(JSON.stringify(value));

describe('evaluation', () => {
  const values: readonly (readonly [string, Json])[] = [
    ['a.n + a.f', 4.5],
    ['a.n == 3.0 && a.n > 2.5 && a.f < 2', true],
    ['a.n - 0.5 + 1', 3.5],
    ['a.n * 1.5', 4.5],
    ['a.n % 2', 1],
    ['3 in a.l && !(1.5 in a.l)', true],
    ['a.items.map(o, o.v).join("-")', 'p-q'],
    ['a.items.filter(o, has(o.k))', [{ v: 'q', k: 'x' }]],
    ['a.l.map(x, a.l.filter(y, y > x).size())', [2, 1, 0]],
    ['a.l.exists(a, a > 2)', true],
    ['(a.l + a.l).exists_one(x, x == 9)', false],
    ['a.items.exists(o, o.k == "x")', true],
    ['a.open.map(key, key)', ['t', 'more']],
    ['a.maybe == null', true],
    ['a.b ? 1.5 : size(a.s)', 1.5],
    ['a.b ? a.l.map(x, a.b ? 1 : 2.5) : []', [1, 1, 1]],
    ['size(a.s) == 4.0 && size(a.s) != 4.5', true],
    ['a.f - (a.b ? 1 : 2) / 2', 1.5],
    ['has(a.opt) && a.opt == "x"', false],
    ['true || a.opt == "x"', true],
    ['{"k": [a.n, null]}', { k: [3, null] }],
    ['"😀".size()', 1],
    ['timestamp("2020-01-01T00:00:00Z") + duration("1h")', '2020-01-01T01:00:00.000Z'],
    ['string(timestamp("2020-01-01T01:00:00+01:00"))', '2020-01-01T00:00:00.000Z'],
    ['string(duration("1h30m"))', '5400s'],
    ['string(duration("250ms"))', '0.25s'],
    ['a.s.matches("^t.x")', true],
  ];
  for (const [text, value] of values) {
    it(`gives a value: ${text}`, () => {
      const result = evaluate(text);
      assert.ok(result.ok, result.ok ? '' : result.reason);
      assert.deepEqual(plain(result.value), value);
    });
  }

  const reasons: readonly (readonly [string, RegExp])[] = [
    ['a.opt == "x"', /no value for "opt"/],
    ['a.l[5]', /out of bounds/],
    ['a.n / 0', /Division by zero/],
    ['a.f / 0.0', /not a finite number/],
    ['9007199254740993', /too large to be exact/],
    ['int(a.s)', /cannot convert/],
    ['a.s.matches("(?=x)")', /regexp/],
    ['a.s.matches("(a)\\\\1")', /regexp/],
    ['a.s.matches("(")', /regexp/],
    ['b == 1', /Unknown variable/],
    ['a.__proto__', /no value for "__proto__"/],
    ['a.constructor', /no value for "constructor"/],
    ['a.open.toString', /no value for "toString"/],
    ['a.open["__proto__"]', /no value/],
    ['a b', /cannot stand here/],
  ];
  for (const [text, reason] of reasons) {
    it(`gives a reason: ${text}`, () => {
      const result = evaluate(text);
      assert.ok(!result.ok);
      assert.match(result.reason, reason);
    });
  }

  it('reads hostile keys of data as data, and makes objects without a prototype', () => {
    const hostile: Json = JSON.parse('{"__proto__": {"n": 1}, "constructor": "c"}');
    assert.deepEqual(evaluate('a.constructor', hostile), { ok: true, value: 'c' });
    assert.deepEqual(evaluate('a.__proto__.n', hostile), { ok: true, value: 1 });
    assert.deepEqual(evaluate('has(a.polluted)', hostile), { ok: true, value: false });
    const result = evaluate('{"__proto__": 1}');
    assert.ok(result.ok && typeof result.value === 'object' && result.value !== null);
    assert.equal(Object.getPrototypeOf(result.value), null);
  });

  it('matches in time linear in the text', () => {
    const text = 'a'.repeat(50_000);
    assert.deepEqual(evaluate('a.matches("^(a+)+$")', `${text}!`), { ok: true, value: false });
    assert.deepEqual(evaluate('a.matches("(a|aa)+$")', `${text}!`), { ok: true, value: false });
  });

  it('goes through lists a bounded number of times, whatever catches the error', () => {
    const long = Array.from({ length: 10_000 }, (_, index) => index);
    assert.deepEqual(evaluate('a.exists(x, x == 9999)', long), { ok: true, value: true });
    for (const text of [
      'a.map(x, a.map(y, a.map(z, x)))',
      'a.exists(x, a.exists(y, a.exists(z, z < 0)))',
      'a.all(x, !a.exists(y, y < 0) || true)',
      'a.map(x, a + a)',
      'a.filter(x, a.map(y, x).size() > 0).size() > 0 || true',
    ]) {
      const result = evaluate(text, long);
      assert.ok(!result.ok, text);
      assert.match(result.reason, /more than 250,000 times/);
    }
  });

  it('makes values only of what an expression can read', () => {
    const deep: Json = JSON.parse('['.repeat(5000) + ']'.repeat(5000));
    const variables = { a: { n: 1, deep, 'a-b': 2, constructor: 3 }, b: deep };
    const read = (text: string): EvaluationResult => createEvaluator().evaluate(parseExpression(text), variables);
    for (const [text, value] of [
      ['a.n', 1],
      ['a["a-b"] + a["n"]', 3],
      ['a.constructor', 3],
      ['has(a.n) && !has(a.missing) && !has(a.toString)', true],
      ['[1].exists(b, b == a.n)', 'nested too deep'],
      ['size(a)', 'nested too deep'],
      ['a["n" + ""]', 'nested too deep'],
      ['a.deep == a.n', 'nested too deep'],
    ] as const) {
      const result = read(text);
      if (typeof value === 'string') assert.match(result.ok ? '' : result.reason, new RegExp(value), text);
      else assert.deepEqual(result, { ok: true, value }, text);
    }
  });

  it('makes results of bounded size, from values of bounded depth', () => {
    const long = Array.from({ length: 10_000 }, () => 1);
    const result = evaluate('[a, a, a, a, a, a, a, a, a, a, a]', long);
    assert.ok(!result.ok);
    assert.match(result.reason, /more than 100,000 values/);
    const deep: Json = JSON.parse('['.repeat(5000) + ']'.repeat(5000));
    assert.deepEqual(evaluate('a == a', deep), { ok: false, reason: 'A value it reads is nested too deep.' });
  });
});

describe('an expression the checker accepts', () => {
  const leaf = {
    int: fc.constantFrom('a.n', '2', 'size(a.s)', 'a.l[0]', 'a.l.size()'),
    number: fc.constantFrom('a.f', '1.5', 'double(a.n)'),
    string: fc.constantFrom('a.s', '"x"', 'a.e', 'string(a.n)', 'a.items[0].v'),
    bool: fc.constantFrom('a.b', 'true', 'has(a.opt)', 'a.maybe == null'),
    list: fc.constantFrom('a.l', '[1, 2]', 'a.items', 'a.items.map(o, o.v)', 'a.items.filter(o, has(o.k))'),
  };
  const term: fc.Arbitrary<string> = fc.letrec<{ term: string }>((tie) => ({
    term: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf.int,
      leaf.number,
      leaf.string,
      leaf.bool,
      leaf.list,
      fc
        .tuple(
          tie('term'),
          fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '>=', '&&', '||', 'in'),
          tie('term'),
        )
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      fc.tuple(tie('term'), tie('term'), tie('term')).map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`),
      tie('term').map((operand) => `!${operand}`),
      tie('term').map((operand) => `-(${operand})`),
      fc
        .tuple(tie('term'), fc.constantFrom('all', 'exists', 'map', 'filter', 'exists_one'), tie('term'))
        .map(([list, macro, body]) => `${list}.${macro}(x, ${body} == x)`),
      fc
        .tuple(tie('term'), fc.constantFrom('startsWith', 'contains', 'split'), tie('term'))
        .map(([text, method, part]) => `${text}.${method}(${part})`),
    ),
  })).term;

  it('never fails for the kinds of its values', () => {
    const data = fc.record({
      n: fc.integer(),
      f: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
      s: fc.string(),
      b: fc.boolean(),
      e: fc.constantFrom('malicious', 'benign', 'novel'),
      l: fc.array(fc.integer()),
      items: fc.array(fc.record({ v: fc.string(), k: fc.constantFrom('x', 'y') }, { requiredKeys: ['v'] })),
      open: fc.constant({}),
      maybe: fc.constant(null),
    });
    let accepted = 0;
    fc.assert(
      fc.property(term, data, (text, a) => {
        const parsed = parseExpression(text);
        if (checkExpression(parsed, SCOPE).problems.length > 0) return;
        accepted++;
        const given = { a: plain(a) as Json };
        const result = createEvaluator().evaluate(parsed, given);
        // With a second part that reads all of the variable.
        const whole = createEvaluator().evaluate(parseExpression(`[dyn(${text}), dyn(a)][0]`), given);
        if (result.ok && whole.ok) assert.deepEqual(result.value, whole.value, text);
        else assert.equal(result.ok, whole.ok, text);
        if (!result.ok)
          assert.doesNotMatch(result.reason, /overload|must be bool|must have the same type|must return bool/i, text);
      }),
      { numRuns: 1500 },
    );
    assert.ok(accepted > 100, String(accepted));
  }).timeout(30_000);
});
