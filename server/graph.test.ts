import assert from 'node:assert/strict';
import { GRAPH_REQUEST, type GraphItem, type GraphReply } from './protocol/graph.js';
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
const POLICY =
  'policy: default\nroles: { analyst: [ana@soc.example] }\nceilings: [{ effect: contain, autonomy: approve }]\n';
const head = (id: string): string => `playbook: ${id} # 🔐
version: 1.0.0
title: ${id}
operating-model: tool-assisted
owner: detection
accountable: analyst
catalogs: [catalogs/identity.tools.yaml]
policy: default.policy.yaml
trigger: { class: detection_finding }
`;
const SUSPEND = `- { id: suspend, title: "🔐", action: identity.suspend, with: { user: "\${{ alert.entities.users[0] }}" } }`;
const OUTER = `${head('takeover')}steps:
  - id: ask
    gate: { ask: "🔐 Suspend?", grants: [suspend], approvers: { roles: [analyst] }, timeout: 15m }
  ${SUSPEND}
  - { id: inner, call: inner.playbook.yaml }
`;
const INNER = `${head('inner')}steps:\n  ${SUSPEND}\n`;
const NAME = 'takeover.playbook.yaml';

describe('The graph over LSP', () => {
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

  const ask = (name: string): Promise<GraphReply | null> => editor.request(GRAPH_REQUEST, { uri: editor.uri(name) });

  async function graph(name: string): Promise<GraphItem> {
    const reply = await ask(name);
    assert.equal(reply?.kind, 'graph');
    return reply.graph;
  }

  it('has steps, gates and acts with their places, those of called playbooks in their own files', async () => {
    await editor.openOnly(NAME, OUTER);
    const { steps, edges } = await graph(NAME);
    assert.deepEqual(
      steps.map(({ key, level, place }) => [key, level, place.uri === editor.uri(NAME), place.at.start]),
      [
        ['ask', null, true, { line: 10, character: 8 }],
        ['suspend', 'approve', true, { line: 12, character: 10 }],
        ['inner', null, true, { line: 13, character: 10 }],
        ['inner/suspend', 'approve', false, { line: 10, character: 10 }],
      ],
    );
    assert.deepEqual(steps[0]?.gate?.grants, [{ id: 'suspend', key: 'suspend' }]);
    assert.deepEqual(
      steps.flatMap(({ tools }) => tools.map(({ act }) => [act?.verdict, act?.gates, act?.at.range.start.line])),
      [
        ['proven', ['ask'], 12],
        ['violated', [], 10],
      ],
    );
    assert.ok(edges.some(({ from, to, kind }) => from === 'ask' && to === 'suspend' && kind === 'approved'));
  });

  it('has the places of the steps while the text is broken', async () => {
    const broken = OUTER.replace('version: 1.0.0', 'version: 1.0.0\nattack: [[');
    await editor.openOnly(NAME, broken);
    const reply = await ask(NAME);
    assert.equal(reply?.kind, 'broken');
    const lines = broken.split('\n');
    for (const { key, range } of reply.places) assert.match(lines[range.start.line] ?? '', new RegExp(`id: ${key}`));
  });

  it('has none of what is no playbook', async () => {
    assert.equal(await ask('default.policy.yaml'), null);
    assert.equal(await ask('gone.playbook.yaml'), null);
  });
});
