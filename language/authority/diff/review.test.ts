import assert from 'node:assert/strict';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../../rules/example.js';
import { type PlaybookReview, pairPlaybooks, reviewPlaybook, stateOf } from './review.js';
import type { State } from './states.js';

interface Files {
  readonly [file: string]: string;
}

const WHERE = 'file:///w/';
const HEAD = EXAMPLE_HEAD.replace('budget:', 'context: { own: own.yaml }\nbudget:');
const ACT = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
const GATE = `  - id: ask
    gate: { ask: Go?, grants: [suspend], approvers: { roles: [analyst] }, timeout: 5m }
`;
const ALONE = `${ACT}    autonomy: notify
    notify: { roles: [analyst] }
    where: args.user in context.own.users
`;
const POLICY = EXAMPLE_FILES['example.policy.yaml'] ?? '';
const TOOLS = EXAMPLE_FILES['example.tools.yaml'] ?? '';
const CALLED = EXAMPLE_FILES['suspend-user.playbook.yaml'] ?? '';

function stateWith(files: Files): State {
  const all: Files = { ...EXAMPLE_FILES, 'own.yaml': 'users: [a@b.example]\n', ...files };
  return stateOf({ read: (uri) => all[uri.replace(WHERE, '')] }, [`${WHERE}example.tools.yaml`]);
}

function review(base: Files, head: Files, file = 'x.playbook.yaml'): PlaybookReview {
  return reviewPlaybook(WHERE + file, WHERE + file, stateWith(base), stateWith(head));
}

function told({ changes }: PlaybookReview): readonly string[] {
  return changes.map((one) => `${one.step}: ${one.class} by ${one.causes.join(' and ')}`);
}

describe('the review of a playbook', () => {
  const gated = { 'x.playbook.yaml': `${HEAD}${GATE}${ACT}` };
  const alone = { 'x.playbook.yaml': `${HEAD}${ALONE}` };
  const call = {
    'x.playbook.yaml': `${HEAD}  - id: contain\n    call: suspend-user.playbook.yaml\n    with: { user: a@b.example }\n`,
  };

  const causes: readonly (readonly [string, Files, Files, readonly string[]])[] = [
    ['nothing', gated, gated, []],
    ['the playbook', gated, { 'x.playbook.yaml': `${HEAD}${ACT}` }, ['suspend: widened by playbook']],
    [
      'the roles',
      gated,
      { ...gated, 'example.policy.yaml': POLICY.replace('[ana@soc.example, ', '[ana@soc.example, zoe@soc.example, ') },
      ['suspend: widened by roles'],
    ],
    [
      'the policy',
      { ...alone, 'example.policy.yaml': POLICY.replace('contain, autonomy: notify', 'contain, autonomy: assist') },
      alone,
      ['suspend: widened by policy'],
    ],
    [
      'a catalog',
      gated,
      { ...gated, 'example.tools.yaml': TOOLS.replace('effect: contain', 'effect: record') },
      ['suspend: incomparable by catalog'],
    ],
    [
      'a called playbook',
      call,
      { ...call, 'suspend-user.playbook.yaml': CALLED.replace(/ {4}approval: .*\n/, '') },
      ['contain/suspend: widened by called playbook'],
    ],
    [
      'the context',
      alone,
      { ...alone, 'own.yaml': 'users: [a@b.example, c@d.example]\n' },
      ['suspend: widened by context'],
    ],
    ['something that bounds nothing', gated, { ...gated, 'own.yaml': 'users: []\n' }, []],
    [
      'a ceiling that is lower',
      alone,
      { ...alone, 'example.policy.yaml': POLICY.replace('contain, autonomy: notify', 'contain, autonomy: assist') },
      ['suspend: narrowed by policy'],
    ],
    [
      'playbook and policy, which only together make it wider',
      { ...gated, 'example.policy.yaml': POLICY.replace('contain, autonomy: notify', 'contain, autonomy: approve') },
      { 'x.playbook.yaml': `${HEAD}${GATE}${ALONE}` },
      ['suspend: incomparable by playbook and policy'],
    ],
  ];
  for (const [what, base, head, wanted] of causes) {
    it(`names what made the change: ${what}`, () => assert.deepEqual(told(review(base, head)), wanted));
  }

  it('a change cannot relax its own judge: a gate goes, and the policy makes that look harmless', () => {
    const harmless = POLICY.replace('contain, autonomy: notify', 'contain, autonomy: assist');
    const result = review(gated, { 'x.playbook.yaml': `${HEAD}${ACT}`, 'example.policy.yaml': harmless });
    assert.deepEqual(told(result), ['suspend: incomparable by playbook']);
    assert.equal(result.changes[0]?.violates, true);
    assert.match(
      result.changes[0]?.differences.at(-1)?.words ?? '',
      /^by the policy and the catalogs as they were, it is wider/,
    );
  });

  it('nor by naming another policy', () => {
    const base = {
      ...alone,
      'example.policy.yaml': POLICY.replace('contain, autonomy: notify', 'contain, autonomy: approve'),
    };
    const head = {
      ...base,
      'x.playbook.yaml': alone['x.playbook.yaml'].replace('example.policy.yaml', 'lax.policy.yaml'),
      'lax.policy.yaml': POLICY,
    };
    assert.deepEqual(told(review(base, head)), ['suspend: widened by policy']);
  });

  it('tells what violates the policy from what is only wider', () => {
    assert.equal(review(gated, { 'x.playbook.yaml': `${HEAD}${ACT}` }).changes[0]?.violates, true);
    assert.equal(review(gated, alone).changes[0]?.violates, false);
    assert.equal(review(gated, alone).changes[0]?.withoutPerson, true);
  });

  it('tells apart what only reads on the word of a new catalog, and not what a catalog of before calls an act', () => {
    const tool = (name: string): string =>
      `  ${name}:\n    description: D\n    effect: read\n    reversible: true\n    idempotent: true\n    input: {}\n    output: {}\n`;
    const use = (name: string): Files => ({
      'x.playbook.yaml': `${HEAD}  - id: use\n    action: ${name}\n    with: {}\n`,
    });
    const fresh = review(use('intel.domain_reputation'), {
      ...use('x.look'),
      'example.tools.yaml': TOOLS + tool('x.look'),
    });
    assert.deepEqual(
      fresh.changes.map((one) => [one.class, one.onCatalogsWord]),
      [['widened', true]],
    );
    const other = {
      ...use('identity.suspend'),
      'x.playbook.yaml':
        use('identity.suspend')['x.playbook.yaml']?.replace('[example.tools.yaml]', '[new.tools.yaml]') ?? '',
      'new.tools.yaml': `catalog: new\ntools:\n${tool('identity.suspend')}`,
    };
    const hidden = review(use('intel.domain_reputation'), other);
    assert.deepEqual(
      hidden.changes.map((one) => [one.tool, one.class, one.onCatalogsWord]),
      [['identity.suspend', 'widened', false]],
    );
  });

  it('a playbook that is new may do what it could not before, one that is gone nothing any more', () => {
    const [base, head] = [stateWith({}), stateWith(gated)];
    assert.deepEqual(told(reviewPlaybook(undefined, `${WHERE}x.playbook.yaml`, base, head)), [
      'suspend: widened by playbook',
    ]);
    assert.deepEqual(told(reviewPlaybook(`${WHERE}x.playbook.yaml`, undefined, head, base)), [
      'suspend: narrowed by playbook',
    ]);
  });

  it('tools of a catalog that only a called playbook names are known', () => {
    const caller = {
      'x.playbook.yaml': `${HEAD.replace('catalogs: [example.tools.yaml]', 'catalogs: []')}  - id: contain\n    call: suspend-user.playbook.yaml\n    with: { user: a@b.example }\n`,
    };
    const looks = CALLED.replace(
      '  - id: suspend\n',
      '  - id: again\n    action: intel.domain_reputation\n    with: { domain: a.example }\n  - id: suspend\n',
    );
    const [base, head] = [caller, { ...caller, 'suspend-user.playbook.yaml': looks }].map(
      (files): State => ({ ...stateWith(files), catalogs: [] }),
    );
    assert.ok(base && head);
    assert.deepEqual(told(reviewPlaybook(`${WHERE}x.playbook.yaml`, `${WHERE}x.playbook.yaml`, base, head)), []);
  });

  it('what cannot be read on both sides is no change as long as it is the same', () => {
    const broken = { 'x.playbook.yaml': `${HEAD}${GATE}${ACT}  - id: "x\n` };
    assert.deepEqual(told(review(broken, broken)), []);
    assert.deepEqual(told(review(broken, { 'x.playbook.yaml': `${broken['x.playbook.yaml']}y\n` })), [
      '*: incomparable by playbook',
    ]);
  });

  it('a file that moves is the same playbook', () => {
    const ids = (uri: string): string => uri.replace(/.*\//, '');
    assert.deepEqual(
      pairPlaybooks(['a/x', 'a/y', 'a/gone'], ['b/x', 'a/y', 'a/new'], (_, uri) => ids(uri)),
      [
        { base: 'a/x', head: 'b/x' },
        { base: 'a/y', head: 'a/y' },
        { base: undefined, head: 'a/new' },
        { base: 'a/gone', head: undefined },
      ],
    );
  });
});
