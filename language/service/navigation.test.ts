import assert from 'node:assert/strict';
import { definitionOf, type Place } from './definition.js';
import {
  CATALOG,
  CATALOG_URI,
  type Cursor,
  cursorIn,
  HEADER,
  HOST,
  inSteps,
  namesIn,
  POLICY,
  POLICY_URI,
} from './fixtures.test.js';
import { referencesTo } from './references.js';

const GATED = `  - id: ask
    gate:
      ask: "Suspend after \${{ steps.suspend.outcome }}?"
      grants: [sus|pend]
      approvers: { roles: [analyst] }
  - id: suspend
    when: steps.suspend.outcome == 'ok'
    action: identity.suspend
`;

function definitionAt({ source, offset }: Cursor): Place[] {
  const { file, world } = namesIn(source);
  return definitionOf(file, offset, world);
}

describe('definition', () => {
  const text = (uri: string, cursor: Cursor): string =>
    uri === cursor.source.uri ? cursor.source.text : (HOST.read(uri) ?? '');
  const target = (cursor: Cursor): string => {
    const [place, more] = definitionAt(cursor);
    assert.equal(more, undefined);
    return place ? `${place.uri}: ${text(place.uri, cursor).slice(place.range.start, place.range.end)}` : '';
  };

  it('of a granted step is its id', () => {
    const cursor = inSteps(GATED);
    assert.equal(target(cursor), `${cursor.source.uri}: suspend`);
    const [place] = definitionAt(cursor);
    assert.equal(place?.range.start, cursor.source.text.indexOf('- id: suspend') + '- id: '.length);
  });

  it('of a step in an expression is its id', () => {
    const cursor = inSteps(GATED.replace('|', '').replace('when: steps.sus', 'when: steps.su|s'));
    assert.equal(target(cursor), `${cursor.source.uri}: suspend`);
  });

  it('of a tool is its entry in the catalog', () => {
    assert.equal(target(inSteps('  - id: s\n    action: identity.|suspend\n')), `${CATALOG_URI}: identity.suspend`);
  });

  it('of a role is its entry in the policy', () => {
    assert.equal(target(cursorIn(HEADER.replace('incident-', 'inci|dent-'))), `${POLICY_URI}: incident-commander`);
  });

  it('of a file is the file', () => {
    assert.equal(target(cursorIn(HEADER.replace('default.policy', 'def|ault.policy'))), `${POLICY_URI}: `);
  });

  it('of what is not there is nothing', () => {
    assert.equal(target(inSteps('  - id: s\n    action: identity.|erase\n')), '');
  });
});

describe('references', () => {
  const words = (cursor: Cursor, uris: readonly string[] = []): string[] => {
    const { file, world } = namesIn(cursor.source, HOST, uris);
    return referencesTo(file, cursor.offset, world, true).map(({ uri, range }) => {
      const text = uri === cursor.source.uri ? cursor.source.text : (HOST.read(uri) ?? '');
      const line = text.slice(text.lastIndexOf('\n', range.start - 1) + 1).split('\n')[0] ?? '';
      return `${line.trim()} -> ${text.slice(range.start, range.end)}`;
    });
  };

  it('of a step are its id, its grants and its uses in expressions', () => {
    assert.deepEqual(words(inSteps(GATED)), [
      '- id: suspend -> suspend',
      'grants: [suspend] -> suspend',
      'ask: "Suspend after ${{ steps.suspend.outcome }}?" -> suspend',
      "when: steps.suspend.outcome == 'ok' -> suspend",
    ]);
  });

  it('of a tool reach other files that mean the same tool', () => {
    const catalog = cursorIn(CATALOG.replace('identity.restore:', 'identity.|restore:'), CATALOG_URI);
    assert.deepEqual(words(catalog), [
      'identity.restore: -> identity.restore',
      'undo: identity.restore -> identity.restore',
    ]);
    const playbook = inSteps('  - id: s\n    action: identity.res|tore\n');
    assert.deepEqual(words(playbook, [CATALOG_URI]), [
      'identity.restore: -> identity.restore',
      'action: identity.restore -> identity.restore',
      'undo: identity.restore -> identity.restore',
    ]);
  });

  it('of a role reach the policy', () => {
    const { source } = cursorIn(`|${POLICY}`, POLICY_URI);
    assert.equal(source.kind, 'policy');
    assert.deepEqual(words(inSteps('  - id: m\n    manual: { task: x, role: ana|lyst }\n')), [
      'analyst: [ana@soc.example, bo@soc.example] -> analyst',
      'manual: { task: x, role: analyst } -> analyst',
    ]);
  });
});
