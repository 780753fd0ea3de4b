import assert from 'node:assert/strict';
import type { FileHost } from '../host.js';
import { type LoadedPlaybook, loadPlaybook } from '../load.js';
import { EXAMPLE_DAY, EXAMPLE_FILES, EXAMPLE_HEAD } from './example.js';
import type { RuleName } from './names.js';

/** What rules say about steps in loops, on branches and behind calls. */

function load(steps: string, head = EXAMPLE_HEAD, files: { readonly [name: string]: string } = {}): LoadedPlaybook {
  const all = { ...EXAMPLE_FILES, ...files };
  const host: FileHost = { today: EXAMPLE_DAY, read: (uri) => all[uri.replace('file:///w/', '')] };
  return loadPlaybook('file:///w/x.playbook.yaml', head + steps, host);
}

/** The words a rule reports, with what it says. */
function told(loaded: LoadedPlaybook, rule: RuleName): { readonly word: string; readonly message: string }[] {
  return loaded.problems
    .filter((one) => one.rule === rule)
    .map(({ range, message }) => ({ word: loaded.text.slice(range.start, range.end), message }));
}

const LOOK = (id: string, indent: string, domain = 'a.example'): string =>
  `${indent}- id: ${id}\n${indent}  action: intel.domain_reputation\n${indent}  with: { domain: ${domain} }\n`;
const READ = (id: string, indent: string): string =>
  `${indent}- id: reader\n${indent}  if: steps.${id}.output.score > 5\n${indent}  then:\n${LOOK('more', `${indent}    `)}`;

const loop = (body: string, list = 'alert.entities.domains', item = 'domain'): string =>
  `  - id: loop\n    for-each: { item: ${item}, in: ${list}, max: 5 }\n    steps:\n${body}`;
const parallel = (join: string, one: string, two: string): string =>
  `  - id: both\n    parallel: ${join}\n    branches:\n      one:\n${one}      two:\n${two}`;

describe('results of other steps', () => {
  const cases: readonly (readonly [string, string, RegExp | undefined])[] = [
    ['in the same round of a loop', loop(LOOK('look', '      ') + READ('look', '      ')), undefined],
    ['of a later step of the loop', loop(READ('look', '      ') + LOOK('look', '      ')), /never runs before/],
    ['behind the loop', loop(LOOK('look', '      ')) + READ('look', '  '), /once for each item of "loop"/],
    [
      'of the loop, behind it',
      `${loop(LOOK('look', '      '))}  - id: many\n    when: steps.loop.output.count > 3\n${LOOK('x', '    ')
        .replace(/^ {4}- id: x\n/, '')
        .replace(/^ {6}/gm, '    ')}`,
      undefined,
    ],
    [
      'of the loop, inside it',
      loop(
        `      - id: inner\n        when: steps.loop.output.count > 3\n        action: intel.domain_reputation\n        with: { domain: a.example }\n`,
      ),
      /still running/,
    ],
    ['before the loop, in it', LOOK('look', '  ') + loop(READ('look', '      ')), undefined],
    [
      'on the same branch',
      parallel('all', LOOK('look', '        ') + READ('look', '        '), LOOK('other', '        ')),
      undefined,
    ],
    ['on another branch', parallel('all', LOOK('look', '        '), READ('look', '        ')), /beside this step/],
    [
      'behind all branches',
      parallel('all', LOOK('look', '        '), LOOK('other', '        ')) + READ('look', '  '),
      undefined,
    ],
    [
      'behind any branch',
      parallel('any', LOOK('look', '        '), LOOK('other', '        ')) + READ('look', '  '),
      /goes on when its first branch/,
    ],
    [
      'on the other branch of an if',
      `  - id: fork\n    if: alert.severity_id > 2\n    then:\n${LOOK('look', '      ')}    else:\n${READ('look', '      ')}`,
      /another branch, which does not run/,
    ],
    [
      'behind a branch of an if',
      `  - id: fork\n    if: alert.severity_id > 2\n    then:\n${LOOK('look', '      ')}${READ('look', '  ')}`,
      undefined,
    ],
    [
      'behind a branch that ends the run',
      `  - id: fork\n    if: alert.severity_id > 2\n    then:\n${LOOK('look', '      ')}      - id: end\n        stop: { outcome: completed }\n${READ('look', '  ')}`,
      /never runs before/,
    ],
    [
      'of a handler that stops',
      `${LOOK('first', '  ')}    on-error:\n${LOOK('look', '      ')}${READ('look', '  ')}`,
      /never runs before/,
    ],
    ['of a failed step, in its handler', `${LOOK('look', '  ')}    on-error:\n${READ('look', '      ')}`, undefined],
  ];
  for (const [where, steps, message] of cases) {
    it(`${message ? 'cannot' : 'can'} be read: ${where}`, () => {
      const loaded = load(steps);
      const found = told(loaded, 'step-not-yet-run');
      assert.equal(found.length, message ? 1 : 0, JSON.stringify(found));
      if (message) assert.match(found[0]?.message ?? '', message);
      const syntax = loaded.problems.filter((one) =>
        ['yaml-syntax', 'unknown-key', 'unknown-member'].includes(one.rule),
      );
      assert.deepEqual(syntax, []);
    });
  }

  it('of a loop’s body are no part of the verdict', () => {
    const head = EXAMPLE_HEAD.replace('steps:', 'verdict: steps.look.output.score\nsteps:');
    assert.equal(told(load(loop(LOOK('look', '      ')), head), 'step-not-yet-run').length, 1);
  });
});

describe('calls of other playbooks', () => {
  const call = (more: string, target = 'suspend-user.playbook.yaml'): string =>
    `  - id: contain\n    call: ${target}\n${more}`;

  it('must give what is taken', () => {
    assert.deepEqual(
      told(load(call('')), 'missing-argument').map((one) => one.word),
      ['suspend-user.playbook.yaml'],
    );
  });

  it('must not give what is not taken', () => {
    const found = told(load(call('    with: { user: a, usr: b }\n')), 'unknown-argument');
    assert.deepEqual(
      found.map((one) => one.word),
      ['usr'],
    );
  });

  it('must give it in its type', () => {
    assert.deepEqual(
      told(load(call('    with: { user: 5 }\n')), 'argument-type').map((one) => one.word),
      ['5'],
    );
  });

  it('cannot be granted: an approval never passes a call', () => {
    const gate =
      '  - id: ask\n    gate:\n      ask: Go on?\n      grants: [contain]\n      approvers: { roles: [analyst] }\n';
    const [found] = told(load(gate + call('    with: { user: a }\n')), 'gate-grants-nothing');
    assert.match(found?.message ?? '', /never passes a call/);
  });

  it('that lead in a circle are found where the circle closes', () => {
    const back = (EXAMPLE_FILES['suspend-user.playbook.yaml'] ?? '') + call('', 'x.playbook.yaml');
    const loaded = load(call('    with: { user: a }\n'), EXAMPLE_HEAD, { 'suspend-user.playbook.yaml': back });
    assert.ok(told(loaded, 'broken-reference').some((one) => one.word === 'suspend-user.playbook.yaml'));
  });

  it('that act without a person, decided by what an attacker writes, need review', () => {
    const steps = `${LOOK('look', '  ')}  - id: contain\n    when: steps.look.output.score > 5\n    call: suspend-at-once.playbook.yaml\n    with: { user: a }\n`;
    const unreviewed = (EXAMPLE_FILES['suspend-at-once.playbook.yaml'] ?? '').replace('    review: 10%\n', '');
    const files = { 'suspend-at-once.playbook.yaml': unreviewed };
    assert.equal(told(load(steps), 'unreviewed-decision').length, 0);
    assert.equal(told(load(steps, EXAMPLE_HEAD, files), 'unreviewed-decision').length, 1);
    assert.equal(told(load(`${steps}    review: 5%\n`, EXAMPLE_HEAD, files), 'unreviewed-decision').length, 0);
  });
});

describe('acts in loops', () => {
  const suspend = (value: string, more = ''): string =>
    `      - id: suspend\n        action: identity.suspend\n        autonomy: notify\n        notify: { roles: [analyst] }\n        review: 10%\n        with: { user: "\${{ ${value} }}" }\n${more}`;

  it('may take the items of the alert’s own entities', () => {
    assert.deepEqual(told(load(loop(suspend('user'), 'alert.entities.users', 'user')), 'untrusted-argument'), []);
  });

  it('may not take the items of a list that an attacker writes', () => {
    const agent = `  - id: look\n    agent:\n      goal: Look\n      tools: [intel.domain_reputation]\n      output: { users: { type: array, items: { type: string } } }\n`;
    const steps = agent + loop(suspend('user'), 'steps.look.output.users', 'user');
    assert.deepEqual(
      told(load(steps), 'untrusted-argument').map((one) => one.word),
      ['user'],
    );
    const bounded =
      agent +
      loop(suspend('user', '        where: args.user in alert.entities.users\n'), 'steps.look.output.users', 'user');
    assert.deepEqual(told(load(bounded), 'untrusted-argument'), []);
  });

  it('may be bounded by the organization’s context, and may take its values', () => {
    const head = EXAMPLE_HEAD.replace('steps:', 'context: { people: context.yaml }\nsteps:');
    assert.deepEqual(told(load(loop(suspend('user'), 'context.people.vips', 'user'), head), 'untrusted-argument'), []);
    const where = '        where: args.user in context.people.vips\n';
    assert.deepEqual(told(load(loop(suspend('alert.message', where)), head), 'untrusted-argument'), []);
    const shadow = "        where: '[args.user].all(context, context in context.people.vips)'\n";
    assert.equal(told(load(loop(suspend('alert.message', shadow)), head), 'untrusted-argument').length, 1);
  });

  it('may not take what a caller passes on', () => {
    const head = EXAMPLE_HEAD.replace('steps:', 'inputs: { user: { type: string } }\nsteps:');
    assert.deepEqual(
      told(load(loop(suspend('inputs.user')), head), 'untrusted-argument').map((one) => one.word),
      ['inputs.user'],
    );
  });

  it('need review when an attacker writes the list, or what ended the run before', () => {
    const bare = suspend('user').replace('        review: 10%\n', '');
    assert.equal(told(load(loop(bare, 'alert.entities.users', 'user')), 'unreviewed-decision').length, 1);
    const before = `${LOOK('look', '  ')}  - id: fine\n    if: steps.look.output.score < 5\n    then:\n      - id: end\n        stop: { outcome: completed }\n`;
    const after = bare.replace(/^ {4}/gm, '').replace('user }}', 'alert.entities.users[0] }}');
    assert.equal(told(load(before + after), 'unreviewed-decision').length, 1);
  });

  it('are approved with the list that stands at the gate', () => {
    const gate =
      '  - id: ask\n    gate:\n      ask: Suspend?\n      grants: [suspend]\n      approvers: { roles: [incident-commander] }\n';
    const choose =
      '  - id: choose\n    manual: { task: Say which, role: analyst, output: { users: { type: array, items: { type: string } } } }\n';
    const body = loop(
      suspend('user').replace('autonomy: notify', 'autonomy: approve'),
      'steps.choose.output.users',
      'user',
    );
    assert.deepEqual(told(load(choose + gate + body), 'binds-after-approval'), []);
    const [found] = told(load(gate + choose + body), 'binds-after-approval');
    assert.equal(found?.word, 'choose');
    assert.match(found?.message ?? '', /"loop" goes over a list/);
  });

  it('answer to who is accountable for the loop', () => {
    const head = EXAMPLE_HEAD.replace('accountable: soc-manager\n', '');
    const steps = loop(suspend('user'), 'alert.entities.users', 'user');
    assert.equal(told(load(steps, head), 'missing-accountable').length, 1);
    const named = steps.replace('    steps:', '    accountable: soc-manager\n    steps:');
    assert.equal(told(load(named, head), 'missing-accountable').length, 0);
  });
});

describe('approvals and tags', () => {
  const POLICY = `policy: example
roles:
  analyst: [ana@soc.example, bo@soc.example]
  soc-manager: [eli@soc.example]
tags: { crown-jewel: [admin] }
ceilings:
  - { effect: contain, target-tag: crown-jewel, autonomy: approve, quorum: 2, roles: [soc-manager] }
`;
  it('a tag’s ceiling that the approvers can never meet is told with the tag', () => {
    const gate = `  - id: ask\n    gate:\n      ask: Suspend?\n      grants: [suspend]\n      approvers: { roles: [analyst] }\n  - id: suspend\n    action: identity.suspend\n    with: { user: a }\n`;
    const loaded = load(gate, EXAMPLE_HEAD, { 'example.policy.yaml': POLICY });
    const [found] = told(loaded, 'unsatisfiable-gate');
    assert.match(found?.message ?? '', /tag "crown-jewel"/);
    assert.deepEqual(told(loaded, 'quorum-too-small'), []);
  });
});

describe('feedback', () => {
  it('names gates and manual steps', () => {
    const head = EXAMPLE_HEAD.replace('steps:', 'feedback: [look, nobody]\nsteps:');
    assert.deepEqual(
      told(load(LOOK('look', '  '), head), 'unknown-step').map((one) => one.word),
      ['look', 'nobody'],
    );
  });
});
