import assert from 'node:assert/strict';
import type { ForeignAct } from '../model.js';
import { effectCatalogs, readEffects } from './catalog.js';
import { classifyName } from './classify.js';
import { effectOf } from './effects-of.js';
import { classifyRequest } from './requests.js';
import { suggestEffects } from './suggest.js';

const NONE = effectCatalogs([]);
const act = (action: string, more: Partial<ForeignAct> = {}): ForeignAct => ({
  kind: 'act',
  action,
  scope: '',
  target: undefined,
  args: [],
  description: '',
  hint: undefined,
  byPerson: false,
  ...more,
});

describe('Effects of other products’ actions', () => {
  it('are told by the first verb of a name, however it is written', () => {
    for (const [name, effect] of Object.entries({
      'core-isolate-endpoint': 'contain', 'Isolate Endpoint': 'contain', isolateEndpoint: 'contain', 'pan-os-block-url': 'contain',
      'Get Blocked Hosts': 'read', 'list-quarantined-files': 'read', 'Unblock IP': 'restore', 'kill_process': 'evict', 'Close Alert': 'suppress',
      'send-mail': 'notify', 'Add Comment': 'record', 'Create Ticket': 'record', 'Add IP To Block List': 'contain', 'Remove IP from Block List': 'restore',
      'Add To Allow List': 'suppress', 'Update Incident': 'suppress', 'Create Policy': 'harden', 'Run Script': 'unknown', 'Detonate File': 'unknown',
    })) assert.equal(classifyName(name)?.effect, effect, name); // biome-ignore format: a table
    assert.equal(classifyName('frobnicate'), undefined);
  });

  it('are the worst of what a name says', () => {
    assert.equal(classifyName('Search And Purge Emails')?.effect, 'evict');
    assert.equal(classifyName('get or delete')?.effect, 'evict');
  });

  it('of requests are told by method and path, and by GET alone not of Amazon', () => {
    for (const [method, path, effect] of [
      ['get', '/hosts', 'read'], ['DELETE', '/hosts/1', 'evict'], ['POST', '/hosts/{{ id }}/isolate', 'contain'], ['POST', '/index/_search', 'read'],
      ['POST', "/machines/@{items('x')}/unrestrictCodeExecution?api=1", 'restore'], ['POST', '/hosts', 'unknown'], ['', '/hosts', 'unknown'], ['PUT', '@{uri}', 'unknown'],
      ['GET', 'https://iam.amazonaws.com?Action=DeleteUser', 'evict'], ['GET', 'https://iam.amazonaws.com', 'unknown'],
    ] as const) assert.equal(classifyRequest(method, path).effect, effect, `${method} ${path}`); // biome-ignore format: a table
  });

  it('are never made harmless by a description, and may be made unknown by one', () => {
    const described = effectOf(act('frobnicate', { description: 'Gets the status of a host.' }), 'xsoar', NONE);
    assert.deepEqual([described.effect, described.proposed?.effect], ['unknown', 'read']);
    assert.equal(
      effectOf(act('Get Task', { description: 'Gets a task and optionally removes it.' }), 'xsoar', NONE).effect,
      'unknown',
    );
    assert.equal(effectOf(act('Get Task', { description: 'Gets a task.' }), 'xsoar', NONE).effect, 'read');
    assert.equal(
      effectOf(act('lookup host', { hint: { kind: 'category', name: 'contain' } }), 'splunk-soar', NONE).effect,
      'contain',
    );
  });

  it('are what a catalog says, for the exact name and product', () => {
    const { effects, product, problems } = readEffects(
      'product: xsoar\neffects:\n  contain: [frobnicate]\n  read: [isolate-later]\n',
    );
    assert.deepEqual(problems, []);
    const catalogs = effectCatalogs([{ product, effects }]);
    assert.equal(effectOf(act('frobnicate'), 'xsoar', catalogs).effect, 'contain');
    assert.equal(effectOf(act('isolate-later'), 'xsoar', catalogs).effect, 'read');
    assert.equal(effectOf(act('Frobnicate'), 'xsoar', catalogs).effect, 'unknown');
    assert.equal(effectOf(act('frobnicate'), 'elastic', catalogs).effect, 'unknown');
    assert.equal(effectOf(act('setIncident'), 'xsoar', NONE).effect, 'suppress', 'a catalog that comes along');
  });

  it('that a catalog does not say plainly are unknown, and it says so', () => {
    const twice = readEffects('effects:\n  read: [a]\n  evict: [a]\n');
    assert.equal(twice.effects.size, 0);
    assert.match(twice.problems[0]?.message ?? '', /"a" is listed as read and as evict/);
    assert.match(readEffects('effects: { harmless: [a] }\n').problems[0]?.message ?? '', /"harmless" is no effect/);
    const other = readEffects('product: theirs\neffects: { read: [a] }\n');
    assert.equal(other.effects.size, 0);
    assert.equal(other.problems.length, 1);
    assert.equal(readEffects('effects: [').problems.length > 0, true);
  });

  it('that are not known are proposed once, and only what all calls agree on', () => {
    const range = { start: 0, end: 1 };
    const step = (description: string) =>
      ({
        id: description,
        uri: 'file:///w/a',
        range,
        does: act('frobnicate', { description }),
        join: 'any',
        part: false,
        edges: [],
      }) as const;
    const playbook = (...descriptions: readonly string[]) =>
      ({
        format: 'xsoar',
        uri: 'file:///w/a',
        name: 'a',
        names: ['a'],
        steps: descriptions.map(step),
        notUnderstood: [],
        stepsInFile: 1,
      }) as const;
    const [agreed] = suggestEffects([playbook('Isolates a host', 'Blocks a host')], NONE);
    assert.deepEqual(
      [agreed?.calls, agreed?.proposed?.effect, agreed?.reason],
      [2, 'contain', 'nothing in its name says what it does'],
    );
    assert.equal(suggestEffects([playbook('Isolates a host', 'Gets a host')], NONE)[0]?.proposed, undefined);
  });
});
