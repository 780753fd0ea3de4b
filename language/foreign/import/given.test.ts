import assert from 'node:assert/strict';
import { boundaryOf } from '../../authority/boundary.js';
import { loadPlaybook } from '../../load.js';
import { quickFixes } from '../../service/code-actions.js';
import { imported, textOf } from './imported.test.js';

describe('What an import keeps of arguments and conditions', () => {
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
});
