import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseYaml } from './parse.js';
import { sourceRange } from './scalar-map.js';
import type { ScalarNode } from './tree.js';

function scalarOf(yaml: string): ScalarNode {
  const { root, problems } = parseYaml(yaml);
  assert.deepEqual(problems, [], yaml);
  const value = root?.kind === 'map' ? root.entries[0]?.value : undefined;
  assert.ok(value?.kind === 'scalar', yaml);
  return value;
}

/** What stands in the file for each character of the scalar's text. */
function sources(yaml: string): readonly (readonly [string, string])[] {
  const node = scalarOf(yaml);
  return [...node.text].map((char, index, all) => {
    const start = all.slice(0, index).join('').length;
    const range = sourceRange(node, yaml, start, start + char.length);
    return [char, yaml.slice(range.start, range.end)] as const;
  });
}

/** Every word of the text is found in the file as it is: what a problem in an expression marks. */
function assertWords(yaml: string): void {
  const node = scalarOf(yaml);
  let last = node.range.start;
  for (const match of node.text.matchAll(/[a-zé]+/gu)) {
    const range = sourceRange(node, yaml, match.index, match.index + match[0].length);
    const written = yaml.slice(range.start, range.end).replace(/\\\r?\n[ \t]*/g, '');
    assert.equal(written, match[0], JSON.stringify(yaml));
    assert.ok(range.start >= last, JSON.stringify(yaml));
    last = range.end;
  }
}

describe('a place in a text', () => {
  const exact: readonly (readonly [string, string, readonly (readonly [string, string])[]])[] = [
    [
      'plain',
      'k: ab\n',
      [
        ['a', 'a'],
        ['b', 'b'],
      ],
    ],
    [
      'single-quoted',
      "k: 'a''b'\n",
      [
        ['a', 'a'],
        ["'", "''"],
        ['b', 'b'],
      ],
    ],
    [
      'double-quoted',
      'k: "a\\n\\x41\\u0042\\U0001F600\\"b"\n',
      [
        ['a', 'a'],
        ['\n', '\\n'],
        ['A', '\\x41'],
        ['B', '\\u0042'],
        ['😀', '\\U0001F600'],
        ['"', '\\"'],
        ['b', 'b'],
      ],
    ],
    [
      'literal',
      'k: |\n  ab\n  c\n',
      [
        ['a', 'a'],
        ['b', 'b'],
        ['\n', '\n'],
        ['c', 'c'],
        ['\n', '\n'],
      ],
    ],
    [
      'with emoji',
      'k: "😀b"\n',
      [
        ['😀', '😀'],
        ['b', 'b'],
      ],
    ],
  ];
  for (const [style, yaml, pairs] of exact) {
    it(`is where it was written: ${style}`, () => assert.deepEqual(sources(yaml), pairs));
  }

  const words: readonly (readonly [string, string])[] = [
    ['plain over lines', 'k: ab\n  cd\n\n  ef gh\n'],
    ['plain over lines with CRLF', 'k: ab\r\n  cd\r\n\r\n  ef\r\n'],
    ['plain with blanks before breaks', 'k: ab  \n    cd\n'],
    ['single over lines', "k: 'ab\n  cd''ef\n\n  gh'\n"],
    ['double over lines', 'k: "ab\n  cd\\n ef\n\n  gh"\n'],
    ['double with a continued line', 'k: "ab\\\n  cd \\\n   ef"\n'],
    ['double with a continued line and CRLF', 'k: "ab\\\r\n  cd \\\r\n   \\ ef"\r\n'],
    ['double with blanks in the text', 'k: "ab \\t\n  cd"\n'],
    ['double with every escape', 'k: "a\\0b\\ac\\bd\\te\\nf\\vg\\fh\\ri\\ej\\ k\\"l\\/m\\\\n\\No\\_p\\Lq\\Pr"\n'],
    ['literal', 'k: |\n  ab\n\n   cd\n  ef\n'],
    ['literal with CRLF', 'k: |\r\n  ab\r\n\r\n  cd\r\n'],
    ['literal with an indicator', 'k: |2\n    ab\n  cd\n'],
    ['literal kept', 'k: |+\n  ab\n\n\nj: 1\n'],
    ['literal stripped', 'k: |-\n\n  ab\n'],
    ['literal with a comment', 'k: | # why\n  ab\n'],
    ['literal starting with empty lines', 'k: |\n\n \n  ab\n  cd\n'],
    ['folded', 'k: >\n  ab\n  cd\n\n  ef\n\n\n  gh\n'],
    ['folded with more indented lines', 'k: >\n  ab\n    cd\n   ef\n  gh\n  ij\n'],
    ['folded with an indicator', 'k: >1\n  ab\n cd\n ef\n'],
    ['folded with an indicator, deeper', 'a:\n  k: >2-\n      ab\n    cd\n    ef\n'],
    ['folded with CRLF', 'k: >\r\n  ab\r\n  cd\r\n\r\n  ef\r\n'],
    ['folded with blanks at ends', 'k: >\n  ab  \n  cd\n'],
    ['with lone CR', 'k: ab\r  cd\r'],
    ['literal with lone CR', 'k: |\r  ab\r  cd\r'],
  ];
  for (const [style, yaml] of words) {
    it(`is found again: ${style}`, () => {
      if (yaml.startsWith('a:')) {
        const { root } = parseYaml(yaml);
        const inner = root?.kind === 'map' ? root.entries[0]?.value : undefined;
        const node = inner?.kind === 'map' ? inner.entries[0]?.value : undefined;
        assert.ok(node?.kind === 'scalar');
        for (const match of node.text.matchAll(/[a-z]+/g)) {
          const range = sourceRange(node, yaml, match.index, match.index + 2);
          assert.equal(yaml.slice(range.start, range.end), match[0]);
        }
      } else assertWords(yaml);
    });
  }

  const word = fc.constantFrom('ab', 'c', 'é', '😀', 'xyz');
  const lines = fc.array(fc.array(word, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  const gap = fc.constantFrom('\n', '\n\n', '\n\n\n', '\r\n', '\r\n\r\n', '  \n', '\r');

  it('is found again in any text in quotes or without', () => {
    const escapes = fc.constantFrom('', '\\n', '\\x20', '\\u0020', '\\\\', '\\"', '\\U0001F600');
    fc.assert(
      fc.property(lines, gap, fc.nat(3), escapes, (all, between, extra, escaped) => {
        const flow = (quote: string, blank: string): string =>
          `k: ${quote}${all.map((one) => one.join(`${blank} `)).join(`${between}${' '.repeat(2 + extra)}`)}${quote}\n`;
        assertWords(flow('', ''));
        assertWords(flow("'", "''"));
        assertWords(flow('"', escaped));
      }),
      { numRuns: 400 },
    );
  });

  it('is found again in any block text', () => {
    fc.assert(
      fc.property(
        lines,
        fc.constantFrom('|', '>'),
        fc.constantFrom('', '-', '+'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat(2), { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        (all, style, chomp, end, deeper, indicated) => {
          const body = all.map((one, index) => {
            const more = index === 0 && !indicated ? 0 : (deeper[index] ?? 0);
            return `  ${' '.repeat(more)}${one.join(' ')}${end.repeat(1 + (deeper[index] ?? 0))}`;
          });
          assertWords(`k: ${style}${indicated ? '2' : ''}${chomp}${end}${body.join('')}j: 1${end}`);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('is in the file for any stretch of any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.nat(40), fc.nat(40), (text, start, length) => {
        const yaml = `k: ${JSON.stringify(text)}\n`;
        const { root } = parseYaml(yaml);
        const node = root?.kind === 'map' ? root.entries[0]?.value : undefined;
        if (node?.kind !== 'scalar') return;
        const range = sourceRange(node, yaml, start, start + length);
        assert.ok(node.range.start <= range.start && range.start <= range.end && range.end <= node.range.end);
      }),
    );
  });
});
