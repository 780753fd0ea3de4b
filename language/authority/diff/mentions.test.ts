import assert from 'node:assert/strict';
import { loadPlaybook } from '../../load.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../../rules/example.js';
import { touchedBetween } from './mentions.js';
import { stateOf } from './review.js';

const WHERE = 'file:///w/';
const NAME = `${WHERE}x.playbook.yaml`;
const TEXT = EXAMPLE_HEAD.replace('budget:', 'context: { own: context.yaml }\nbudget:').concat(`  - id: check
    if: alert.severity_id > 3
    then:
      - id: contain
        call: caller.playbook.yaml
        on-error:
          - { id: other, call: "suspend-at-once.playbook.yaml", with: { user: a@b.example } }
`);
const FILES: { readonly [file: string]: string } = {
  ...EXAMPLE_FILES,
  'x.playbook.yaml': TEXT,
  'caller.playbook.yaml': `${EXAMPLE_HEAD.replace('example.tools', 'response.tools')}  - id: in
    call: suspend-user.playbook.yaml
    with: { user: a@b.example }
`,
};

function stateWith(more: { readonly [file: string]: string | undefined } = {}) {
  const all = { ...FILES, ...more };
  return stateOf({ read: (uri) => all[uri.replace(WHERE, '')] }, []);
}

const isTouched = (more: { readonly [file: string]: string | undefined }): boolean =>
  touchedBetween(stateWith(), stateWith(more))(NAME).touched;

describe('What a playbook is made of', () => {
  it('is touched by a change of any file that is read for it', () => {
    const { dependencies } = loadPlaybook(NAME, TEXT, stateWith().host);
    assert.ok(dependencies.length >= 6, dependencies.join());
    for (const uri of [NAME, ...dependencies]) {
      const file = uri.replace(WHERE, '');
      assert.equal(isTouched({ [file]: `${FILES[file]}\n# changed\n` }), true, file);
      assert.equal(isTouched({ [file]: undefined }), true, `${file} is gone`);
    }
  });

  it('and by no other', () => {
    assert.equal(isTouched({}), false);
    assert.equal(isTouched({ 'other.policy.yaml': 'policy: changed\n' }), false);
  });

  it('counts as touched where it cannot be read', () => {
    const broken = { 'x.playbook.yaml': `${TEXT}  - id: "x\n` };
    assert.equal(touchedBetween(stateWith(broken), stateWith(broken))(NAME).touched, true);
    const called = { 'suspend-user.playbook.yaml': 'playbook: [\n' };
    assert.equal(touchedBetween(stateWith(called), stateWith(called))(NAME).touched, true);
  });
});
