import assert from 'node:assert/strict';
import { parseYaml } from '../syntax/parse.js';
import { get, type Json } from '../syntax/tree.js';
import { createEvaluator } from './evaluate.js';
import { expressionsOf, type Template } from './expression.js';
import { evaluateTemplate, parseTemplate, problemRange } from './template.js';

const templateOf = (yaml: string): Template => parseTemplate(get(parseYaml(`t: ${yaml}\n`).root, 't'));
const A = { n: 3, s: 'x', l: ['p', 'q'], o: { k: 1 }, e: [] };
const evaluated = (yaml: string): Json | string => {
  const result = evaluateTemplate(templateOf(yaml), { a: A }, createEvaluator());
  return result.ok ? JSON.parse(JSON.stringify(result.value)) : `! ${result.reason}`;
};

describe('a template', () => {
  const values: readonly (readonly [string, Json])[] = [
    ['3', 3],
    ['plain', 'plain'],
    ['', null],
    ['"${{ a.n }}"', 3],
    ['"${{ a.l }}"', ['p', 'q']],
    ['"${{ a.o }}"', { k: 1 }],
    ['"is ${{ a.n }}"', 'is 3'],
    ['"${{ a.n }} and ${{ a.s }}"', '3 and x'],
    ['"${{ a.n }}${{ a.n }}"', '33'],
    ['"l ${{ a.l }} o ${{ a.o }}"', 'l p, q o {"k":1}'],
    ['"${{ \'}}\' }}"', '}}'],
    ['\'${{ "a }} b" }}!\'', 'a }} b!'],
    ["\"${{ {'k': {'j': 1}}.k.j }}\"", 1],
    ['[1, "${{ a.n }}"]', [1, 3]],
    ['{ k: "${{ a.s }}", m: { j: "-${{ a.n }}" } }', { k: 'x', m: { j: '-3' } }],
    ['"$ {{ a.n }}"', '$ {{ a.n }}'],
    ['|\n  ${{ a.n }}', 3],
    ['>\n  n is\n  ${{ a.n }}', 'n is 3\n'],
    ['"${{ a.nope }}"', '! There is no value for "nope".'],
    ['"x ${{ a.n"', '! This "${{" is never closed. Close it with "}}".'],
    ['"${{ }}"', '! An expression is missing here.'],
  ];
  for (const [yaml, value] of values)
    it(`gives its value: ${JSON.stringify(yaml)}`, () => assert.deepEqual(evaluated(yaml), value));

  it('has every expression where it stands in the file', () => {
    const text = "t:\n  - \"é\\n${{ a.n }} ${{ a.s }}\"\n  - 'it''s ${{ a.l }}'\n  - >-\n    folded\n    ${{ a.o }}\n";
    const words = [...expressionsOf(parseTemplate(get(parseYaml(text).root, 't')))].map((expression) => {
      const range = problemRange(expression, 0, expression.parsed.text.length, text);
      return text.slice(range.start, range.end);
    });
    assert.deepEqual(words, [' a.n ', ' a.s ', ' a.l ', ' a.o ']);
  });

  it('makes maps without a prototype', () => {
    const result = evaluateTemplate(templateOf('{ __proto__: 1 }'), {}, createEvaluator());
    assert.ok(result.ok && typeof result.value === 'object' && result.value !== null);
    assert.equal(Object.getPrototypeOf(result.value), null);
    assert.ok(Object.hasOwn(result.value, '__proto__'));
  });
});
