import assert from 'node:assert/strict';
import type { FileHost } from '../host.js';
import { type LoadedPlaybook, loadPlaybook } from '../load.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../rules/example.js';

/** The traps that lie in reading: ways to write one thing for the reviewer and another for the machine. */

function load(steps: string, head = EXAMPLE_HEAD, files: { readonly [name: string]: string } = {}): LoadedPlaybook {
  const all = { ...EXAMPLE_FILES, ...files };
  const host: FileHost = { read: (uri) => all[uri.replace('file:///w/', '')] };
  return loadPlaybook('file:///w/x.playbook.yaml', head + steps, host);
}

const rules = ({ problems }: LoadedPlaybook): string[] =>
  problems.filter((one) => one.severity === 'error').map((one) => one.rule);

const suspend = (tool: string, more = ''): string => `  - id: suspend
    action: ${tool}
    autonomy: autonomous
    with: { user: "\${{ alert.entities.users[0] }}" }
    where: args.user in alert.entities.users
${more}`;

/** Names that look like `identity.suspend`, or begin as it does. */
const ALIASES: { readonly [what: string]: string } = {
  'another case': 'Identity.Suspend',
  'upper case': 'IDENTITY.SUSPEND',
  'a prefix': 'identity.suspend_all',
  'a shorter name': 'identity',
  'a pattern': '"identity.*"',
  'full-width letters': 'ｉｄｅｎｔｉｔｙ．ｓｕｓｐｅｎｄ',
  'a Cyrillic letter': 'identity.suspеnd',
  'a dotless i': 'ıdentity.suspend',
  'a zero-width space': '"identity.\\u200Bsuspend"',
  'a soft hyphen': '"identity.sus\\u00ADpend"',
  'a trailing blank': '"identity.suspend "',
  'a combining mark': '"identity.suspend\\u0301"',
};

describe('tool names match exactly', () => {
  for (const [what, alias] of Object.entries(ALIASES)) {
    it(`${what} is another tool: unknown, consequential, never above "approve"`, () => {
      const loaded = load(suspend(alias));
      const [act] = loaded.acts;
      assert.equal(loaded.acts.length, 1);
      assert.equal(act?.tool, undefined);
      assert.equal(act?.effect, 'unknown');
      assert.equal(act?.autonomy.level, 'approve');
      assert.ok(rules(loaded).includes('unknown-tool'), rules(loaded).join());
    });

    it(`${what} of a forbidden tool's name does not pass for a known one`, () => {
      const forbidden = (EXAMPLE_FILES['example.policy.yaml'] ?? '').replace('mail.block_sender', 'identity.suspend');
      const loaded = load(suspend(alias), EXAMPLE_HEAD, { 'example.policy.yaml': forbidden });
      assert.ok(rules(loaded).includes('unknown-tool'));
    });

    it(`${what} in a policy restrains nothing, and is not passed over in silence`, () => {
      const policy = (EXAMPLE_FILES['example.policy.yaml'] ?? '').replace('[mail.block_sender]', `[${alias}]`);
      const loaded = load(suspend('identity.suspend', '    notify: { roles: [analyst] }\n'), EXAMPLE_HEAD, {
        'example.policy.yaml': policy,
      });
      const told = loaded.problems.map((one) => one.rule);
      assert.ok(!told.includes('forbidden-tool'));
      assert.ok(told.includes('broken-reference') || told.includes('unknown-policy-tool'), told.join());
    });
  }

  it('an unknown tool among an agent’s grants is an act, too', () => {
    const loaded = load(`  - id: investigate
    agent:
      goal: Look
      tools: [Intel.domain_reputation]
      output: { summary: { type: string } }
    autonomy: autonomous
`);
    assert.deepEqual(
      loaded.acts.map((act) => [act.effect, act.autonomy.level]),
      [['unknown', 'approve']],
    );
  });

  it('a tool whose effect is misspelt in its catalog is consequential', () => {
    const catalog = (EXAMPLE_FILES['example.tools.yaml'] ?? '').replace('effect: contain', 'effect: Read');
    const loaded = load(suspend('identity.suspend'), EXAMPLE_HEAD, { 'example.tools.yaml': catalog });
    assert.equal(loaded.acts[0]?.effect, 'unknown');
    assert.equal(loaded.acts[0]?.autonomy.level, 'approve');
    assert.ok(rules(loaded).includes('broken-reference'));
  });
});

describe('an absent policy is no permission', () => {
  const acts = suspend('identity.suspend', '    notify: { roles: [analyst] }\n');
  const without = EXAMPLE_HEAD.replace('policy: example.policy.yaml\n', '');

  it('holds everything consequential at "approve" where none is named', () => {
    const loaded = load(acts, without);
    assert.equal(loaded.acts[0]?.autonomy.level, 'approve');
    assert.ok(rules(loaded).includes('missing-policy'));
  });

  it('does so whatever the playbook allows itself', () => {
    const loaded = load(
      acts,
      without.replace('catalogs:', 'autonomy: autonomous\ndefaults: { autonomy: autonomous }\ncatalogs:'),
    );
    assert.equal(loaded.acts[0]?.autonomy.level, 'approve');
    assert.ok(rules(loaded).includes('missing-policy'));
  });

  it('does so where the one that is named is not there', () => {
    const loaded = load(acts, EXAMPLE_HEAD.replace('example.policy', 'gone.policy'));
    assert.equal(loaded.policy, undefined);
    assert.equal(loaded.acts[0]?.autonomy.level, 'approve');
    assert.ok(rules(loaded).includes('file-not-found'));
  });

  it('reads a ceiling it cannot understand as "manual"', () => {
    const policy = (EXAMPLE_FILES['example.policy.yaml'] ?? '').replace('autonomy: notify', 'autonomy: Autonomous');
    const loaded = load(acts, EXAMPLE_HEAD, { 'example.policy.yaml': policy });
    assert.equal(loaded.acts[0]?.autonomy.level, 'manual');
    assert.ok(rules(loaded).includes('broken-reference'));
  });
});

describe('what is written once is read once', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'a key twice',
      suspend('identity.suspend').replace('    with:', '    autonomy: approve\n    with:'),
      'duplicate-key',
    ],
    [
      'a key twice, once in quotes',
      suspend('identity.suspend').replace('    with:', '    "autonomy": approve\n    with:'),
      'duplicate-key',
    ],
    [
      'a key twice, once with an escape',
      suspend('identity.suspend').replace('    with:', '    "autonom\\u0079": approve\n    with:'),
      'duplicate-key',
    ],
    [
      'a merge key',
      `  - &gated { id: one, action: intel.domain_reputation, with: { domain: a.example } }\n${suspend('identity.suspend', '    <<: *gated\n')}`,
      'yaml-alias',
    ],
    ['an anchor', suspend('&tool identity.suspend'), 'yaml-alias'],
    ['a tag', suspend('!!str identity.suspend'), 'yaml-alias'],
    ['a second document', `${suspend('identity.suspend')}---\n${EXAMPLE_HEAD}`, 'multiple-documents'],
  ];
  for (const [what, steps, rule] of cases) {
    it(`${what} is an error, so nothing of the file runs`, () => {
      assert.ok(rules(load(steps)).includes(rule), rules(load(steps)).join());
    });
  }

  it('an alias of a gate’s grants is an error', () => {
    const loaded = load(`  - id: ask
    gate:
      ask: Suspend?
      grants: &acts [suspend]
      approvers: { roles: [incident-commander] }
  - id: ask_again
    gate:
      ask: Suspend?
      grants: *acts
      approvers: { roles: [incident-commander] }
${suspend('identity.suspend')}`);
    assert.ok(rules(loaded).includes('yaml-alias'));
  });

  it('the same holds in catalogs and policies', () => {
    const catalog = `${EXAMPLE_FILES['example.tools.yaml']}  identity.suspend:\n    description: Harmless.\n    effect: read\n    reversible: true\n    input: {}\n    output: {}\n`;
    const policy = `${EXAMPLE_FILES['example.policy.yaml']}forbid: []\n`;
    const files = { 'example.tools.yaml': catalog, 'example.policy.yaml': policy };
    const loaded = load(suspend('identity.suspend'), EXAMPLE_HEAD, files);
    assert.equal(rules(loaded).filter((rule) => rule === 'broken-reference').length, 2);
  });
});

describe('a step is known by the text', () => {
  const steps = (argument: string): string => `  - id: ask
    gate:
      ask: Suspend?
      grants: [suspend]
      approvers: { roles: [incident-commander] }
  - id: choose
    manual: { task: Say which, role: analyst, output: { user: { type: string, x-entity: user } } }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ ${argument} }}" }
`;
  for (const argument of [
    'steps.choose.output.user',
    "steps['choose'].output.user",
    "steps['choose']['output']['user']",
  ]) {
    it(`${argument} binds the argument after the approval`, () => {
      assert.ok(rules(load(steps(argument))).includes('binds-after-approval'), rules(load(steps(argument))).join());
    });
  }

  for (const argument of ["steps[alert.message]['output'].user", 'string(steps)', "steps['cho' + 'ose'].output.user"]) {
    it(`${argument} is refused: nobody can tell which step it reads`, () => {
      assert.ok(rules(load(steps(argument))).includes('type-mismatch'), rules(load(steps(argument))).join());
    });
  }
});
