import assert from 'node:assert/strict';
import { approval, play } from './scenario.test.js';

/** What `countersign import` writes of an act that runs without a person in the original. */
const ACT = `  - id: suspend
    action: identity.suspend
    autonomy: autonomous
    undecided: "In the original: A path leads to it on which no person is asked."
    with: { user: mallory }
`;
const ASKED = `${ACT}    approval: { roles: [analyst], timeout: 15m }
`;

// The playbooks have errors, so no command runs them. Here they are run all the same.
describe('A step that nobody has decided on', () => {
  it('never acts without a person, though the policy would allow its level', async () => {
    const decided = await play({ steps: ACT.replace(/^ +undecided.*\n/m, '') });
    assert.equal(decided.reached.length, 1, 'the level alone would let it act');
    const played = await play({ steps: ACT });
    assert.deepEqual(played.reached, []);
    assert.deepEqual(
      played.of('authorized').map(({ decision, rule }) => [decision, rule]),
      [['deny', 'approval-required']],
    );
  });

  it('acts only on the exact call that a person approved', async () => {
    assert.deepEqual((await play({ steps: ASKED })).reached, [], 'nobody answers');
    const played = await play({ steps: ASKED, approve: [approval('ana')] });
    assert.deepEqual(
      played.acts.map(({ tool, approvedBy }) => [tool, approvedBy]),
      [['identity.suspend', ['ana@soc.example']]],
    );
  });

  it('is no more in a playbook that is called, or for an agent', async () => {
    const called = `playbook: called\nversion: 1.0.0\ntitle: Called\noperating-model: ai-soc\nowner: tests\ncatalogs: [test.tools.yaml]\npolicy: test.policy.yaml\nsteps:\n${ACT}`;
    const played = await play({
      steps: '  - id: go\n    call: called.playbook.yaml\n    on-error: continue\n',
      files: { 'called.playbook.yaml': called },
    });
    assert.deepEqual(played.reached, []);
    assert.equal(played.of('authorized').at(-1)?.decision, 'deny');
    const agent = await play({
      steps: `  - id: think
    agent:
      goal: Suspend it
      tools: [{ use: identity.suspend, where: args.user == "mallory" }]
      output: { done: { type: boolean } }
    autonomy: autonomous
    undecided: In the original an agent does it.
`,
      turns: [{ calls: [{ tool: 'identity.suspend', with: { user: 'mallory' } }] }, { output: { done: true } }],
    });
    assert.deepEqual(agent.reached, []);
    assert.equal(agent.of('authorized').find(({ decision }) => decision === 'deny')?.rule, 'approval-required');
  });

  it('does not lift what the policy keeps lower', async () => {
    const policy = `policy: test
roles: { analyst: [ana@soc.example] }
ceilings: [{ effect: contain, autonomy: manual }]
`;
    const played = await play({ steps: ASKED, policy, approve: [approval('ana')] });
    assert.deepEqual(played.reached, []);
  });
});
