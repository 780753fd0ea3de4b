import assert from 'node:assert/strict';
import { foreignFolder } from '../folder.js';
import { readAll } from '../lines.test.js';
import { importForeign } from './import-foreign.js';
import { BLOCK, imported, textOf } from './imported.test.js';

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
