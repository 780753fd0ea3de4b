import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parseYaml, type SyntaxTree } from './parse.js';
import { type Node, toJson } from './tree.js';

const PLAYBOOKS = path.resolve('playbooks');
const filesBelow = (folder: string, wanted: RegExp): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => wanted.test(name))
    .map((name) => path.join(folder, name));
const SAMPLES = filesBelow(PLAYBOOKS, /\.ya?ml$/).map((file) => readFileSync(file, 'utf8'));

/** What holds for the tree of any text: every place is in the text, and children are inside their parents, in order. */
function assertSound(text: string, tree: SyntaxTree): void {
  for (const { range, message, fixes } of tree.problems) {
    for (const place of [range, ...fixes.flatMap((fix) => fix.edits.map((edit) => edit.range))]) {
      assert.ok(0 <= place.start && place.start <= place.end && place.end <= text.length + 1, message);
    }
    assert.match(message, /[.?]$/);
  }
  const visit = (node: Node | undefined, from: number, to: number): void => {
    if (!node) return;
    assert.ok(from <= node.range.start && node.range.start <= node.range.end && node.range.end <= to);
    let at = node.range.start;
    for (const child of node.kind === 'map'
      ? node.entries.flatMap((entry) => [entry.key, entry.value])
      : node.kind === 'list'
        ? node.items
        : []) {
      visit(child, at, node.range.end);
      at = child?.range.end ?? at;
    }
  };
  visit(tree.root, 0, text.length);
  if (tree.root) JSON.stringify(toJson(tree.root));
}

const parse = (text: string): SyntaxTree => {
  const tree = parseYaml(text);
  assertSound(text, tree);
  return tree;
};

describe('the YAML reader', () => {
  it('gives a sound tree for any text', function () {
    this.timeout(60_000);
    const yamlish = fc
      .array(
        fc.constantFrom(
          'a',
          'b: ',
          '\n',
          '  ',
          '- ',
          '"',
          "'",
          '[',
          ']',
          '{',
          '}',
          ',',
          ': ',
          '|',
          '>',
          '&x ',
          '*x',
          '!t ',
          '#',
          '? ',
          '\t',
          '\r',
          '\r\n',
          '---\n',
          '...\n',
          '${{ ',
          ' }}',
          '@',
          '%',
          '\\',
          '😀',
          '\ud800',
          '<<: ',
          '1',
          '~',
          '\ufeff',
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(yamlish, (text) => void parse(text)),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void parse(text)),
      { numRuns: 500 },
    );
  });

  it('gives a sound tree for samples with a stretch taken out, put in', function () {
    this.timeout(60_000);
    const change = fc.record({
      sample: fc.constantFrom(...SAMPLES),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(200),
      put: fc.oneof(
        fc.constantFrom('"', "'", '[', '{', '\n', '\t', ': ', '- ', 'aut', '${{'),
        fc.string({ maxLength: 5 }),
      ),
    });
    fc.assert(
      fc.property(change, ({ sample, at, cut, put }) => {
        const start = Math.floor(at * sample.length);
        parse(sample.slice(0, start) + put + sample.slice(start + cut));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps every other step of a sample in which a word is half typed', () => {
    const sample =
      SAMPLES.find((text) => text.startsWith('# Somebody') || text.includes('playbook: phishing-triage')) ?? '';
    const idsIn = (text: string): string[] =>
      [...JSON.stringify(toJson(parse(text).root)).matchAll(/"id":"(\w+)"/g)].map((match) => match[1]!);
    const all = idsIn(sample);
    const lines = sample.split('\n');
    for (const [index, line] of lines.entries()) {
      const step = /^( *)- id: \w+$/.exec(line);
      if (!step) continue;
      const typed = [...lines.slice(0, index + 1), `${step[1]}  aut`, ...lines.slice(index + 1)].join('\n');
      assert.deepEqual(idsIn(typed), all, `after line ${index + 1}`);
      assert.equal(parseYaml(typed).problems.length, 1);
    }
  });

  // Other people's files, which are no part of this repository: test/corpora.test.ts tells where they are looked for.
  it('gives a sound tree for every YAML file of other people', function () {
    const folder =
      process.env.COUNTERSIGN_CORPORA ?? fileURLToPath(new URL('../../../../shared/corpora', import.meta.url));
    if (!existsSync(folder)) return this.skip();
    this.timeout(600_000);
    const files = filesBelow(folder, /\.ya?ml$/);
    assert.ok(files.length > 0);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      try {
        parse(text);
      } catch (error) {
        throw new Error(`${file}: ${String(error)}`, { cause: error });
      }
    }
  });
});
