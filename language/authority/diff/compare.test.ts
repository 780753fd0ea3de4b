import assert from 'node:assert/strict';
import { loadPlaybook } from '../../load.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../../rules/example.js';
import { type ActChange, compareSides } from './compare.js';
import { sideOf } from './side.js';
import { toolIndexOf } from './tool-index.js';

interface Files {
  readonly [file: string]: string;
}

/** What changed between two playbooks: `step tool: class`, each with why. Files beside them are the same unless given. */
function diff(
  base: string,
  head: string,
  more: { readonly base?: Files; readonly head?: Files } = {},
): readonly string[] {
  return changes(base, head, more)
    .filter((change) => change.class !== 'unchanged')
    .map((change) => {
      const { path = '', tool = '' } = change.head ?? change.base ?? {};
      return `${path} ${tool}: ${change.class}: ${change.differences.map(({ words }) => words).join('; ')}`;
    });
}

function changes(
  base: string,
  head: string,
  more: { readonly base?: Files; readonly head?: Files },
): readonly ActChange[] {
  const load = (steps: string, files: Files = {}) => {
    const text = steps.startsWith('playbook:') ? steps : `${EXAMPLE_HEAD}${steps}`;
    const all: Files = { ...EXAMPLE_FILES, ...files };
    return loadPlaybook('file:///w/x.playbook.yaml', text, { read: (uri) => all[uri.replace('file:///w/', '')] });
  };
  const [before, after] = [load(base, more.base), load(head, more.head)];
  return compareSides(sideOf(before), sideOf(after), toolIndexOf(before.catalogs, after.catalogs));
}

const GATE = (id: string, grants: string, more = '', roles = 'analyst'): string => `  - id: ${id}
    gate: { ask: Go?, grants: [${grants}], approvers: { roles: [${roles}]${more} }, timeout: 5m }
`;
const ACT = (id = 'suspend', user = '"${{ alert.entities.users[0] }}"', more = ''): string => `  - id: ${id}
    action: identity.suspend
    with: { user: ${user} }
${more}`;
const READ = (id = 'look', more = ''): string => `  - id: ${id}
    action: intel.domain_reputation
    with: { domain: a.example }
${more}`;
const ALONE = '    autonomy: notify\n    notify: { roles: [analyst] }\n    where: args.user in alert.entities.users\n';
const INDENT = (steps: string, by = 4): string => steps.replace(/^(?=.)/gm, ' '.repeat(by));
const IF = (condition: string, then: string, id = 'check'): string => `  - id: ${id}
    if: ${condition}
    then:
${INDENT(then)}`;

const GATED = `${GATE('ask', 'suspend')}${ACT()}`;

describe('the boundary diff', () => {
  const widened: readonly (readonly [
    string,
    string,
    string,
    RegExp,
    { readonly base?: Files; readonly head?: Files }?,
  ])[] = [
    [
      'a gate that goes on when it is refused',
      GATED,
      GATED.replace('timeout: 5m }', 'timeout: 5m }\n    on-reject: continue'),
      /a path leads to it without approval/,
    ],
    ['a gate that is gone', GATED, ACT(), /a path leads to it without approval: no gate/],
    ['an act that is new', READ(), `${READ()}${GATED}`, /it is new: it runs after approval/],
    [
      'a higher level',
      ACT('suspend', undefined, `    approval: { roles: [analyst] }\n`),
      ACT('suspend', undefined, ALONE),
      /at "notify", at "approve" before/,
    ],
    ['fewer people', `${GATE('ask', 'suspend', ', quorum: 2')}${ACT()}`, GATED, /1 person must approve it, 2 before/],
    [
      'more roles',
      GATED,
      `${GATE('ask', 'suspend', '', 'analyst, incident-commander')}${ACT()}`,
      /cy@soc\.example, di@soc\.example may approve it, too/,
    ],
    [
      'another holder of a role',
      GATED,
      GATED,
      /zoe@soc\.example may approve it, too/,
      {
        head: {
          'example.policy.yaml': (EXAMPLE_FILES['example.policy.yaml'] ?? '').replace(
            'bo@soc.example]',
            'bo@soc.example, zoe@soc.example]',
          ),
        },
      },
    ],
    [
      'more uses',
      GATED,
      `${GATE('ask', 'suspend', '').replace('timeout: 5m', 'timeout: 5m, uses: 3')}${ACT()}`,
      /good for 3 executions/,
    ],
    [
      'a longer validity',
      `${GATE('ask', 'suspend').replace('timeout: 5m', 'timeout: 5m, expires: 30m')}${ACT()}`,
      `${GATE('ask', 'suspend').replace('timeout: 5m', 'timeout: 5m, expires: 2h')}${ACT()}`,
      /valid for 2h, for 30m before/,
    ],
    [
      'a bound that is gone',
      ACT('suspend', undefined, ALONE),
      ACT('suspend', undefined, ALONE.replace(/ {4}where.*\n/, '')),
      /not held to "args\.user in alert\.entities\.users" any more/,
    ],
    [
      'another target',
      ACT('suspend', undefined, ALONE),
      ACT('suspend', 'root@corp.example', ALONE),
      /the argument "user" is another one/,
    ],
    [
      'a condition that is gone',
      IF('alert.severity_id > 3', ACT('suspend', undefined, ALONE)),
      ACT('suspend', undefined, ALONE),
      /it runs also without "alert\.severity_id > 3"/,
    ],
    [
      'a lower threshold',
      IF('alert.severity_id > 3', ACT('suspend', undefined, ALONE)),
      IF('alert.severity_id > 2', ACT('suspend', undefined, ALONE)),
      /severity_id > 2/,
    ],
    [
      'a stop that is gone',
      `${IF('alert.severity_id < 3', '  - id: no\n    stop: { outcome: stopped }\n')}${ACT('suspend', undefined, ALONE)}`,
      ACT('suspend', undefined, ALONE),
      /runs also without "not \(alert\.severity_id < 3\)"/,
    ],
    [
      'a guarded stop that is gone',
      `  - id: no\n    when: alert.severity_id < 3\n    stop: { outcome: stopped }\n${ACT('suspend', undefined, ALONE)}`,
      ACT('suspend', undefined, ALONE),
      /runs also without/,
    ],
    [
      'a person who is not asked first any more',
      `  - id: person\n    manual: { task: Look, role: analyst }\n${ACT('suspend', undefined, ALONE)}`,
      ACT('suspend', undefined, ALONE),
      /without "a person did "person""/,
    ],
    [
      'a tool that is said to read',
      GATED,
      ACT(),
      /counts as reading or recording/,
      {
        head: {
          'example.tools.yaml': (EXAMPLE_FILES['example.tools.yaml'] ?? '').replace('effect: contain', 'effect: read'),
        },
      },
    ],
    [
      'a new tool that is said to read',
      READ(),
      `${READ()}  - id: wipe\n    action: x.wipe\n    with: { host: a }\n`,
      /x\.wipe: widened: it is new: its tool only reads or records, on the word/,
      {
        head: {
          'example.tools.yaml': `${EXAMPLE_FILES['example.tools.yaml'] ?? ''}  x.wipe:\n    description: W\n    effect: read\n    reversible: true\n    idempotent: true\n    input: { host: { type: string } }\n    output: {}\n`,
        },
      },
    ],
    [
      'what an argument comes from',
      `  - id: who\n    action: intel.domain_reputation\n    with: { domain: a.example }\n${ACT('suspend', '"${{ steps.who.output.score }}"', ALONE)}`,
      `  - id: who\n    action: intel.domain_reputation\n    with: { domain: b.example }\n${ACT('suspend', '"${{ steps.who.output.score }}"', ALONE)}`,
      /comes from other calls: who/,
    ],
    ['YAML that cannot be read', GATED, `${GATED}  - id: "x\n`, /errors in its YAML|cannot be told/],
  ];
  for (const [what, base, head, words, more] of widened) {
    it(`counts as widened: ${what}`, () => {
      const found = changes(base, head, more ?? {}).filter(
        (change) => change.class === 'widened' || change.class === 'incomparable',
      );
      assert.ok(found.length > 0, diff(base, head, more).join('\n'));
      assert.match(diff(base, head, more).join('\n'), words);
    });
    it(`and back, is no widening unless it cannot be compared: ${what}`, () => {
      const there = changes(base, head, more ?? {});
      const back = changes(head, base, {
        ...(more?.head ? { base: more.head } : {}),
        ...(more?.base ? { head: more.base } : {}),
      });
      const count = (list: readonly ActChange[], of: string): number =>
        list.filter((change) => change.class === of).length;
      assert.equal(count(back, 'narrowed'), count(there, 'widened'));
      assert.equal(count(back, 'incomparable'), count(there, 'incomparable'));
    });
  }

  const context = (text: string): string =>
    `${EXAMPLE_HEAD.replace('budget:', 'context: { own: own.yaml }\nbudget:')}${text}`;
  const BOUND = context(ACT('suspend', undefined, ALONE.replace('alert.entities.users', 'context.own.users')));

  it('a list of the context that bounds use', () => {
    const files = (users: string): Files => ({ 'own.yaml': `users: [${users}]\n` });
    assert.deepEqual(diff(BOUND, BOUND, { base: files('a, b'), head: files('b, a') }), []);
    assert.match(diff(BOUND, BOUND, { base: files('a'), head: files('a, b') }).join(), /widened: .*lets more through/);
    assert.match(diff(BOUND, BOUND, { base: files('a, b'), head: files('a') }).join(), /narrowed: .*lets less through/);
    assert.match(diff(BOUND, BOUND, { base: files('a'), head: files('b') }).join(), /incomparable/);
  });

  it('a list of the context that exceptions use', () => {
    const except = BOUND.replace('args.user in context.own.users', '"!(args.user in context.own.users)"');
    const files = (users: string): Files => ({ 'own.yaml': `users: [${users}]\n` });
    assert.match(diff(except, except, { base: files('a, b'), head: files('a') }).join(), /widened/);
    assert.match(diff(except, except, { base: files('a'), head: files('a, b') }).join(), /narrowed/);
  });

  const CALLED = `${EXAMPLE_FILES['suspend-user.playbook.yaml'] ?? ''}`;
  const CALL =
    '  - id: contain\n    call: suspend-user.playbook.yaml\n    with: { user: "${{ alert.entities.users[0] }}" }\n';
  const unchanged: readonly (readonly [string, string, string])[] = [
    ['the same', GATED, GATED],
    ['other ids', `${READ()}${GATED}`, `${READ('see')}${GATE('question', 'stop_account')}${ACT('stop_account')}`],
    [
      'other ids, read by others',
      `${READ()}${IF('steps.look.output.score > 3', GATED)}`,
      `${READ('see')}${IF('steps.see.output.score > 3', `${GATE('q', 'acct')}${ACT('acct')}`, 'is_bad')}`,
    ],
    [
      'titles and texts',
      GATED,
      GATED.replace('ask: Go?', 'ask: "Really go?"').replace('action:', 'title: T\n    action:'),
    ],
    [
      'a guard instead of a branch',
      IF('alert.severity_id > 3', ACT('suspend', undefined, ALONE)),
      ACT('suspend', undefined, `${ALONE}    when: alert.severity_id > 3\n`),
    ],
    [
      'two branches instead of one',
      IF('alert.severity_id > 3 && alert.severity_id < 5', ACT('suspend', undefined, ALONE)),
      IF(
        'alert.severity_id < 5',
        INDENT(IF('alert.severity_id > 3', ACT('suspend', undefined, ALONE), 'inner'), 0).replace(/^/, ''),
        'outer',
      ).replace(/^ {6}- id: inner/m, '      - id: inner'),
    ],
    ['a read step that is new', GATED, `${READ()}${GATED}`],
    ['a step that is gone', `${READ()}${GATED}`, GATED],
    [
      'two acts in another order',
      `${GATE('ask', 'suspend, second')}${ACT()}${ACT('second', 'b@c.example')}`,
      `${GATE('ask', 'suspend, second')}${ACT('second', 'b@c.example')}${ACT()}`,
    ],
    [
      'two acts that change names',
      `${GATE('ask', 'suspend, second')}${ACT()}${ACT('second', 'b@c.example')}`,
      `${GATE('ask', 'suspend, second')}${ACT('suspend', 'b@c.example')}${ACT('second')}`,
    ],
    ['a call by another name', CALL, CALL.replace('contain', 'do_it')],
    [
      'a call written out',
      CALL,
      // The called playbook's own limit goes with it.
      EXAMPLE_HEAD.replace('turns: 10', 'turns: 5') +
        CALLED.slice(CALLED.indexOf('steps:\n') + 7).replaceAll('inputs.user', 'alert.entities.users[0]'),
    ],
  ];
  for (const [what, base, head] of unchanged) {
    it(`counts as no change: ${what}`, () => {
      assert.deepEqual(diff(base, head), []);
      assert.deepEqual(diff(head, base), []);
    });
  }

  it('a widening in a called playbook shows at the call', () => {
    const head = { 'suspend-user.playbook.yaml': CALLED.replace('[incident-commander]', '[analyst]') };
    assert.match(
      diff(CALL, CALL, { head }).join(),
      /contain\/suspend identity\.suspend: incomparable: .*ana@soc\.example, bo@soc\.example may approve/,
    );
  });
});
