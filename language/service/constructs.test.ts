import assert from 'node:assert/strict';
import type { FileHost } from '../host.js';
import { type CompletionHost, complete } from './completion.js';
import { definitionOf } from './definition.js';
import { type Cursor, HEADER, HOST, namesIn, PLAYBOOK_URI, POLICY, POLICY_URI } from './fixtures.test.js';
import { hover } from './hover.js';
import { referencesTo } from './references.js';
import { openSource } from './source-file.js';
import { type OutlineItem, outlineOf } from './symbols.js';

/** Loops, branches, calls, inputs and context in the editor: completion, hover, definition, outline. */
const CALLEE_URI = 'file:///soc/lock-account.playbook.yaml';
const CALLEE = `playbook: lock-account
version: 1.0.0
title: Lock one account
operating-model: tool-assisted
owner: identity
accountable: incident-commander
catalogs: [catalogs/soc.tools.yaml]
policy: default.policy.yaml
trigger: { class: detection_finding }
inputs:
  account: { type: string, x-entity: user, description: The account to lock. }
  why: { type: string, description: Reason for the person who decides. }
budget: { time: 1h }
steps:
  - id: ask
    title: Lock it?
    gate: { ask: "Lock \${{ inputs.account }}?", evidence: [inputs.why], grants: [lock], approvers: { roles: [incident-commander] }, timeout: 10m }
  - id: lock
    action: identity.suspend
    with: { user: "\${{ inputs.account }}" }
`;
const VIPS_URI = 'file:///soc/context/vips.yaml';
const VIPS = 'accounts: [c.moss]\nphone: { desk: "4711" }\n';
const TAGGED = `${POLICY}  - { effect: contain, target-tag: crown-jewel, autonomy: approve, quorum: 2 }\ntags:\n  crown-jewel: [dc-01, dc-02]\n`;
const GIVEN = `${HEADER}inputs:
  host: { type: string, x-entity: host, description: The host it began on. }
  suspect: { type: string, x-entity: user }
context: { vips: context/vips.yaml }
`;
const FILES: FileHost = {
  read: (uri) =>
    (({ [CALLEE_URI]: CALLEE, [VIPS_URI]: VIPS, [POLICY_URI]: TAGGED }) as { readonly [uri: string]: string })[uri] ??
    HOST.read(uri),
};
const listFiles = (suffix: string): string[] =>
  [PLAYBOOK_URI, CALLEE_URI, VIPS_URI, POLICY_URI].filter((uri) => uri.endsWith(suffix));

function cursorIn(marked: string, uri = PLAYBOOK_URI): Cursor {
  const offset = marked.indexOf('¦');
  assert.ok(offset >= 0 && marked.indexOf('¦', offset + 1) < 0, 'the fixture has exactly one cursor');
  const source = openSource(uri, marked.replace('¦', ''), FILES);
  assert.ok(source);
  return { source, offset };
}

const inSteps = (steps: string): Cursor => cursorIn(`${GIVEN}steps:\n${steps}`);

const WHO = `  - id: who
    manual: { task: Who?, role: analyst, output: { accounts: { type: array, items: { type: string, x-entity: user } } } }
`;
const LOOP = (body: string): string => `${WHO}  - id: each
    for-each: { item: user, in: steps.who.output.accounts, max: 5 }
    steps:
${body}`;
const SUSPEND = `      - id: suspend
        action: identity.suspend
        with: { user: "\${{ user }}" }
        where: args.user in alert.entities.users && !(user in context.vips.accounts)
`;
const PARALLEL = (join: string): string => `  - id: both
    parallel: ${join}
    branches:
      mail:
        - id: one
          action: intel.domain_reputation
          with: { domain: a.example }
      web:
        - id: two
          action: intel.domain_reputation
          with: { domain: b.example }
`;
const CALL = `${WHO}  - id: contain
    call: lock-account.playbook.yaml
    with: { account: "\${{ inputs.suspect }}", why: Found it. }
`;

/** The fixture with the cursor before a word. */
function at(text: string, word: string, from = 0): Cursor {
  const index = text.indexOf(word, from);
  assert.ok(index >= 0, word);
  return inSteps(`${text.slice(0, index + 1)}¦${text.slice(index + 1)}`);
}

describe('loops, branches and calls: completion', () => {
  const labels = ({ source, offset }: Cursor, more: CompletionHost = {}): string[] =>
    complete(source, offset, { listFiles, ...more }).map((item) => item.label);

  it('offers the keys of each kind', () => {
    const loop = labels(inSteps('  - id: each\n    for-each:\n      item: user\n      ¦\n'));
    assert.deepEqual(loop, ['in', 'max']);
    const branches = labels(inSteps('  - id: both\n    parallel: all\n    ¦\n'));
    assert.ok(branches.includes('branches') && branches.includes('timeout') && !branches.includes('with'));
    const call = labels(inSteps('  - id: c\n    call: lock-account.playbook.yaml\n    ¦\n'));
    assert.ok(call.includes('with') && call.includes('autonomy') && !call.includes('branches'));
    assert.deepEqual(labels(inSteps('  - id: both\n    parallel: ¦\n')), ['all', 'any']);
  });

  it('offers whole steps of each kind, in the body of a loop and in a branch, too', () => {
    for (const steps of [LOOP('      - ¦\n'), PARALLEL('all').replace('- id: two', '- ¦\n        - id: two')]) {
      const offered = labels(inSteps(steps));
      for (const kind of ['for-each', 'parallel', 'call', 'gate']) assert.ok(offered.includes(kind), kind);
    }
  });

  it('offers the item of the loops around a place, with its members and as an argument', () => {
    const body = '      - id: s\n        action: identity.suspend\n';
    assert.ok(labels(inSteps(LOOP(`${body}        when: ¦\n`))).includes('user'));
    assert.ok(labels(inSteps(LOOP(`${body}        when: user.st¦\n`))).includes('startsWith'));
    assert.equal(labels(inSteps(LOOP(`${body}        with: { user: ¦ }\n`)))[0], '${{ user }}');
    assert.ok(
      !labels(inSteps(`${LOOP(SUSPEND)}  - id: z\n    when: ¦\n    stop: { outcome: completed }\n`)).includes('user'),
    );
  });

  it('offers inputs and the organization’s context with their members', () => {
    const when = (text: string): string[] =>
      labels(inSteps(`  - id: s\n    when: ${text}\n    stop: { outcome: completed }\n`));
    assert.deepEqual(when('inputs.¦'), ['host', 'suspect']);
    assert.deepEqual(when('context.¦'), ['vips']);
    assert.deepEqual(when('context.vips.¦'), ['accounts', 'phone']);
    const argument = labels(inSteps('  - id: s\n    action: identity.suspend\n    with: { user: ¦ }\n'));
    assert.ok(argument.includes('${{ inputs.suspect }}') && !argument.includes('${{ inputs.host }}'));
  });

  it('offers only steps whose results are there: none out of a loop, nor of a branch that may not have ended', () => {
    const seen = (steps: string): string[] =>
      labels(inSteps(`${steps}  - id: z\n    when: steps.¦\n    stop: { outcome: completed }\n`));
    assert.deepEqual(seen(LOOP(SUSPEND)), ['who', 'each']);
    assert.deepEqual(seen(PARALLEL('all')), ['both', 'one', 'two']);
    assert.deepEqual(seen(PARALLEL('any')), ['both']);
    const within = PARALLEL('all').replace('domain: b.example', 'domain: "${{ steps.¦ }}"');
    assert.ok(!labels(inSteps(within)).includes('one'));
  });

  it('offers what a loop and a call return', () => {
    const member = (steps: string, id: string): string[] =>
      labels(inSteps(`${steps}  - id: z\n    when: steps.${id}.output.¦\n    stop: { outcome: completed }\n`));
    assert.deepEqual(member(LOOP(SUSPEND), 'each'), ['count']);
    assert.deepEqual(member(CALL, 'contain'), ['outcome', 'verdict']);
  });

  it('offers playbooks to call, but not this one, and files of data for context', () => {
    assert.deepEqual(labels(inSteps('  - id: c\n    call: ¦\n')), ['lock-account.playbook.yaml']);
    assert.deepEqual(labels(cursorIn(GIVEN.replace('context/vips.yaml', '¦'))), ['context/vips.yaml']);
  });

  it('offers what the called playbook takes and is not given', () => {
    assert.deepEqual(
      labels(inSteps('  - id: c\n    call: lock-account.playbook.yaml\n    with:\n      why: x\n      ¦\n')),
      ['account'],
    );
    assert.deepEqual(labels(inSteps('  - id: c\n    call: lock-account.playbook.yaml\n    with: { account: ¦ }\n')), [
      '${{ inputs.suspect }}',
      '${{ alert.entities.users[0] }}',
    ]);
  });

  it('lets a gate grant the steps of a loop behind it, and of no called playbook', () => {
    const gate = '  - id: ask\n    gate: { ask: Really?, grants: [¦], approvers: { roles: [analyst] } }\n';
    assert.deepEqual(labels(inSteps(`${gate}${LOOP(SUSPEND)}${CALL.slice(WHO.length)}`)), ['suspend']);
  });

  it('offers gates and tasks for feedback, wherever they are', () => {
    const text = `${GIVEN}feedback: [¦]\nsteps:\n${LOOP('      - id: call_them\n        manual: { task: Call, role: analyst }\n')}`;
    assert.deepEqual(labels(cursorIn(text)), ['who', 'call_them']);
  });

  it('offers tags for a ceiling, and rules for a waiver with what they say', () => {
    const inPolicy = (text: string): Cursor => cursorIn(`${TAGGED}${text}`, POLICY_URI);
    assert.deepEqual(labels(cursorIn(TAGGED.replace('target-tag: crown-jewel', 'target-tag: ¦'), POLICY_URI)), [
      'crown-jewel',
    ]);
    const { source, offset } = inPolicy('waivers:\n  - rule: ¦\n');
    const [first] = complete(source, offset);
    assert.equal(first?.label, 'missing-undo');
    assert.match(first?.documentation ?? '', /missing-undo/);
  });

  describe('in a case', () => {
    const casePlaybook = inSteps(`${CALL}¦`).source.playbook;
    assert.ok(casePlaybook);
    const inCase = (text: string): string[] => labels(cursorIn(text, 'file:///soc/demo.case.yaml'), { casePlaybook });

    it('offers gates and tasks of called playbooks by their paths', () => {
      assert.deepEqual(inCase('approvals:\n  - { gate: ¦ }\n'), ['contain/ask']);
      assert.deepEqual(inCase('tasks:\n  - { step: ¦ }\n'), ['who']);
      assert.ok(inCase('undo:\n  - { step: ¦ }\n').includes('contain/lock'));
      assert.ok(inCase('sampled: [¦]\n').includes('contain/lock'));
    });

    it('offers what the playbook takes as inputs', () => {
      assert.deepEqual(inCase('case: a\ninputs:\n  host: x\n  ¦\n'), ['suspect']);
    });

    it('offers agent steps to write turns for', () => {
      const agents = cursorIn(
        `${GIVEN}steps:\n  - id: look\n    agent: { goal: Look, tools: [], output: { a: { type: string } } }\n¦`,
      ).source.playbook;
      assert.ok(agents);
      const cursor = cursorIn('case: a\nturns:\n  ¦\n', 'file:///soc/demo.case.yaml');
      assert.deepEqual(labels(cursor, { casePlaybook: agents }), ['look']);
    });
  });
});

describe('loops, branches and calls: hover', () => {
  const markdown = ({ source, offset }: Cursor): string => hover(source, offset)?.markdown ?? '';

  it('says what the item of a loop is, at its name and where it is read', () => {
    for (const word of ['user, in:', 'user }}', 'user in context']) {
      assert.match(
        markdown(at(LOOP(SUSPEND), word)),
        /each item of `steps\.who\.output\.accounts` in turn, at most 5/,
        word,
      );
    }
  });

  it('says what an input is, and that it is not to be trusted', () => {
    assert.match(markdown(at(CALL, 'suspect }}')), /`suspect: string` \(names a user\)[\s\S]*untrusted/);
    assert.match(markdown(cursorIn(GIVEN.replace('  host:', '  ho¦st:'))), /The host it began on/);
  });

  it('says where context comes from, and that it is trusted', () => {
    assert.match(markdown(at(LOOP(SUSPEND), 'vips.accounts')), /trusted: `context\/vips\.yaml`/);
    assert.match(
      markdown(cursorIn(GIVEN.replace('context/vips', 'context/v¦ips'))),
      /the organization's own data, trusted/,
    );
  });

  it('says at a call what the other playbook is for, takes and may do', () => {
    for (const word of ['lock-account', 'contain']) {
      const text = markdown(at(CALL, word));
      assert.match(text, /\*\*lock-account\*\* Lock one account/, word);
      assert.match(text, /Takes `account`, `why`/);
      assert.match(text, /May do `identity\.suspend` after approval of incident-commander/);
    }
    assert.match(markdown(at(CALL, 'why: Found')), /`why: string`\n\nReason for the person who decides/);
  });

  it('says who bears a tag', () => {
    const text = TAGGED.replace('target-tag: crown', 'target-tag: cr¦own');
    assert.match(markdown(cursorIn(text, POLICY_URI)), /borne by dc-01, dc-02/);
  });
});

describe('loops, branches and calls: definition', () => {
  const target = (cursor: Cursor): string => {
    const { file, world } = namesIn(cursor.source, FILES);
    const [place, more] = definitionOf(file, cursor.offset, world);
    assert.equal(more, undefined);
    if (!place) return '';
    const text = place.uri === cursor.source.uri ? cursor.source.text : (FILES.read(place.uri) ?? '');
    const line = text.slice(text.lastIndexOf('\n', place.range.start - 1) + 1).split('\n')[0] ?? '';
    return `${place.uri.replace('file:///soc/', '')}: ${line.trim().slice(0, 40)} -> ${text.slice(place.range.start, place.range.end)}`;
  };

  it('of an item is its loop', () => {
    assert.equal(
      target(at(LOOP(SUSPEND), 'user }}')),
      'demo.playbook.yaml: for-each: { item: user, in: steps.who.ou -> user',
    );
  });

  it('of inputs and context is where the playbook names them', () => {
    assert.equal(
      target(at(CALL, 'suspect }}')),
      'demo.playbook.yaml: suspect: { type: string, x-entity: user  -> suspect',
    );
    assert.equal(
      target(at(LOOP(SUSPEND), 'vips.')),
      'demo.playbook.yaml: context: { vips: context/vips.yaml } -> vips',
    );
  });

  it('of a called playbook and a file of context is the file', () => {
    assert.equal(target(at(CALL, 'lock-account')), 'lock-account.playbook.yaml: playbook: lock-account -> ');
    assert.equal(
      target(cursorIn(GIVEN.replace('context/vips', 'context/v¦ips'))),
      'context/vips.yaml: accounts: [c.moss] -> ',
    );
  });

  it('of what a call gives is the input of the other playbook', () => {
    assert.equal(
      target(at(CALL, 'account: "')),
      'lock-account.playbook.yaml: account: { type: string, x-entity: user, -> account',
    );
  });

  it('of a tag is its list of targets', () => {
    const cursor = cursorIn(TAGGED.replace('target-tag: crown', 'target-tag: cr¦own'), POLICY_URI);
    assert.equal(target(cursor), 'default.policy.yaml: crown-jewel: [dc-01, dc-02] -> crown-jewel');
  });

  it('has every reading of an item as its references, those of another loop not', () => {
    const other = LOOP(SUSPEND).slice(WHO.length).replace('id: each', 'id: again').replace('id: suspend', 'id: more');
    const { source, offset } = at(`${LOOP(SUSPEND)}${other}`, 'user }}');
    const { file, world } = namesIn(source, FILES);
    const places = referencesTo(file, offset, world, true);
    assert.equal(places.length, 3);
    assert.ok(places.every(({ range }) => source.text.slice(range.start, range.end) === 'user'));
  });
});

describe('loops, branches and calls: outline', () => {
  const drawn = (items: readonly OutlineItem[], indent = ''): string[] =>
    items.flatMap((item) => [
      `${indent}${item.kind} ${item.name} (${item.detail})`,
      ...drawn(item.children, `${indent}  `),
    ]);

  it('shows bodies, branches and what is called', () => {
    const handled = SUSPEND.replace(
      '        with',
      '        on-error:\n          - id: by_hand\n            manual: { task: Do it, role: analyst }\n        with',
    );
    const { source } = inSteps(`${LOOP(handled)}    on-error: continue\n${PARALLEL('any')}${CALL.slice(WHO.length)}¦`);
    assert.deepEqual(drawn(outlineOf(source)), [
      'manual who (manual)',
      'for-each each (each user, at most 5)',
      '  action suspend (identity.suspend)',
      '    branch on-error ()',
      '      manual by_hand (manual)',
      'parallel both (any of 2 branches)',
      '  branch mail ()',
      '    action one (intel.domain_reputation)',
      '  branch web ()',
      '    action two (intel.domain_reputation)',
      'call contain (lock-account.playbook.yaml)',
    ]);
  });
});
