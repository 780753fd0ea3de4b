import assert from 'node:assert/strict';
import { BOUNDARY_REQUEST, type BoundaryReply } from './protocol/requests.js';
import { Editor } from './testing.test.js';

const CATALOG = `catalog: identity
tools:
  identity.suspend:
    description: Disables sign-in for an account.
    effect: contain
    reversible: true
    undo: identity.restore
    target: user
    input: { user: { type: string, x-entity: user } }
    output: {}
  identity.restore:
    description: Lets an account sign in again.
    effect: restore
    reversible: true
    undo: identity.suspend
    target: user
    input: { user: { type: string, x-entity: user } }
    output: {}
`;
const POLICY = `policy: default
roles: { analyst: [ana@soc.example, bo@soc.example] }
ceilings:
  - { effect: contain, autonomy: approve }
`;
const head = (id: string): string => `playbook: ${id} # 🔐
version: 1.0.0
title: ${id}
operating-model: tool-assisted
owner: detection
accountable: analyst
catalogs: [catalogs/identity.tools.yaml]
policy: default.policy.yaml
trigger: { class: detection_finding, when: size(alert.entities.users) > 0 }
`;
const OUTER = `${head('takeover')}steps:
  - id: ask
    gate: { ask: "🔐 Suspend?", grants: [suspend], approvers: { roles: [analyst] }, timeout: 15m }
  - { id: suspend, title: "🔐", action: identity.suspend, with: { user: "\${{ alert.entities.users[0] }}" } }
  - { id: inner, call: inner.playbook.yaml }
`;
const INNER = `${head('inner')}steps:
  - id: again
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
const NAME = 'takeover.playbook.yaml';

describe('The boundary over LSP', () => {
  let editor: Editor;
  beforeEach(async () => {
    editor = new Editor({
      'catalogs/identity.tools.yaml': CATALOG,
      'default.policy.yaml': POLICY,
      'inner.playbook.yaml': INNER,
    });
    await editor.start();
  });
  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  const boundary = (name: string): Promise<BoundaryReply | null> =>
    editor.request(BOUNDARY_REQUEST, { uri: editor.uri(name) });

  async function cells(name: string) {
    const reply = await boundary(name);
    assert.equal(reply?.kind, 'boundary');
    return reply.cells;
  }

  it('has each act with who decides it and where it is named, in called playbooks too', async () => {
    await editor.openOnly(NAME, OUTER);
    const [inner, outer, ...more] = await cells(NAME);
    assert.deepEqual(more, []);
    assert.ok(inner && outer);
    assert.deepEqual(
      [outer.step, outer.tool, outer.autonomy, outer.verdict],
      ['suspend', 'identity.suspend', 'approve', 'proven'],
    );
    assert.deepEqual(outer.approval, { gate: 'ask', roles: ['analyst'], quorum: 1, expires: null });
    assert.equal(outer.place.uri, editor.uri(NAME));
    assert.equal(editor.words(NAME, outer.place.range), 'identity.suspend');
    assert.deepEqual([inner.step, inner.approval, inner.verdict], ['inner/again', null, 'violated']);
    assert.equal(inner.place.uri, editor.uri('inner.playbook.yaml'));
    const line = INNER.split('\n').findIndex((text) => text.includes('identity.suspend'));
    assert.equal(inner.place.range.start.line, line);
  });

  it('is of the text as it is typed, and of its policy', async () => {
    await editor.openOnly(NAME, OUTER);
    await editor.editOnly(NAME, 'grants: [suspend]', 'grants: []');
    assert.deepEqual(
      (await cells(NAME)).map(({ verdict }) => verdict),
      ['violated', 'violated'],
    );
    await editor.openOnly('default.policy.yaml', POLICY.replace('approve }', 'manual }'));
    assert.deepEqual(
      (await cells(NAME)).map(({ autonomy }) => autonomy),
      ['manual', 'manual'],
    );
  });

  it('says that a text is broken, and then what it says once it is mended', async () => {
    await editor.openOnly(NAME, OUTER);
    await editor.editOnly(NAME, 'grants: [suspend]', 'grants: [suspend');
    assert.deepEqual(await boundary(NAME), { kind: 'broken' });
    await editor.editOnly(NAME, 'grants: [suspend', 'grants: [suspend]');
    assert.equal((await cells(NAME)).length, 2);
  });

  it('is of the file on disk where it is not open, and there is none of what is no playbook', async () => {
    editor.write(NAME, OUTER);
    assert.equal((await cells(NAME)).length, 2);
    assert.equal(await boundary('default.policy.yaml'), null);
    assert.equal(await boundary('gone.playbook.yaml'), null);
  });
});
