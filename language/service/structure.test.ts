import assert from 'node:assert/strict';
import { CATALOG, CATALOG_URI, type Cursor, cursorIn, HEADER, HOST, inSteps, PLAYBOOK_URI } from './fixtures.test.js';
import { foldsOf, outermost } from './folding.js';
import { type KeptOutline, steadyOutline } from './kept-outline.js';
import { selectionsAt } from './selection.js';
import { openSource, type SourceFile } from './source-file.js';
import type { OutlineItem } from './symbols.js';

function open(text: string, uri = PLAYBOOK_URI): SourceFile {
  const source = openSource(uri, text, HOST);
  assert.ok(source);
  return source;
}

describe('folding', () => {
  const folds = (source: SourceFile): string[] => {
    const lines = source.text.split(/\r?\n/);
    return foldsOf(source).map(
      ({ start, end, kind }) => `${kind ? `${kind} ` : ''}${lines[start]?.trim()} … ${lines[end]?.trim()}`,
    );
  };
  const TEXT = `# One
# two
# three

steps:
  # #region all of it
  - id: a # not alone
    agent:
      goal: |
        One
        # no comment

        Two

      tools: [
        x.y
      ]
  - id: b
    if: "true"
    then:
      - id: c
        stop: { outcome: completed }

  # one alone
  # endregion

# the end
`;

  it('takes steps, lists, texts, blocks of comments and regions', () => {
    const expected = [
      'comment # One … # three',
      'steps: … stop: { outcome: completed }',
      'region # #region all of it … # endregion',
      '- id: a # not alone … ]',
      'agent: … ]',
      'goal: | … Two',
      'tools: [ … x.y',
      '- id: b … stop: { outcome: completed }',
      'then: … stop: { outcome: completed }',
      '- id: c … stop: { outcome: completed }',
    ];
    assert.deepEqual(folds(open(TEXT)), expected);
    assert.deepEqual(folds(open(TEXT.replaceAll('\n', '\r\n'))), expected);
  });

  it('keeps to a limit with the outermost', () => {
    const found = foldsOf(open(TEXT));
    assert.deepEqual(
      outermost(found, 3).map(({ depth }) => depth),
      [0, 0, 0],
    );
    assert.equal(outermost(found, 100).length, found.length);
  });

  it('lives with nothing and with half of a text', () => {
    assert.deepEqual(folds(open('')), []);
    assert.deepEqual(folds(open('steps:\n  - id: a\n    then:\n      - ')), ['steps: … -', '- id: a … -', 'then: … -']);
  });
});

describe('selection', () => {
  const grown = ({ source, offset }: Cursor): string[] =>
    selectionsAt(source, offset).map(({ start, end }) => source.text.slice(start, end));

  it('grows from a word over the expression, its braces and the text to entry, step, list and file', () => {
    const step = `- id: s
    action: identity.suspend
    with: { user: "a 🔐 \${{ alert.entities.us|ers[0] + 'x' }}" }`;
    const { source, offset } = inSteps(`  ${step}\n  - id: t\n    stop: { outcome: completed }\n`);
    const plain = step.replace('|', '');
    assert.deepEqual(
      grown({ source, offset }).slice(0, -3),
      [
        'users',
        'alert.entities.users',
        'alert.entities.users[0]',
        "alert.entities.users[0] + 'x'",
        "${{ alert.entities.users[0] + 'x' }}",
        "a 🔐 ${{ alert.entities.users[0] + 'x' }}",
        `"a 🔐 \${{ alert.entities.users[0] + 'x' }}"`,
        `user: "a 🔐 \${{ alert.entities.users[0] + 'x' }}"`,
        `{ user: "a 🔐 \${{ alert.entities.users[0] + 'x' }}" }`,
        `with: { user: "a 🔐 \${{ alert.entities.users[0] + 'x' }}" }`,
        plain.slice(2),
        plain,
        `${plain}\n  - id: t\n    stop: { outcome: completed }`,
        `steps:\n  ${plain}\n  - id: t\n    stop: { outcome: completed }`,
      ].slice(0, -1),
    );
    assert.equal(grown({ source, offset }).at(-1), source.text);
  });

  it('grows from a key and from an item', () => {
    const cursor = cursorIn(CATALOG.replace('x-entity: domain', 'x-ent|ity: domain'), CATALOG_URI);
    assert.deepEqual(grown(cursor).slice(0, 3), ['entity', 'x-entity', 'x-entity: domain']);
    const tag = cursorIn(`${HEADER}feedback: [a, b|b]\n`);
    assert.deepEqual(grown(tag).slice(0, 3), ['bb', '[a, bb]', 'feedback: [a, bb]']);
  });

  it('is the file where nothing is', () => {
    assert.deepEqual(grown(cursorIn('|')), ['']);
  });
});

describe('outline of a text that is broken for a moment', () => {
  const names = (items: readonly OutlineItem[]): string[] => items.map(({ name }) => name);
  const WHOLE = `${HEADER}steps:
  - id: one
    action: identity.restore
    with: { user: a }
  - id: two
    stop: { outcome: completed }
`;

  it('stays, moved to where its words are now', () => {
    const whole = steadyOutline(open(WHOLE), undefined);
    assert.deepEqual(names(whole.items), ['one', 'two']);
    for (const broken of [WHOLE.replace('title: Demo', '"title: Demo'), WHOLE.replace('title: Demo\n', '\0\0\0')]) {
      const source = open(broken);
      const { items } = steadyOutline(source, whole.kept);
      assert.deepEqual(names(items), ['one', 'two']);
      for (const { selection, name } of items) assert.equal(broken.slice(selection.start, selection.end), name);
    }
  });

  it('is the new one as soon as nothing is missing in it', () => {
    const { kept } = steadyOutline(open(WHOLE), undefined);
    const typed = WHOLE.replace('id: one', 'id: first').replace('{ user: a }', '{ user: a');
    assert.deepEqual(names(steadyOutline(open(typed), kept).items), ['first', 'two']);
  });

  it('goes when the text does', () => {
    const { kept } = steadyOutline(open(WHOLE), undefined);
    assert.deepEqual(steadyOutline(open(''), kept).items, []);
    const none: KeptOutline | undefined = undefined;
    assert.deepEqual(steadyOutline(open('steps: ['), none).items, []);
  });
});
