import assert from 'node:assert/strict';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../language/index.js';
import { acknowledgedIn, reviewTrees, type Tree } from './index.js';

const act = (id: string, more = ''): string => `  - id: ${id}
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
    autonomy: notify
    notify: { roles: [analyst] }
${more}`;

function tree(files: { readonly [name: string]: string }): Tree {
  const all: { readonly [name: string]: string | undefined } = { ...EXAMPLE_FILES, ...files };
  return { name: 'a tree', commit: undefined, files: Object.keys(all).sort(), read: (path) => all[path] };
}

/** The fingerprints of what this playbook may do that nothing did before, in the order of the acts. */
function printed(text: string, root = '/w', before: { readonly [name: string]: string } = {}): readonly string[] {
  const review = reviewTrees(tree(before), tree({ 'x.playbook.yaml': text }), root, '2026-07-01', (file) =>
    file.startsWith('x.'),
  );
  const { fingerprints } = acknowledgedIn(review, root, '2026-07-01');
  return [...fingerprints].sort(([a], [b]) => (a.step < b.step ? -1 : 1)).map(([, print]) => print);
}

describe('Fingerprints of widenings', () => {
  it('are the same in every clone, and another one for each act', () => {
    const text = `${EXAMPLE_HEAD}${act('one')}${act('two')}`;
    const prints = printed(text);
    assert.equal(new Set(prints).size, 2);
    for (const print of prints) assert.match(print, /^[0-9a-f]{40}$/);
    assert.deepEqual(printed(text, '/another/place'), prints);
  });

  it('are others with anything that the act is compared by', () => {
    const variants = [
      act('one'),
      act('one', '    where: args.user in alert.entities.users\n'),
      act('one', '    where: args.user in ["ana"]\n'),
      act('one', '    where: args.user in ["ana", "bo"]\n'),
      act('one', '    when: size(alert.entities.users) > 1\n'),
      act('one', '    undo-within: 1d\n'),
      act('one', '    accountable: analyst\n'),
      act('one').replace('roles: [analyst]', 'roles: [incident-commander]'),
      act('one').replace('users[0]', 'users[1]'),
    ].map((steps) => printed(`${EXAMPLE_HEAD}${steps}`));
    for (const one of variants) assert.equal(one.length, 1);
    assert.equal(new Set(variants.flat()).size, variants.length);
  });

  it('are others where the state before is another one', () => {
    const text = `${EXAMPLE_HEAD}${act('one')}`;
    const gated = `${EXAMPLE_HEAD}${act('one').replace(/ {4}autonomy(.|\n)*/, '    approval: { roles: [analyst], timeout: 1h }\n')}`;
    const stricter = gated.replace('timeout: 1h', 'timeout: 1h, quorum: 2');
    const prints = [{}, { 'x.playbook.yaml': gated }, { 'x.playbook.yaml': stricter }].flatMap((before) =>
      printed(text, '/w', before),
    );
    assert.equal(new Set(prints).size, 3);
  });
});
