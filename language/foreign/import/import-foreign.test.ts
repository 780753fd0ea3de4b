import assert from 'node:assert/strict';
import { boundaryOf } from '../../authority/boundary.js';
import { loadPlaybook } from '../../load.js';
import { quickFixes } from '../../service/code-actions.js';
import { foreignFolder } from '../folder.js';
import { readAll, type Texts } from '../lines.test.js';
import { assertImportsAlike } from './compare.test.js';
import { type ForeignImport, importForeign } from './import-foreign.js';

function imported(given: Texts | string): ForeignImport {
  const files = typeof given === 'string' ? { 'a.yml': given } : given;
  const playbooks = readAll(files);
  const lineAt = (uri: string, offset: number): number =>
    (files[uri.replace('file:///w/', '')] ?? '').slice(0, offset).split('\n').length;
  const [first] = playbooks;
  assert.ok(first);
  const { find } = foreignFolder(playbooks);
  assertImportsAlike(first, find);
  const made = importForeign(first, {
    find,
    catalogs: { of: () => [] },
    placeOf: (uri, offset) => `${uri.replace(/^.*\//, '')}:${lineAt(uri, offset)}`,
  });
  assert.ok(made.ok);
  return made;
}

const textOf = ({ files }: ForeignImport, name: string): string => files.find((one) => one.name === name)?.text ?? '';

const BLOCK = `id: block
name: Block the address
starttaskid: "0"
tasks:
  "0":
    id: "0"
    type: start
    nexttasks: { "#none#": ["1"] }
  "1":
    id: "1"
    type: regular
    task: { name: Look at it, script: "|||ip", description: What is known of it. }
    scriptarguments: { ip: { simple: "\${incident.ip}" } }
    nexttasks: { "#none#": ["2"] }
  "2":
    id: "2"
    type: condition
    task: { name: Is it malicious? }
    conditions: [{ label: "yes", condition: [[{ operator: isEqualString, left: { value: { simple: DBotScore.Score } }, right: { value: { simple: "3" } } }]] }]
    nexttasks: { "yes": ["3"], "#default#": ["6"] }
  "3":
    id: "3"
    type: condition
    task: { name: Block it? }
    message: { to: { simple: analyst }, subject: { simple: "Block \${incident.ip}?" } }
    nexttasks: { "Yes": ["4"], "No": ["7"] }
  "4":
    id: "4"
    type: regular
    task: { name: Block at the firewall, script: "|||block-ip" }
    scriptarguments: { ip: { simple: "\${incident.ip}" } }
    nexttasks: { "#none#": ["7"] }
  "6":
    id: "6"
    type: regular
    task: { name: Close it, script: Builtin|||closeInvestigation }
    nexttasks: { "#none#": ["7"] }
  "7":
    id: "7"
    type: title
    task: { name: Done }
`;

const PLAYBOOK = `# Imported by "countersign import" from Cortex XSOAR / XSIAM: a.yml:1
# Levels are what the original does. What nobody of yours decided has a key "undecided": it is an error, and does not run, until a person decides.
# Has no step of its own: "7 Done".
playbook: block-the-address
version: 0.1.0
title: Block the address
description: "Imported from Cortex XSOAR / XSIAM. Arguments and conditions are in its words; those and the levels are to be decided by whoever owns it here."
operating-model: ai-soc
owner: To be named
catalogs: [block-the-address.tools.yaml]
policy: block-the-address.policy.yaml

steps:
  # 0
  # What is known of it.
  # a.yml:12
  - id: look_at_it
    title: "1 Look at it"
    action: xsoar.ip
    with: { ip: "\${incident.ip}" }
    autonomy: autonomous
    undecided: "In the original: A path leads to it on which no person is asked. What it does is not known: nothing in its name says what it does."
  # a.yml:18
  # yes: if DBotScore.Score isEqualString 3
  # default: #default#
  - id: is_it_malicious_which_way
    title: "2 Is it malicious?"
    action: xsoar.which_way_2_is_it_malicious
  - id: is_it_malicious_way
    switch: steps.is_it_malicious_which_way.output.way
    cases:
      "yes":
        # The original asks: analyst
        # a.yml:24
        # Its yes: Yes
        - id: block_it
          title: "3 Block it?"
          gate:
            ask: "Block \${incident.ip}?"
            grants: [block_at_the_firewall]
            approvers: { roles: [analyst], quorum: 2 }
            timeout: 24h
        # a.yml:30
        - id: block_at_the_firewall
          title: "4 Block at the firewall"
          action: xsoar.block_ip
          with: { ip: "\${incident.ip}" }
          autonomy: approve
      default:
        # a.yml:36
        - id: close_it
          title: "6 Close it"
          action: xsoar.closeinvestigation
          with: { target: "something it does not name" }
          autonomy: autonomous
          undecided: "In the original: A path leads to it on which no person is asked."
`;

const TOOLS = `# The tools of "Block the address" (Cortex XSOAR / XSIAM), as "countersign import" found them.
# Names, arguments and results are to be replaced by those of your own tools. Effects are those that "countersign boundary" tells.
catalog: block-the-address
tools:
  xsoar.ip:
    description: "ip of Cortex XSOAR / XSIAM. What is known of it."
    effect: unknown
    input: { ip: { type: string } }
    target: ip
    output: {}
  xsoar.block_ip:
    description: "block-ip of Cortex XSOAR / XSIAM."
    effect: contain
    input: { ip: { type: string } }
    target: ip
    output: {}
  xsoar.closeinvestigation:
    description: "closeInvestigation of Cortex XSOAR / XSIAM."
    effect: suppress
    input: { target: { type: string, description: "What it acts on, in words of the original." } }
    target: target
    output: {}
  xsoar.which_way_2_is_it_malicious:
    description: "Tells which way the original takes at \\"2 Is it malicious?\\": yes; #default#. Write the condition as an expression instead."
    effect: read
    input: {}
    output: { way: { enum: ["yes", "default"] } }
`;

const POLICY = `# Made for what "countersign import" made of "Block the address" (Cortex XSOAR / XSIAM). Nobody holds a role yet, and nothing is permitted: say who does, or name your own
# policy in the playbooks instead. A level above "approve" that you decide on needs a ceiling here if the act cannot be undone.
# analyst: the original asks analyst
policy: block-the-address
roles: { analyst: [] }
`;

describe('A playbook of another product, imported', () => {
  it('keeps what the original says beside a step: its name, its words, its line, where it is drawn', () => {
    const drawn = BLOCK.replace(
      '    type: regular\n',
      '    type: regular\n    view: \'{"position":{"x":50,"y":370}}\'\n',
    );
    const text = textOf(imported(drawn), 'block-the-address.playbook.yaml');
    assert.match(
      text,
      / # What is known of it\.\n *# a\.yml:\d+, drawn at 50, 370\n *- id: \w+\n *title: "1 Look at it"/,
    );
  });

  it('reads as one of ours: what is asked is a gate, what nobody decided says so', () => {
    const made = imported(BLOCK);
    assert.deepEqual(
      made.files.map(({ name }) => name),
      ['block-the-address.playbook.yaml', 'block-the-address.tools.yaml', 'block-the-address.policy.yaml'],
    );
    assert.equal(textOf(made, 'block-the-address.playbook.yaml'), PLAYBOOK);
    assert.equal(textOf(made, 'block-the-address.tools.yaml'), TOOLS);
    assert.equal(textOf(made, 'block-the-address.policy.yaml'), POLICY);
    assert.deepEqual(made.notes, []);
  });

  it('asks at the act itself where a gate cannot stand: behind a no the original goes on', () => {
    const made = imported(
      BLOCK.replace(
        'type: title\n    task: { name: Done }',
        'type: regular\n    task: { name: Tell everybody, script: "|||send-mail" }',
      ),
    );
    const text = textOf(made, 'block-the-address.playbook.yaml');
    assert.doesNotMatch(text, /^ +gate:/m);
    assert.match(text, /manual: \{ task: .*, role: analyst, output: \{ answer: \{ enum: \["yes", "no"\] \} \} \}/);
    assert.match(
      text,
      /action: xsoar.block_ip\n.*\n.*autonomy: approve\n.*approval: \{ roles: \[analyst\], quorum: 2, timeout: 24h \}/,
    );
  });

  it('brings those along that it calls, and says of the others that they may do anything', () => {
    const call = (name: string): string =>
      `name: main\nstarttaskid: "0"\ntasks:\n  "0":\n    type: playbook\n    task: { playbookName: ${name}, name: Call it }\n`;
    const made = imported({ 'main.yml': call('Block the address'), 'block.yml': BLOCK });
    assert.deepEqual(
      made.files.map(({ name }) => name),
      ['main.playbook.yaml', 'main-block-the-address.playbook.yaml', 'main.tools.yaml', 'main.policy.yaml'],
    );
    assert.match(textOf(made, 'main.playbook.yaml'), /call: main-block-the-address\.playbook\.yaml/);
    const alone = imported({ 'main.yml': call('Something else') });
    assert.match(
      textOf(alone, 'main.playbook.yaml'),
      /action: xsoar\.unknown_something_else\n +autonomy: autonomous\n +undecided: /,
    );
    assert.match(textOf(alone, 'main.tools.yaml'), /effect: unknown/);
  });

  it('says of a call that leads to a file with faults that it may do anything', () => {
    const caller =
      'name: main\nstarttaskid: "0"\ntasks:\n  "0":\n    type: playbook\n    task: { playbookName: Block the address }\n';
    const playbooks = readAll({ 'main.yml': caller, 'block.yml': `${BLOCK}  "8": &x { id: "8" }\n` });
    const [main] = playbooks;
    assert.ok(main);
    const { find } = foreignFolder(playbooks);
    const made = importForeign(main, { find, catalogs: { of: () => [] }, placeOf: () => '' });
    assert.ok(made.ok);
    assert.deepEqual(made.files.length, 3);
    assert.match(
      made.files[0]?.text ?? '',
      /action: xsoar\.unknown_block_the_address\n +autonomy: autonomous\n +undecided: .*has faults/,
    );
  });

  const CONTAIN = `tasks:
  look:
    action: edr.get_host name=<% ctx().host %>
    next:
      - { when: <% succeeded() %>, do: note }
      - { when: <% succeeded() and result().risk > 7 %>, do: isolate }
      - { when: <% failed() %>, do: page }
  note:
    action: case.add_note
    input: { text: "Looked at <% ctx().host %>", token: abc123 }
    next: [{ when: <% succeeded() and ctx().loud %>, do: page }]
  isolate:
    action: edr.isolate_host
    input: { host: <% ctx().host %>, comment: "By playbook\\nNo 7" }
    next: [{ when: <% succeeded() and ctx().loud %>, do: page }]
  page:
    action: pager.notify
    input: { message: Isolated }
`;

  it('does what begins together only where its condition holds, and what follows only where one came to it', () => {
    const text = textOf(imported({ 'contain.yaml': CONTAIN }), 'contain.playbook.yaml');
    const branch = text.slice(text.indexOf('branch_2:'));
    assert.match(branch, /# holds: if <% result\(\)\.risk > 7 %>\n/);
    assert.match(
      branch,
      /if: steps\.look_condition_which_way\.output\.way == "holds"\n +then:\n[\s\S]*edr_isolate_host/,
    );
    assert.match(
      branch,
      / # It is come to from "look" \(failed\)\n[\s\S]* # It is come to from "note, condition" \(holds\), if <% ctx\(\)\.loud %>\n[\s\S]*if: steps\.page_is_due\.output\.due == false\n +then:\n +- id: the_end\n/,
    );
  });

  it('asks whether what waits for all is come to where one of them may end, and else only where all may', () => {
    const text = (join: string, other: string): string =>
      textOf(
        imported({
          'join.yaml': `tasks:
  first: { action: core.noop, next: [{ do: [a, b] }] }
  a: { action: edr.get_a, next: [{ when: <% ctx().x %>, do: last }] }
  b: { action: edr.get_b, next: [{ ${other}do: last }] }
  last: { action: fw.block_ip, ${join}input: { ip: 192.0.2.1 } }
`,
        }),
        'join.playbook.yaml',
      );
    assert.match(text('join: all, ', ''), /last_is_due/);
    assert.doesNotMatch(text('', ''), /last_is_due/);
    assert.match(text('', 'when: <% ctx().y %>, '), /last_is_due/);
  });

  it('gives a tool what the original gives the action, lines kept, and what may be a secret left out', () => {
    const made = imported({ 'contain.yaml': CONTAIN });
    const text = textOf(made, 'contain.playbook.yaml');
    assert.ok(text.includes('with: { host: "<% ctx().host %>", comment: "By playbook\\nNo 7" }'), text);
    assert.ok(
      text.includes('with: { text: "Looked at <% ctx().host %>", token: "(left out: it may be a secret)" }'),
      text,
    );
    assert.match(
      textOf(made, 'contain.tools.yaml'),
      /input: \{ host: \{ type: string \}, comment: .*\n +target: host\n/,
    );
  });

  it('has one tool for all uses of an action: it takes what any is given', () => {
    const uses = `chain:
  - { name: a, ref: fw.block, parameters: { ip: 192.0.2.1, Zone-Name: dmz }, on-success: b }
  - { name: b, ref: fw.block, parameters: { ip: 192.0.2.2, target: x }, on-success: c }
  - { name: c, ref: fw.allow, parameters: { ip: 192.0.2.3 }, on-success: d }
  - { name: d, ref: fw.allow, parameters: { url: https://a.example } }
`;
    const made = imported({ 'uses.yaml': uses });
    const tools = textOf(made, 'uses.tools.yaml');
    assert.ok(
      tools.includes(
        `    input:
      ip: { type: string }
      zone_name: { type: string, description: Zone-Name, optional: true }
      target: { type: string, optional: true }
    target: ip
`,
      ),
      tools,
    );
    // No one argument says in both uses what it is on.
    assert.match(tools, /target: \{ type: string, description: "What it acts on, in words of the original\." \}\n/);
    assert.match(textOf(made, 'uses.playbook.yaml'), /with: \{ target: "url: https:.*", url: "https:/);
  });

  it('says what a playbook that is called is given, and what a loop goes over', () => {
    const called = imported(
      'name: main\nstarttaskid: "0"\ntasks:\n  "0":\n    type: playbook\n    task: { playbookName: Gone, name: Call it }\n    scriptarguments: { Host: { complex: { root: incident, accessor: host } } }\n',
    );
    assert.match(textOf(called, 'main.playbook.yaml'), /# The original gives it Host: \$\{incident\.host\}\n/);
    const loop = imported(
      'name: lists\ntriggers: []\nsteps:\n  - name: each\n    type: foreach\n    foreach: "{{ event.alerts }}"\n    steps:\n      - { name: Block it, type: http, with: { method: DELETE, url: "https://fw.example/x" } }\n',
    );
    assert.match(textOf(loop, 'lists.playbook.yaml'), /# It goes over: \{\{ event\.alerts \}\}\n/);
  });

  it('does what the branches of one step do side by side, whatever they are called', () => {
    const text = textOf(
      imported(
        'name: both\ntriggers: []\nsteps:\n  - name: at once\n    type: parallel\n    branches:\n      - { name: a, steps: [{ name: Mail, type: slack.sendMessage }] }\n      - { name: b, steps: [{ name: Page, type: pager.sendAlert }] }\n',
      ),
      'both.playbook.yaml',
    );
    assert.match(text, /parallel: all\n +branches:\n[\s\S]*slack_sendmessage[\s\S]*branch_2:[\s\S]*pager_sendalert/);
    assert.doesNotMatch(text, /which_way/);
  });

  it('has every act approved by a person with one fix', () => {
    const uri = 'file:///w/contain.playbook.yaml';
    const files = new Map(
      imported({ 'contain.yaml': CONTAIN }).files.map(({ name, text }) => [`file:///w/${name}`, text]),
    );
    const host = { read: (one: string) => files.get(one) };
    const text = files.get(uri) ?? '';
    const { problems } = loadPlaybook(uri, text, host);
    const undecided = problems.filter(({ rule }) => rule === 'undecided-step');
    assert.equal(undecided.length, 2);
    const at = undecided[0]?.range ?? { start: 0, end: 0 };
    const fix = quickFixes(problems, at).find(
      ({ title }) => title === 'A person approves every act here that nobody has decided on (2)',
    );
    assert.ok(fix);
    const mended = [...fix.edits]
      .sort((a, b) => b.range.start - a.range.start)
      .reduce((old, { range, newText }) => `${old.slice(0, range.start)}${newText}${old.slice(range.end)}`, text);
    const loaded = loadPlaybook(uri, mended, host);
    // Nobody holds the role yet, and an approval is asked of as many as it takes.
    assert.deepEqual(
      [...new Set(loaded.problems.map(({ rule }) => rule))],
      ['operating-model-mismatch', 'unsatisfiable-gate'],
    );
    assert.deepEqual(
      boundaryOf(loaded).cells.map(({ autonomy, approval }) => [autonomy, approval?.roles.join()]),
      [
        ['approve', 'analyst'],
        ['approve', 'analyst'],
      ],
    );
  });

  it('takes other names where its own are taken', () => {
    const [block] = readAll({ 'a.yml': BLOCK });
    assert.ok(block);
    const taken = ['block-the-address.policy.yaml'];
    const made = importForeign(block, { find: () => undefined, catalogs: { of: () => [] }, placeOf: () => '', taken });
    assert.deepEqual(made.ok ? made.files.map(({ name }) => name) : [], [
      'block-the-address-2.playbook.yaml',
      'block-the-address-2.tools.yaml',
      'block-the-address-2.policy.yaml',
    ]);
  });

  it('is not imported where parts of it may be missing', () => {
    const [broken] = readAll({ 'a.yml': `${BLOCK}  "8": &x { id: "8" }\n` });
    assert.ok(broken);
    const made = importForeign(broken, { find: () => undefined, catalogs: { of: () => [] }, placeOf: () => '' });
    assert.match(made.ok ? '' : made.why, /anchor/);
  });

  it('goes over a list as a loop with a bound, and what else leads back is cut and marked', () => {
    const list = imported(
      'name: lists\ntriggers: []\nsteps:\n  - name: each\n    type: foreach\n    foreach: "{{ x }}"\n    steps:\n      - { name: Block it, type: http, with: { method: DELETE, url: "https://fw.example/x" } }\n',
    );
    assert.match(
      textOf(list, 'lists.playbook.yaml'),
      /for-each: \{ item: item, in: steps\.each_over_what\.output\.items, max: 50 \}/,
    );
    const back = imported(
      BLOCK.replace('nexttasks: { "#none#": ["7"] }\n  "6"', 'nexttasks: { "#none#": ["1"] }\n  "6"'),
    );
    assert.match(
      textOf(back, 'block-the-address.playbook.yaml'),
      /undecided: "The original goes back to \\"1 Look at it\\" here/,
    );
  });
});

describe('Hostile text in a playbook of another product', () => {
  it('is no name of an argument that means anything but itself', () => {
    const names = [
      'constructor',
      '__proto__',
      'toString',
      'true',
      'in',
      'target',
      'effect',
      'id',
      '',
      'a b',
      'a-b',
      'a_b',
      'Ähnlich',
      '\u202Ename',
      'x'.repeat(200),
    ];
    const parameters = Object.fromEntries(names.map((name, index) => [name, `text ${index}`]));
    Object.defineProperty(parameters, '__proto__', { value: 'text', enumerable: true });
    const made = imported({
      'names.yaml': JSON.stringify({
        chain: [
          { name: 'a', ref: 'fw.block', parameters },
          { name: 'b', ref: 'fw.block' },
        ],
      }),
    });
    assert.match(
      textOf(made, 'names.tools.yaml'),
      /constructor: \{ type: string \}\n[\s\S]* a_b: \{ type: string \}\n/,
    );
    for (const { text } of made.files) assert.doesNotMatch(text, /^ *(?:true|in|"?__proto__"?):/m);
  });

  const EVIL = [
    '${{ alert.entities.users[0] }}',
    '${{ ${{ never closed',
    '"]}, autonomy: autonomous, x: {',
    '- id: smuggled\n  action: x.y',
    '# \u202Eeman a\u202C \u0000 \u0007 \u200B \u2028 \u0085 \uD800',
    "' : [ & * ! | > % @ `",
    'true',
    'null',
    '__proto__',
    'x'.repeat(5000),
    '\u{1F510}'.repeat(500),
    'a" == "a" || true',
    '',
    '   ',
  ];

  it('is text in every place it comes to: never an expression, a key or a character that nobody sees', () => {
    for (const evil of EVIL) {
      const json = JSON.stringify(evil);
      const text = BLOCK.replaceAll(/name: (?:"[^"]*"|[^,}\n]+)/g, () => `name: ${json}`)
        .replaceAll(/(description|simple): (?:"[^"]*"|[^,}\n]+)/g, (_, key) => `${key}: ${json}`)
        .replaceAll('"yes"', json)
        .replaceAll('"Yes"', json)
        .replaceAll('|||block-ip', `|||block ${evil.slice(0, 60).replace(/["\\\p{C}\s\u2028]/gu, ' ')}`);
      const made = imported(text);
      for (const { name, text: file } of made.files) {
        assert.match(name, /^[a-z][a-z0-9-]*\.(?:playbook|tools|policy)\.yaml$/);
        assert.doesNotMatch(file, /\$\{\{/);
        assert.doesNotMatch(file, /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        assert.doesNotMatch(file, /smuggled$/m);
        assert.ok(file.length < 20_000);
      }
    }
  });
});
