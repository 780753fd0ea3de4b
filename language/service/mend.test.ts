import assert from 'node:assert/strict';
import { checkFile } from '../check-file.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../rules/example.js';
import { mend } from './mend.js';

const host = { read: (uri: string): string | undefined => EXAMPLE_FILES[uri.replace('file:///w/', '')] };
const check = (text: string): readonly Problem[] => checkFile('file:///w/x.playbook.yaml', text, host).problems;
const GATE = `  - id: ask
    gate:
      ask: Delete the account?
      grants: [delete]
      approvers: { roles: [incident-commander], quorum: 1 }
  - id: delete
    action: identity.delete_user
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

describe('mending', () => {
  it('applies safe fixes, round after round', () => {
    const text = EXAMPLE_HEAD.replace('1.0.0', '1').replace('[example.tools.yaml]', '[example.tools.yaml]') + GATE;
    const { text: mended, done } = mend(text, check);
    assert.match(mended, /quorum: 2 \}/);
    assert.match(mended, /version: "1"/);
    assert.deepEqual(done.map(({ rule }) => rule).sort(), ['quorum-too-small', 'wrong-type']);
    assert.equal(mend(mended, check).text, mended, 'and then it is still');
  });

  it('removes every repetition of a list in brackets, and nothing else of it', () => {
    const text =
      EXAMPLE_HEAD + GATE.replace('[delete]', '[delete, delete,delete] # why').replace('quorum: 1', 'quorum: 2');
    assert.match(mend(text, check).text, /grants: \[delete\] # why/);
    const spread = text.replace('[delete, delete,delete] # why', '[\n        delete, # why\n        delete ]');
    assert.equal(mend(spread, check).text, spread, 'a comment stays');
  });

  it('leaves what only a person can tell', () => {
    const text = EXAMPLE_HEAD + GATE.replace('[delete]', '[delet]').replace('quorum: 1', 'quorum: 2');
    assert.deepEqual(mend(text, check), { text, done: [] });
  });

  it('leaves a text with syntax errors alone, even where a fix is at hand', () => {
    for (const broken of ['owner:x\n', '\towner: x\n', 'owner: "x\n', 'playbook: again\n']) {
      const text = EXAMPLE_HEAD.replace('steps:\n', `${broken}steps:\n`) + GATE;
      assert.deepEqual(mend(text, check), { text, done: [] }, broken);
    }
  });

  it('takes a round back that would leave more errors, and ends when fixes chase each other', () => {
    const problem = (range: Problem['range'], newText: string): Problem => ({
      rule: 'wrong-type',
      severity: 'error',
      range,
      message: 'x',
      related: [],
      fixes: [{ title: 'x', edits: [{ range, newText }], safe: true }],
    });
    const first = { start: 0, end: 1 };
    const worse = mend('a', (text) =>
      text === 'a' ? [problem(first, 'b')] : [problem(first, 'c'), problem(first, 'd')],
    );
    assert.equal(worse.text, 'a');
    const chase = mend('a', (text) => [problem(first, text === 'a' ? 'b' : 'a')]);
    assert.ok(chase.done.length <= 10);
  });
});
