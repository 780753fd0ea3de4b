import assert from 'node:assert/strict';
import { loadPlaybook } from '../load.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../rules/example.js';
import { boundaryOf } from './boundary.js';
import type { BoundaryCell } from './cell.js';

const host = (more: { readonly [file: string]: string } = {}) => ({
  read: (uri: string): string | undefined => ({ ...EXAMPLE_FILES, ...more })[uri.replace('file:///w/', '')],
});

/** The cell of a step, with its witness as `step:how` words. */
function cell(steps: string, id: string, more?: { readonly [file: string]: string }): BoundaryCell & { path: string } {
  const loaded = loadPlaybook('file:///w/x.playbook.yaml', `${EXAMPLE_HEAD}${steps}`, host(more));
  const shape = loaded.problems.filter(({ rule }) =>
    ['yaml-syntax', 'unknown-key', 'missing-key', 'wrong-type', 'invalid-value', 'step-kind'].includes(rule),
  );
  assert.deepEqual(shape, []);
  const found = boundaryOf(loaded).cells.find((one) => one.step === id);
  assert.ok(found, `no cell for ${id}`);
  return { ...found, path: found.witness.map(({ step, edge, branch }) => `${step}:${branch ?? edge}`).join(' ') };
}

const GATE = (id: string, grants: string, more = ''): string => `  - id: ${id}
    gate: { ask: Go?, grants: [${grants}], approvers: { roles: [analyst] }, timeout: 5m${more} }
`;
const ACT = (id = 'suspend', user = 'a@b.example', more = ''): string => `  - id: ${id}
    action: identity.suspend
    with: { user: "${user}" }
    timeout: 1m
${more}`;
const READ = (id: string, more = ''): string => `  - id: ${id}
    action: intel.domain_reputation
    with: { domain: a.example }
    timeout: 1m
${more}`;
const CHOOSE = (id: string, more = ''): string => `  - id: ${id}
    manual:
      task: Who?
      role: analyst
      output: { user: { type: string, x-entity: user } }
${more}`;
const INDENT = (steps: string, by = 4): string => steps.replace(/^(?=.)/gm, ' '.repeat(by));
const LOOP = (body: string, more = 'max: 5'): string => `  - id: loop
    for-each: { item: user, in: alert.entities.users, ${more} }
    steps:
${INDENT(body)}`;
const PARALLEL = (join: string, one: string, two: string): string => `  - id: both
    parallel: ${join}
    branches:
      one:
${INDENT(one, 6)}      two:
${INDENT(two, 6)}`;

/** Each trap: the steps, the act, the verdict, and the path that shows it where there is one. */
const TRAPS: readonly (readonly [string, string, string, string?])[] = [
  ['a gate right before', `${GATE('ask', 'suspend')}${ACT()}`, 'proven', 'ask:approved'],
  ['no gate', ACT(), 'violated', ''],
  [
    'a rejection that goes on',
    `${GATE('ask', 'suspend')}    on-reject: continue\n${ACT()}`,
    'violated',
    'ask:rejected',
  ],
  ['silence that goes on', `${GATE('ask', 'suspend')}    on-timeout: continue\n${ACT()}`, 'violated', 'ask:timed-out'],
  [
    'a gate that fails and goes on',
    `${GATE('ask', 'suspend')}    on-error: continue\n${ACT()}`,
    'violated',
    'ask:failed',
  ],
  [
    'an act in a handler',
    `${READ('look', `    on-error:\n      then: continue\n      steps:\n${INDENT(ACT(), 6)}`)}${GATE('ask', 'suspend')}`,
    'violated',
    'look:failed',
  ],
  [
    'a gate under a guard',
    `${GATE('ask', 'suspend')}    when: alert.severity_id > 3\n${ACT()}`,
    'violated',
    'ask:skipped',
  ],
  [
    'a gate in one branch only',
    `  - id: which\n    if: alert.severity_id > 3\n    then:\n${INDENT(GATE('ask', 'suspend'))}${ACT()}`,
    'violated',
    'which:else',
  ],
  [
    'a value chosen after the gate',
    `${GATE('ask', 'suspend')}${CHOOSE('choose')}${ACT('suspend', '${{ steps.choose.output.user }}')}`,
    'violated',
    'ask:approved choose:ok',
  ],
  [
    'a result read by a made-up name',
    `${GATE('ask', 'suspend')}${READ('look')}${ACT('suspend', "${{ string(steps['lo' + 'ok'].output.score) }}")}`,
    'violated',
    'ask:approved look:ok',
  ],
  [
    'a single use, tried again',
    `${GATE('ask', 'suspend')}${ACT('suspend', 'a@b.example', '    retry: { attempts: 2 }\n')}`,
    'violated',
    'ask:approved suspend:retry',
  ],
  [
    'as many uses as attempts',
    `${GATE('ask', 'suspend', ', uses: 2')}${ACT('suspend', 'a@b.example', '    retry: { attempts: 2 }\n')}`,
    'proven',
  ],
  [
    'an approval that expires while a person works',
    `${GATE('ask', 'suspend', ', expires: 30m')}${CHOOSE('work', '    timeout: 1h\n')}${ACT()}`,
    'violated',
    'ask:approved work:ok',
  ],
  [
    'waits that expire it together',
    `${GATE('ask', 'suspend', ', expires: 30m')}${CHOOSE('one', '    timeout: 20m\n')}${CHOOSE('two', '    timeout: 20m\n')}${ACT()}`,
    'violated',
    'ask:approved one:ok two:ok',
  ],
  [
    'an approval that outlives the waiting',
    `${GATE('ask', 'suspend', ', expires: 2h')}${CHOOSE('work', '    timeout: 1h\n')}${ACT()}`,
    'proven',
  ],
  [
    'an expiry across a machine of undeclared length',
    `${GATE('ask', 'suspend', ', expires: 2h')}${READ('look').replace('    timeout: 1m\n', '')}${ACT()}`,
    'runtime',
  ],
  [
    'a loop inside the gate’s reach: every call was shown',
    `${GATE('ask', 'suspend')}${LOOP(ACT('suspend', '${{ user }}'))}`,
    'proven',
  ],
  ['a loop with the gate in it', LOOP(`${GATE('ask', 'suspend')}${ACT('suspend', '${{ user }}')}`), 'proven'],
  [
    'one item’s approval used for the next',
    LOOP(
      `${GATE('ask', 'suspend', ', uses: 2')}    when: user != 'x'\n${ACT('suspend', '${{ user }}', "    when: user != 'y'\n")}`,
    ),
    'violated',
    'loop:entered loop:item ask:skipped',
  ],
  [
    'the second round without a question',
    LOOP(
      `  - id: which\n    if: user == 'x'\n    then:\n${INDENT(GATE('ask', 'suspend', ', uses: 2'))}    else:\n      - id: end\n        stop: { outcome: stopped, reason: No }\n${ACT('suspend', '${{ user }}')}`,
    ),
    'proven',
  ],
  [
    'a list that changes after it was shown',
    `${CHOOSE('choose').replace('{ user: { type: string, x-entity: user } }', '{ users: { type: array, items: { type: string } } }')}${GATE('ask', 'suspend')}${LOOP(ACT('suspend', '${{ user }}')).replace('alert.entities.users', 'steps.again.output.users')}`.replace(
      '  - id: loop',
      `${CHOOSE('again').replace('{ user: { type: string, x-entity: user } }', '{ users: { type: array, items: { type: string } } }')}  - id: loop`,
    ),
    'violated',
    'choose:ok ask:approved again:ok loop:entered loop:item',
  ],
  [
    'a loop around, asked once before it',
    `${GATE('ask', 'suspend')}${LOOP(LOOP(ACT('suspend', '${{ user }}')).replace('id: loop', 'id: inner'))}`,
    'proven',
  ],
  [
    'a gate in one of two branches that both end',
    `${PARALLEL('all', GATE('ask', 'suspend'), READ('look'))}${ACT()}`,
    'proven',
  ],
  [
    'a gate in one of two branches of which one suffices',
    `${PARALLEL('any', GATE('ask', 'suspend'), READ('look'))}${ACT()}`,
    'violated',
    'both:two look:ok both:joined',
  ],
  [
    'gates in both branches of which one suffices',
    `${PARALLEL('any', GATE('ask', 'suspend'), GATE('ask_too', 'suspend'))}${ACT()}`,
    'proven',
  ],
  [
    'another branch that changes what was approved',
    `${CHOOSE('choose')}${PARALLEL('all', `${GATE('ask', 'suspend')}${ACT('suspend', '${{ steps.choose.output.user }}')}`, CHOOSE('choose').replace('id: choose', 'id: choose_again'))}`.replaceAll(
      'steps.choose.output',
      'steps.choose_again.output',
    ),
    'violated',
    'choose:ok both:one ask:approved choose_again:ok',
  ],
  [
    'another branch that takes longer than the approval is valid',
    `${PARALLEL('all', GATE('ask', 'suspend', ', expires: 30m'), CHOOSE('work', '    timeout: 1h\n'))}${ACT()}`,
    'violated',
  ],
  [
    'a gate asked again and refused',
    LOOP(`${GATE('ask', 'suspend', ', uses: 3')}    on-reject: continue\n${ACT('suspend', 'a@b.example')}`),
    'violated',
    'loop:entered loop:item ask:rejected',
  ],
  [
    'a branch that is ended after it changed what was approved',
    `${CHOOSE('choose')}${GATE('ask', 'suspend')}${PARALLEL('any', READ('look'), `${CHOOSE('choose').replace('id: choose', 'id: again')}  - id: end\n    stop: { outcome: stopped, reason: No }\n`)}${ACT('suspend', '${{ steps.again.output.user }}')}`,
    'violated',
    'choose:ok ask:approved both:two again:ok end:cut-off both:joined',
  ],
  [
    'a branch that no other can end',
    `${CHOOSE('choose')}${GATE('ask', 'suspend')}${PARALLEL('any', `${READ('look')}  - id: end\n    stop: { outcome: stopped, reason: No }\n`, READ('look_too'))}${ACT()}`,
    'proven',
  ],
  [
    'a step whose time is over in the midst of it',
    `${CHOOSE('choose')}${GATE('ask', 'suspend')}  - id: which
    if: alert.severity_id > 3
    timeout: 5m
    on-error: continue
    then:
${INDENT(CHOOSE('again'))}      - id: end
        stop: { outcome: stopped, reason: No }
${ACT('suspend', '${{ steps.again.output.user }}')}`,
    'violated',
    'choose:ok ask:approved which:then again:ok end:overrun',
  ],
  [
    'an approval that expires in one branch while another skips its gate',
    `${GATE('ask', 'suspend', ', expires: 30m')}${PARALLEL('all', `${GATE('ask_too', 'suspend')}    when: alert.severity_id > 3\n`, CHOOSE('work', '    timeout: 1h\n'))}${ACT()}`,
    'violated',
    'ask:approved both:two work:ok both:joined',
  ],
  [
    'approvals in two branches, both void once a third step has run',
    `${PARALLEL('all', `${GATE('ask', 'suspend')}${READ('look')}`, GATE('ask_too', 'suspend'))}${ACT('suspend', '${{ string(steps.look.output.score) }}')}`,
    'violated',
  ],
  ['an approval of its own', ACT('suspend', 'a@b.example', '    approval: { roles: [analyst] }\n'), 'proven'],
  ['an act after the end', `  - id: end\n    stop: { outcome: stopped, reason: No }\n${ACT()}`, 'proven', ''],
];

describe('the boundary', () => {
  for (const [title, steps, verdict, path] of TRAPS) {
    it(`${verdict}: ${title}`, () => {
      const found = cell(steps, 'suspend');
      assert.equal(found.verdict, verdict, `${found.because} ${found.path}`);
      if (path !== undefined) assert.equal(found.path, path);
    });
  }

  const CALLEE = (steps: string): string => EXAMPLE_HEAD.replace('playbook: example', 'playbook: callee') + steps;
  const CALL = '  - id: contain\n    call: callee.playbook.yaml\n';

  it('counts what a called playbook may do as the caller’s', () => {
    const proven = cell(CALL, 'contain/suspend', {
      'callee.playbook.yaml': CALLEE(`${GATE('ask', 'suspend')}${ACT()}`),
    });
    assert.deepEqual([proven.verdict, proven.path], ['proven', 'contain:entered contain/ask:approved']);
  });

  it('never lets an approval of the caller count in a called playbook', () => {
    const steps = `${GATE('ask', 'suspend')}${ACT()}${CALL}`;
    const found = cell(steps, 'contain/suspend', { 'callee.playbook.yaml': CALLEE(ACT()) });
    assert.equal(found.verdict, 'violated');
    assert.equal(found.path, 'ask:approved suspend:ok contain:entered');
  });

  it('holds a called playbook to the level of the call', () => {
    const act = ACT('suspend', 'a@b.example', '    autonomy: notify\n    notify: { roles: [analyst] }\n');
    const files = { 'callee.playbook.yaml': CALLEE(act) };
    assert.deepEqual([cell(CALL, 'contain/suspend', files).autonomy], ['notify']);
    const limited = cell(`${CALL}    autonomy: approve\n`, 'contain/suspend', files);
    assert.deepEqual([limited.autonomy, limited.verdict], ['approve', 'violated']);
  });

  it('knows nothing of a called playbook that is not there, or leads back', () => {
    assert.equal(cell(CALL, 'contain').verdict, 'unknown');
    const back = { 'callee.playbook.yaml': CALLEE('  - id: back\n    call: x.playbook.yaml\n') };
    assert.equal(cell(CALL, 'contain/back', back).verdict, 'unknown');
  });

  it('follows no more calls than anybody could review', () => {
    const deep = (level: number): string =>
      EXAMPLE_HEAD.replace('playbook: example', `playbook: p${level}`) +
      Array.from({ length: 8 }, (_, at) => `  - id: c${at}\n    call: p${level + 1}.playbook.yaml\n`).join('');
    const files = Object.fromEntries(Array.from({ length: 6 }, (_, level) => [`p${level}.playbook.yaml`, deep(level)]));
    const steps = Array.from({ length: 8 }, (_, at) => `  - id: c${at}\n    call: p0.playbook.yaml\n`).join('');
    const loaded = loadPlaybook('file:///w/x.playbook.yaml', `${EXAMPLE_HEAD}${steps}`, host(files));
    const { cells } = boundaryOf(loaded);
    assert.ok(cells.length < 10_000, `${cells.length}`);
    assert.ok(cells.every(({ verdict }) => verdict === 'unknown'));
  });

  it('says what the weakest approval is', () => {
    const steps = `  - id: which
    if: alert.severity_id > 3
    then:
${INDENT(GATE('ask', 'suspend', ', expires: 1h').replace('roles: [analyst]', 'roles: [analyst], quorum: 2'))}    else:
${INDENT(GATE('ask_too', 'suspend', ', expires: 90m'))}${ACT()}`;
    assert.deepEqual(cell(steps, 'suspend').approval, {
      gate: 'ask_too',
      roles: ['analyst'],
      quorum: 1,
      expires: '90m',
    });
  });

  it('knows nothing of an unknown tool', () => {
    const found = cell(`${GATE('ask', 'suspend')}${ACT().replace('identity.suspend', 'identity.suspend2')}`, 'suspend');
    assert.deepEqual([found.verdict, found.effect], ['unknown', 'unknown']);
  });
});

describe('what the run may make of an approval', () => {
  it('counts the roles a question may be handed to as those who approve', () => {
    const gate = GATE('ask', 'suspend').replace('[analyst]', '[analyst], escalate-to: [incident-commander, analyst]');
    assert.deepEqual(cell(gate + ACT(), 'suspend').approval?.roles, ['analyst', 'incident-commander']);
  });

  it('counts pauses that grow against the time an approval is valid', () => {
    const between = (retry: string): string =>
      GATE('ask', 'suspend', ', expires: 9m') + READ('look', `    retry: { attempts: 3, ${retry} }\n`) + ACT();
    assert.equal(cell(between('delay: 2m'), 'suspend').verdict, 'proven');
    assert.equal(cell(between('delay: 2m, backoff: exponential'), 'suspend').verdict, 'violated');
  });

  it('takes an agent whose calls people approve to wait for them as long as it likes', () => {
    const agent = `  - id: contain
    agent: { goal: Contain., tools: [identity.suspend], output: { done: { type: boolean } } }
    approval: { roles: [analyst], timeout: 1m }
    timeout: 1m
`;
    const steps = GATE('ask', 'suspend', ', expires: 1h') + agent + ACT();
    assert.equal(cell(steps, 'suspend').verdict, 'violated');
    assert.equal(cell(steps.replace(', expires: 1h', ''), 'suspend').verdict, 'proven');
  });

  it('lets nothing run at notify that the catalog cannot take back', () => {
    const act = ACT('suspend', 'a@b.example', '    autonomy: notify\n    notify: { roles: [analyst] }\n');
    const tools = EXAMPLE_FILES['example.tools.yaml'] ?? '';
    const broken = tools.replace('undo: identity.restore', 'undo: intel.domain_reputation');
    assert.notEqual(broken, tools);
    assert.equal(cell(act, 'suspend').verdict, 'proven');
    const odd = cell(act, 'suspend', { 'example.tools.yaml': broken });
    assert.equal(odd.verdict, 'unknown', odd.because);
    assert.match(odd.because, /needs "domain"/);
    const loaded = loadPlaybook(
      'file:///w/x.playbook.yaml',
      `${EXAMPLE_HEAD}${act}`,
      host({ 'example.tools.yaml': broken }),
    );
    const [problem] = loaded.problems.filter(({ rule }) => rule === 'notify-without-undo');
    assert.match(problem?.message ?? '', /needs "domain"/);
  });
});
