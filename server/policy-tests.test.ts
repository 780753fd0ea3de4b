import assert from 'node:assert/strict';
import { POLICY_TESTS_REQUEST } from './protocol/requests.js';
import { Editor } from './testing.test.js';

const TEXT = `policy-test: own
policy: own.policy.yaml
tests:
  - title: "One 🔐"
    tool: a.b
    expect: { outcome: denied }
  - { title: Two, expect: { outcome: allowed } }
`;

describe('The tests in a file of tests of a policy, over LSP', () => {
  let editor: Editor;
  beforeEach(async () => {
    editor = new Editor({ 'own.policy.test.yaml': TEXT });
    await editor.start();
  });
  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });
  const asked = (name: string): Promise<unknown> => editor.request(POLICY_TESTS_REQUEST, { uri: editor.uri(name) });

  it('are those of the text as it is typed, each with its line', async () => {
    assert.deepEqual(await asked('own.policy.test.yaml'), [
      { title: 'One 🔐', line: 3 },
      { title: 'Two', line: 6 },
    ]);
    await editor.openOnly('own.policy.test.yaml', `# First.\n${TEXT}`);
    assert.deepEqual(await asked('own.policy.test.yaml'), [
      { title: 'One 🔐', line: 4 },
      { title: 'Two', line: 7 },
    ]);
  });

  it('are none of what is not there, and have no title where none is written', async () => {
    assert.deepEqual(await asked('gone.policy.test.yaml'), []);
    await editor.openOnly('own.policy.test.yaml', 'tests: [{}, 3, { title: "" }]');
    assert.deepEqual(await asked('own.policy.test.yaml'), [
      { title: '', line: 0 },
      { title: '', line: 0 },
    ]);
  });
});
