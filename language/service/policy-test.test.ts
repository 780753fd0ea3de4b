import assert from 'node:assert/strict';
import type { FileHost } from '../host.js';
import { complete } from './completion.js';
import { definitionOf } from './definition.js';
import { CATALOG, CATALOG_URI, type Cursor, namesIn, POLICY, POLICY_URI } from './fixtures.test.js';
import { hover } from './hover.js';
import { rename, renameTarget } from './rename.js';
import { openSource } from './source-file.js';
import { outlineOf } from './symbols.js';

const URI = 'file:///soc/default.policy.test.yaml';
const TAGGED = `${POLICY}tags: { crown-jewel: [dc-01] }\n`;
const HOST: FileHost = {
  read: (uri) => (uri === CATALOG_URI ? CATALOG : uri === POLICY_URI ? TAGGED : undefined),
};
const HEAD = 'policy-test: t\npolicy: default.policy.yaml\ncatalogs: [catalogs/soc.tools.yaml]\ntests:\n  - title: T\n';

function cursorIn(marked: string): Cursor {
  const offset = marked.indexOf('|');
  const source = openSource(URI, marked.replace('|', ''), HOST);
  assert.ok(source && offset >= 0);
  return { source, offset };
}

describe('a file of policy tests in the editor', () => {
  const labels = (test: string): string[] => {
    const { source, offset } = cursorIn(`${HEAD}${test}\n`);
    return complete(source, offset).map(({ label }) => label);
  };

  it('completes keys, words, tools of its catalogs, and roles, tags and people of its policy', () => {
    assert.ok(labels('    |').includes('approved-by-any'));
    assert.deepEqual(labels('    expect: { outcome: | }'), ['allowed', 'needs-approval', 'denied']);
    assert.ok(labels('    tool: |').includes('identity.suspend'));
    assert.deepEqual(labels('    tag: |'), ['crown-jewel']);
    assert.deepEqual(labels('    roles: [|]'), ['analyst', 'incident-commander', 'nobody']);
    assert.deepEqual(labels('    approved-by: [ana@soc.example, |]'), ['bo@soc.example', 'cy@soc.example']);
    assert.deepEqual(labels('    requester: |'), ['ana@soc.example', 'bo@soc.example', 'cy@soc.example']);
  });

  it('explains keys, tools, roles and tags', () => {
    for (const [test, said] of [
      ['    distinct-f|rom: []', /must be distinct from/],
      ['    tool: identity.sus|pend', /Disables sign-in/],
      ['    roles: [ana|lyst]', /ana@soc\.example/],
      ['    tag: crown-|jewel', /dc-01/],
    ] as const) {
      const { source, offset } = cursorIn(`${HEAD}${test}\n`);
      assert.match(hover(source, offset)?.markdown ?? '', said, test);
    }
  });

  it('leads to where its names are from', () => {
    for (const [marked, uri, word] of [
      [`${HEAD}    tool: identity.sus|pend\n`, CATALOG_URI, 'identity.suspend'],
      [`${HEAD}    roles: [ana|lyst]\n`, POLICY_URI, 'analyst'],
      [`${HEAD}    approved-by-any: { role: ana|lyst }\n`, POLICY_URI, 'analyst'],
      [`${HEAD}    tag: crown-|jewel\n`, POLICY_URI, 'crown-jewel'],
      [HEAD.replace('default.policy', 'default.po|licy'), POLICY_URI, ''],
    ] as const) {
      const { source, offset } = cursorIn(marked);
      const { file, world } = namesIn(source, HOST);
      const [place, more] = definitionOf(file, offset, world);
      assert.equal(more, undefined);
      assert.equal(place?.uri, uri, marked);
      assert.equal(HOST.read(uri)?.slice(place?.range.start, place?.range.end), word);
    }
  });

  it('is changed when a tag or role of its policy gets another name', () => {
    for (const [marked, name] of [
      [`${HEAD}    tag: crown-|jewel\n`, 'vital'],
      [`${HEAD}    roles: [ana|lyst]\n`, 'first-line'],
    ] as const) {
      const { source, offset } = cursorIn(marked);
      const { file, world } = namesIn(source, HOST, [POLICY_URI]);
      const target = renameTarget(file, offset, world);
      assert.ok('meaning' in target);
      const edits = rename(target, name, file, world);
      assert.ok(!('refused' in edits));
      assert.deepEqual(edits.map(({ uri }) => uri).sort(), [URI, POLICY_URI].sort());
    }
  });

  it('has its tests for an outline', () => {
    const { source } = cursorIn(`${HEAD}    tool: identity.suspend|\n`);
    assert.deepEqual(
      outlineOf(source).map(({ name, detail }) => [name, detail]),
      [['T', 'identity.suspend']],
    );
  });
});
