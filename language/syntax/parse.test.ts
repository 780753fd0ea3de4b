import assert from 'node:assert/strict';
import { MAX_DEPTH, MAX_LENGTH, parseYaml } from './parse.js';
import { settled } from './place.js';
import { type Json, type Node, toJson } from './tree.js';

const plain = (value: Json | undefined): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));
const jsonOf = (text: string): unknown => {
  const { root } = parseYaml(text);
  return plain(root && toJson(root));
};

/** A text with a «mark» around each fault. */
interface Fault {
  readonly what: string;
  readonly text: string;
  /** What the text gives all the same. */
  readonly value: unknown;
  readonly says: RegExp;
  readonly rule?: string;
  /** The text once the fix of the first problem is applied. */
  readonly fixed?: string;
}

function check({ text: marked, value, says, rule = 'yaml-syntax', fixed }: Fault): void {
  const marks: { start: number; end: number }[] = [];
  let text = '';
  for (const part of marked.split(/([«»])/)) {
    if (part === '«') marks.push({ start: text.length, end: text.length });
    else if (part === '»') marks[marks.length - 1]!.end = text.length;
    else text += part;
  }
  const { problems } = parseYaml(text);
  const said = problems.map((problem) => problem.message).join('\n');
  assert.deepEqual(
    problems.map((problem) => problem.range),
    marks,
    said,
  );
  assert.deepEqual(jsonOf(text), value);
  for (const problem of problems) {
    assert.equal(problem.severity, 'error');
    assert.equal(problem.rule, rule);
    assert.match(problem.message, says);
  }
  if (fixed === undefined) return;
  const edits = [...problems[0]!.fixes[0]!.edits].sort((a, b) => b.range.start - a.range.start);
  const mended = edits.reduce(
    (at, { range, newText }) => at.slice(0, range.start) + newText + at.slice(range.end),
    text,
  );
  assert.equal(mended, fixed);
}

const FAULTS: readonly Fault[] = [
  {
    what: 'a tab',
    text: 'a: 1\n«\t»b: 2\nc: 3\n',
    value: { a: 1, b: 2, c: 3 },
    says: /Use spaces/,
    fixed: 'a: 1\n  b: 2\nc: 3\n',
  },
  { what: 'tabs below a key', text: 'a:\n«\t\t»b: 2\nc: 3\n', value: { a: { b: 2 }, c: 3 }, says: /Use spaces/ },
  {
    what: 'a tab in a step',
    text: 'steps:\n  - id: a\n«\t»action: x\n  - id: b\n',
    value: { steps: [{ id: 'a', action: 'x' }, { id: 'b' }] },
    says: /Use spaces/,
  },
  { what: 'an open double quote', text: 'a: «"»x\nb: 2\n', value: { a: 'x', b: 2 }, says: /never closed/ },
  { what: 'an open single quote', text: "a: «'»x\nb: 2\n", value: { a: 'x', b: 2 }, says: /never closed/ },
  {
    what: 'an open quote before another',
    text: 'a: «"»x: y\nb: "z"\n',
    value: { a: 'x: y', b: 'z' },
    says: /never closed/,
  },
  {
    what: 'an open quote in brackets',
    text: 'a: { x: «"»y }\nb: 2\n',
    value: { a: { x: 'y ' }, b: 2 },
    says: /never closed/,
  },
  { what: 'a lone quote', text: 'a: «"»\nb: 2\n', value: { a: '_', b: 2 }, says: /never closed/ },
  {
    what: 'two open quotes',
    text: 'a: «"»x\nb: 2\nc: «\'»y\nd: 3\n',
    value: { a: 'x', b: 2, c: 'y', d: 3 },
    says: /never closed/,
  },
  { what: 'an open list', text: 'a: «[»1, 2 # c\nb: 2\n', value: { a: [1, 2], b: 2 }, says: /Close it with "]"/ },
  { what: 'an open map', text: 'a: «{» x: 1\nb: 2\n', value: { a: { x: 1 }, b: 2 }, says: /Close it with "}"/ },
  {
    what: 'an open bracket in a step',
    text: 'steps:\n  - id: a\n    with: «{»\n    action: x\n  - id: b\n',
    value: { steps: [{ id: 'a', with: {}, action: 'x' }, { id: 'b' }] },
    says: /never closed/,
  },
  { what: 'a bracket too many', text: 'a: [1]«]»\nb: 2\n', value: { a: [1], b: 2 }, says: /closes nothing/ },
  { what: 'the wrong bracket', text: 'a: {x: y«]»}\nb: 1\n', value: { a: { x: 'y' }, b: 1 }, says: /closes nothing/ },
  { what: 'text after a quoted value', text: 'a: "x" «y» z\nb: 2\n', value: { a: 'x', b: 2 }, says: /in quotes/ },
  { what: 'text after a bar', text: 'a: | «x»\nb: 1\n', value: { a: '', b: 1 }, says: /after the end/ },
  {
    what: 'a template in brackets',
    text: 'a: {x: «${{ y }}» }\nb: 1\n',
    value: { a: { x: '${{ y }}' }, b: 1 },
    says: /in quotes/,
    fixed: 'a: {x: "${{ y }}" }\nb: 1\n',
  },
  {
    what: 'a list on the line of its key',
    text: 'a: «-» b\nc: 1\n',
    value: { a: null, c: 1 },
    says: /line of its own/,
  },
  {
    what: 'two colons',
    text: 'a: «b»: c\nd: 1\n',
    value: { a: 'b: c', d: 1 },
    says: /two ": "/,
    fixed: "a: 'b: c'\nd: 1\n",
  },
  {
    what: 'two colons before a comment',
    text: "a: «it's»: c # d\ne: 1\n",
    value: { a: "it's: c", e: 1 },
    says: /two ": "/,
  },
  {
    what: 'no space after a colon',
    text: 'a: 1\n«b:1»\nc: 2\n',
    value: { a: 1, b: 1, c: 2 },
    says: /space is missing/,
    fixed: 'a: 1\nb: 1\nc: 2\n',
  },
  {
    what: 'no colon after a key with children',
    text: 'x: 1\n«steps»\n  - id: a\n',
    value: { x: 1, steps: [{ id: 'a' }] },
    says: /colon is missing/,
    fixed: 'x: 1\nsteps:\n  - id: a\n',
  },
  {
    what: 'a line too far left',
    text: 'a:\n  b: 1\n «c»: 2\nd: 3\n',
    value: { a: { b: 1, c: 2 }, d: 3 },
    says: /same indentation/,
  },
  { what: 'a line too far right', text: 'a: 1\n  «b»: 2\nc: 3\n', value: { a: 1, b: 2, c: 3 }, says: /deeper/ },
  {
    what: 'a block too far right',
    text: '- a: 1\n   «b»:\n     c: 2\n- d: 3\n',
    value: [{ a: 1, b: { c: 2 } }, { d: 3 }],
    says: /deeper/,
  },
  {
    what: 'a line too far left in an item',
    text: '- a: 1\n «b»: 2\n- c: 3\n',
    value: [{ a: 1, b: 2 }, { c: 3 }],
    says: /same indentation/,
  },
  {
    what: 'a line too far left in a step, with more after it',
    text: 'steps:\n  - id: a\n   «title»: T\n    action: x\n    with: { y: 1 }\n  - id: b\n',
    value: { steps: [{ id: 'a', title: 'T', action: 'x', with: { y: 1 } }, { id: 'b' }] },
    says: /same indentation/,
  },
  {
    what: 'a tab in a step, with more after it',
    text: 'steps:\n  - id: a\n«\t»title: T\n    action: x\n  - id: b\n',
    value: { steps: [{ id: 'a', title: 'T', action: 'x' }, { id: 'b' }] },
    says: /Use spaces/,
  },
  {
    what: 'a tab below a key in a step',
    text: 'steps:\n  - id: a\n    with:\n    «\t»y: 1\n  - id: b\n',
    value: { steps: [{ id: 'a', with: { y: 1 } }, { id: 'b' }] },
    says: /Use spaces/,
  },
  {
    what: 'a merge conflict',
    text: 'a: 1\n«<<<<<<<» HEAD\nb: 2\nc: [3\n=======\nb: 4\n>>>>>>> other\nd: 5\n'.replace('[3', '3'),
    value: { a: 1, b: 2, c: 3, d: 5 },
    says: /Keep one side/,
  },
  {
    what: 'merge conflicts with what was before',
    text: '«<<<<<<<» HEAD\na: 1\n||||||| base\na: 0\n=======\na: 2\n>>>>>>> other\nx:\n«<<<<<<<» HEAD\n  - 1\n=======\n>>>>>>> other\n  - 2\n',
    value: { a: 1, x: [1, 2] },
    says: /Keep one side/,
  },
  {
    what: 'a merge conflict without its end',
    text: 'a: 1\n«<<<<<<<» HEAD\nb: 2\n',
    value: { a: 1, b: 2 },
    says: /Keep/,
  },
  { what: 'an at sign', text: 'a: «@»x\nb: 1\n', value: { a: '@x', b: 1 }, says: /"@"/ },
  { what: 'a back quote', text: 'a: «`»x\nb: 1\n', value: { a: '`x', b: 1 }, says: /"`"/ },
  { what: 'a percent sign', text: 'a: «%»x\nb: 1\n', value: { a: '%x', b: 1 }, says: /"%"/ },
  { what: 'an escape nobody knows', text: 'a: "«\\q»"\nb: 1\n', value: { a: '\\q', b: 1 }, says: /single quotes/ },
  { what: 'a list as key', text: '? «[a, b]»\n: 1\nb: 2\n', value: { b: 2 }, says: /must be a word/ },
  { what: 'a map as key', text: '«{a: 1}»: 2\nb: 1\n', value: { b: 1 }, says: /must be a word/ },
  {
    what: 'a template of another language',
    text: 'a: {«{ x }»}\nb: 1\n',
    value: { a: {}, b: 1 },
    says: /put it in quotes/,
  },
  { what: 'no key', text: '«:» x\nb: 1\n', value: { b: 1 }, says: /key is missing/ },
  { what: 'a directive', text: '«%YAML 1.1»\n---\na: yes\n', value: { a: 'yes' }, says: /directive/ },
  { what: 'an anchor on a scalar', text: 'a: «&x» 1\n', value: { a: 1 }, says: /anchor/, rule: 'yaml-alias' },
  { what: 'an anchor on a map', text: 'a: «&x»\n  b: 1\n', value: { a: { b: 1 } }, says: /anchor/, rule: 'yaml-alias' },
  { what: 'an anchor on a list', text: 'a: «&x» [1]\n', value: { a: [1] }, says: /anchor/, rule: 'yaml-alias' },
  { what: 'an anchor on a key', text: '«&x» a: 1\n', value: { a: 1 }, says: /anchor/, rule: 'yaml-alias' },
  { what: 'an anchor on an item', text: '- «&x»\n  a: 1\n', value: [{ a: 1 }], says: /anchor/, rule: 'yaml-alias' },
  {
    what: 'an anchor on a block text',
    text: 'a: «&x» |\n  b\n',
    value: { a: 'b\n' },
    says: /anchor/,
    rule: 'yaml-alias',
  },
  {
    what: 'an anchor without a name',
    text: 'a: «&»\nb: 1\n',
    value: { a: null, b: 1 },
    says: /anchor/,
    rule: 'yaml-alias',
  },
  { what: 'an alias', text: 'a: «*x»\nb: 1\n', value: { a: null, b: 1 }, says: /alias/, rule: 'yaml-alias' },
  {
    what: 'a merge key',
    text: 'a:\n  «<<»: { b: 1 }\n  c: 2\n',
    value: { a: { c: 2 } },
    says: /merge key/,
    rule: 'yaml-alias',
  },
  { what: 'a tag on a scalar', text: 'a: «!!str» 1\n', value: { a: 1 }, says: /tag/, rule: 'yaml-alias' },
  { what: 'a tag on a map', text: 'a: «!foo»\n  b: 1\n', value: { a: { b: 1 } }, says: /tag/, rule: 'yaml-alias' },
  { what: 'a tag on a list', text: 'a: «!!seq»\n  - 1\n', value: { a: [1] }, says: /tag/, rule: 'yaml-alias' },
  { what: 'a tag of no kind', text: 'a: «!»\nb: 2\n', value: { a: null, b: 2 }, says: /tag/, rule: 'yaml-alias' },
  {
    what: 'a tag written out',
    text: 'a: «!<tag:yaml.org,2002:int>» 3\n',
    value: { a: 3 },
    says: /tag/,
    rule: 'yaml-alias',
  },
  {
    what: 'a duplicate key',
    text: 'a: 1\nb:\n  c: 1\n  "«c»": 2\n«a»: 2\n',
    value: { a: 1, b: { c: 1 } },
    says: /there already/,
    rule: 'duplicate-key',
  },
  {
    what: 'a second document',
    text: 'a: 1\n«---»\nb: 2\n',
    value: { a: 1 },
    says: /second YAML document/,
    rule: 'multiple-documents',
  },
  {
    what: 'a document after an end',
    text: 'a: 1\n...\n«b:» 1\n',
    value: { a: 1 },
    says: /second YAML document/,
    rule: 'multiple-documents',
  },
  {
    what: 'a number too large to be exact',
    text: 'a: «12345678901234567890»\n',
    value: { a: '12345678901234567890' },
    says: /too large/,
    rule: 'invalid-value',
    fixed: 'a: "12345678901234567890"\n',
  },
  { what: 'infinity', text: 'a: «.inf»\n', value: { a: '.inf' }, says: /JSON/, rule: 'invalid-value' },
  { what: 'no number', text: 'a: «.nan»\n', value: { a: '.nan' }, says: /JSON/, rule: 'invalid-value' },
  {
    what: 'a word before the first key, between comments',
    text: '# c\n«auton»\n# d\na: 1\nb: 2\n',
    says: /colon is missing/,
    value: { a: 1, b: 2 },
  },
  {
    what: 'a dash before the first key',
    text: '«-»\na: 1\nb: 2\n',
    says: /before the first key/,
    value: { a: 1, b: 2 },
  },
  { what: 'a NUL', text: 'a: «\0»\n', value: undefined, says: /no text file/, rule: 'not-text' },
];

describe('a fault in YAML', () => {
  for (const fault of FAULTS) it(`is told at the word, and the rest is read: ${fault.what}`, () => check(fault));
});

describe('a line half typed', () => {
  const rest = { id: 'b', action: 'y' };
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['in a step', '  - id: a\n    «aut»\n    action: x\n', { id: 'a', action: 'x' }],
    ['at the end of a step', '  - id: a\n    action: x\n    «aut»\n', { id: 'a', action: 'x' }],
    ['left of a step', '  - id: a\n    action: x\n  «aut»\n', { id: 'a', action: 'x' }],
    ['as first key of a step', '  - «aut»\n    action: x\n', { action: 'x' }],
    ['with its colon', '  - id: a\n    autonomy:\n    action: x\n', { id: 'a', autonomy: null, action: 'x' }],
    ['as a value', '  - id: a\n    with:\n      aut\n    action: x\n', { id: 'a', with: 'aut', action: 'x' }],
    ['with an open quote', '  - id: a\n    title: «"»x\n    action: x\n', { id: 'a', title: 'x', action: 'x' }],
    ['that is a dash', '  -\n', null],
    ['that is a dash and a space', '  - \n', null],
  ];
  for (const [where, text, step] of cases) {
    it(`leaves the other steps and keys: ${where}`, () => {
      check({
        what: where,
        text: `steps:\n${text}  - id: b\n    action: y\n`,
        value: { steps: [step, rest] },
        says: /colon is missing|never closed/,
      });
    });
  }

  it('leaves everything before it, without a line break after it', () => {
    check({ what: '', text: 'a: 1\nb:\n  c: 2\n«aut»', value: { a: 1, b: { c: 2 } }, says: /colon is missing/ });
  });

  it('knows the dash of an empty item', () => {
    const { root } = parseYaml('a:\n  - 1\n  -\n');
    const list = root?.kind === 'map' ? root.entries[0]?.value : undefined;
    const dash = list?.kind === 'list' && list.dashes?.get(1);
    assert.deepEqual(dash && settled(dash), { start: 11, end: 12 });
  });
});

describe('YAML without a fault', () => {
  const fine: readonly (readonly [string, string, unknown])[] = [
    ['nothing', '', undefined],
    ['comments', '# a\n\n  # b\n', undefined],
    ['blanks', '  \n\n', undefined],
    ['a document marker', '---\na: 1\n...\n', { a: 1 }],
    ['a question mark', '? a\n: 1\nb: 2\n', { a: 1, b: 2 }],
    ['a byte order mark', '\ufeffa: x\n', { a: 'x' }],
    ['CRLF', 'a: 1\r\nb:\r\n  - x\r\n', { a: 1, b: ['x'] }],
    ['lone CR', 'a: 1\rb:\r  - x\r', { a: 1, b: ['x'] }],
    ['emoji', '😀: "x😀"\nb: 😀\n', { '😀': 'x😀', b: '😀' }],
    ['half a surrogate pair', 'a: \ud800\n', { a: '\ud800' }],
    [
      'brackets in quotes',
      `a: "${'['.repeat(500)}"\nb: '${'{'.repeat(500)}'\n# ${'['.repeat(500)}\n`,
      { a: '['.repeat(500), b: '{'.repeat(500) },
    ],
    ['brackets in block text', `a: |\n  ${'['.repeat(500)}\n`, { a: `${'['.repeat(500)}\n` }],
    ['numbers', 'a: 0o14\nb: 0x1F\nc: 1e3\nd: .5\ne: +12\nf: 012\n', { a: 12, b: 31, c: 1000, d: 0.5, e: 12, f: 12 }],
    [
      'what is no number',
      'a: 1_000\nb: 0b11\nc: 2020-01-01\nd: 1.2.3\n',
      { a: '1_000', b: '0b11', c: '2020-01-01', d: '1.2.3' },
    ],
    ['booleans', 'a: true\nb: False\nc: yes\nd: on\ne: n\n', { a: true, b: false, c: 'yes', d: 'on', e: 'n' }],
    ['null', 'a: null\nb: ~\nc:\nd: Null\n', { a: null, b: null, c: null, d: null }],
    ['a literal text', 'a: |\n  x\n   y\n\n  z\nb: 1\n', { a: 'x\n y\n\nz\n', b: 1 }],
    ['a folded text', 'a: >-\n  x\n  y\n\n  z\nb: 1\n', { a: 'x y\nz', b: 1 }],
    ['flow over lines', 'a: [\n  1,\n  { b: 2 },\n]\n', { a: [1, { b: 2 }] }],
    ['a pair in a list', 'a: [b: 1]\n', { a: [{ b: 1 }] }],
    [
      'a key named like a member of every object',
      '__proto__: 1\nconstructor: 2\n',
      JSON.parse('{"__proto__":1,"constructor":2}'),
    ],
  ];
  for (const [what, text, value] of fine) {
    it(`is read: ${what}`, () => {
      assert.deepEqual(parseYaml(text).problems, []);
      assert.deepEqual(jsonOf(text), value);
    });
  }

  it('has its words where they stand, after a byte order mark and CRLF', () => {
    const text = '\ufeffa: x\r\nb: "y"\r\n';
    const { root } = parseYaml(text);
    const words: string[] = [];
    const visit = (node: Node | undefined): void => {
      if (node?.kind === 'scalar') words.push(text.slice(node.range.start, node.range.end));
      if (node?.kind === 'list') node.items.forEach(visit);
      for (const entry of node?.kind === 'map' ? node.entries : []) {
        visit(entry.key);
        visit(entry.value);
      }
    };
    visit(root);
    assert.deepEqual(words, ['a', 'x', 'b', '"y"']);
  });
});

describe('YAML that is too much', () => {
  const bombs: readonly (readonly [string, string])[] = [
    ['brackets', '['.repeat(100_000)],
    ['braces', '{'.repeat(100_000)],
    ['brackets over lines', '[\n'.repeat(50_000)],
    ['mixed brackets', '[{a: '.repeat(20_000)],
    ['dashes', '- '.repeat(100_000)],
    ['question marks', '? '.repeat(100_000)],
    ['indentation', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ];
  for (const [what, text] of bombs) {
    it(`is not read: ${what}`, () => {
      const { root, problems } = parseYaml(text);
      assert.equal(root, undefined);
      assert.deepEqual(
        problems.map((problem) => problem.rule),
        ['file-too-large'],
      );
      assert.match(problems[0]?.message ?? '', new RegExp(`${MAX_DEPTH} levels`));
    });
  }

  it(`is read up to ${MAX_DEPTH} levels`, () => {
    const { root, problems } = parseYaml(`${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}`);
    assert.deepEqual(problems, []);
    assert.notEqual(root, undefined);
  });

  it('is not read: a large file', () => {
    const { root, problems } = parseYaml('a'.repeat(MAX_LENGTH + 1));
    assert.equal(root, undefined);
    assert.equal(problems[0]?.rule, 'file-too-large');
  });

  it('is read once: aliases of aliases', () => {
    const lines = ['a0: &a0 [x, x]'];
    for (let at = 1; at < 40; at++) lines.push(`a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`);
    const { problems } = parseYaml(lines.join('\n'));
    assert.equal(problems.length, 40 + 39 * 2);
    assert.ok(problems.every((problem) => problem.rule === 'yaml-alias'));
  });

  it('has its faults told up to a limit', () => {
    assert.ok(parseYaml('a: @\n'.replace('a', 'k').repeat(5000)).problems.length < 6000);
    assert.ok(parseYaml(']\n'.repeat(5000)).problems.length <= 50);
  });
});
