import assert from 'node:assert/strict';
import { type Edit, edit, edited, everywhere, library, move, moveLines, reviewed } from './library.js';

const HOST = 'contain-host.playbook.yaml';
const MAIL = 'phishing-triage.playbook.yaml';
const MALWARE = 'endpoint-malware.playbook.yaml';
const TAKEOVER = 'identity-takeover.playbook.yaml';
const BEACON = 'quiet-beacon.playbook.yaml';
const POLICY = 'policies/default.policy.yaml';
const PLAYBOOKS = [HOST, MAIL, MALWARE, TAKEOVER, BEACON];

/** The same edit of every playbook that has something to edit. */
function inAll(was: RegExp, is: string): Edit {
  return (files) => {
    let changed = 0;
    for (const file of PLAYBOOKS) {
      const text = files.get(file) ?? '';
      const after = text.replace(was, is);
      if (after !== text) changed++;
      files.set(file, after);
    }
    assert.ok(changed > 0, String(was));
  };
}

const REFACTORS: readonly (readonly [string, readonly Edit[]])[] = [
  [
    'an act gets another id',
    [edit(HOST, '- id: isolate\n', '- id: cut_off\n'), edit(HOST, 'grants: [isolate]', 'grants: [cut_off]')],
  ],
  ['a gate gets another id, and who refers to it follows', [everywhere(MAIL, 'ask_quarantine', 'question')]],
  ['an agent gets another id, and all that read it follow', [everywhere(MAIL, /\binvestigate\b/g, 'look_into')]],
  ['a step that is read in arguments gets another id', [everywhere(TAKEOVER, /\binvestigate\b/g, 'find_out')]],
  ['a call gets another id', [edit(BEACON, '- id: contain\n', '- id: hand_over\n')]],
  ['a switch and an if get other ids', [everywhere(MAIL, /- id: (route|takeover|corroborated)\n/g, '- id: $1_step\n')]],
  ['titles', [inAll(/title: (.*)/g, 'title: "About: $1"'.replace('"About: $1"', 'Now called something else'))]],
  ['a description', [edit(HOST, 'description: Isolates one host', 'description: Cuts one host off')]],
  ['the goal of an agent', [edit(MAIL, 'agent:\n      goal: >\n', 'agent:\n      goal: >\n        Take your time.\n')]],
  ['the words of a question', [edit(HOST, 'ask: Cut ${{ inputs.host }}', 'ask: Really cut ${{ inputs.host }}')]],
  [
    'more evidence at a gate',
    [
      edit(
        HOST,
        'evidence: [inputs.reason, steps.profile.output]',
        'evidence: [inputs.reason, steps.profile.output, alert.severity_id]',
      ),
    ],
  ],
  ['comments', [inAll(/^steps:$/m, 'steps: # from here on\n  # top to bottom')]],
  [
    'block instead of flow style',
    [
      edit(
        HOST,
        '    with: { host: "${{ inputs.host }}" }\n    where',
        '    with:\n      host: "${{ inputs.host }}"\n    where',
      ),
    ],
  ],
  [
    'keys in another order',
    [
      edit(
        HOST,
        '    action: edr.isolate\n    with: { host: "${{ inputs.host }}" }\n',
        '    with: { host: "${{ inputs.host }}" }\n    action: edr.isolate\n',
      ),
    ],
  ],
  [
    'other quotes',
    [
      edit(
        HOST,
        'where: args.host in alert.entities.hosts && !(args.host in context.changes.hosts)',
        "where: 'args.host in alert.entities.hosts && !(args.host in context.changes.hosts)'",
      ),
    ],
  ],
  [
    'clauses of a bound in another order',
    [
      edit(
        HOST,
        'where: args.host in alert.entities.hosts && !(args.host in context.changes.hosts)',
        'where: "!(args.host in context.changes.hosts) && args.host in alert.entities.hosts"',
      ),
    ],
  ],
  [
    'a condition turned round',
    [edit(MAIL, "steps.headers.output.dmarc == 'pass'", "'pass' == steps.headers.output.dmarc")],
  ],
  [
    'a threshold written from the other side',
    [edit(MAIL, 'steps.investigate.output.confidence >= 0.9', '0.9 <= steps.investigate.output.confidence')],
  ],
  [
    'a guard instead of a branch',
    [
      edit(
        MAIL,
        '            - id: more_accounts\n              when: size(steps.investigate.output.compromised) > 1\n',
        '            - id: more_accounts\n              when: 1 < size(steps.investigate.output.compromised)\n',
      ),
    ],
  ],
  [
    'a reading step in another place',
    [
      moveLines(
        MAIL,
        `  - id: note
    title: Note the verdict in the case
    action: case.note
    with: { text: "Triage calls the message \${{ steps.investigate.output.verdict }}; its trace has the evidence." }
    on-error: continue

`,
        '  # What the mail system itself says. No text in the message can change it, so it holds the agent to account below.\n',
      ),
    ],
  ],
  ['a record that is gone', [everywhere(MAIL, / {2}- id: note\n[\s\S]*?on-error: continue\n\n/, '')]],
  [
    'another look',
    [
      edit(
        HOST,
        '  - id: busy\n',
        '  - id: connections\n    action: edr.network_connections\n    with: { host: "${{ inputs.host }}" }\n    on-error: continue\n  - id: busy\n',
      ),
    ],
  ],
  [
    'a task for a person at the end',
    [
      edit(
        HOST,
        '    on-error: continue\n',
        '    on-error: continue\n  - id: tidy_up\n    manual: { task: File the memory., role: endpoint-engineer }\n',
      ),
    ],
  ],
  [
    'cases of a switch in another order',
    [everywhere(BEACON, /( {6}suspicious:\n[\s\S]*?)( {6}benign:\n[\s\S]*?)(?= {6}novel:)/, '$2$1')],
  ],
  [
    'branches in another order',
    [everywhere(TAKEOVER, /( {6}address:\n[\s\S]*?)( {6}accounts:\n[\s\S]*?)(?= {6}history:)/, '$2$1')],
  ],
  ['branches by other names', [edit(TAKEOVER, '      address:\n', '      where_from:\n')]],
  ['the variable of a loop', [everywhere(TAKEOVER, /\bsuspect\b(?!ed)/g, 'doubtful')]],
  [
    'the name of an input',
    [
      everywhere(HOST, /\binputs\.host\b/g, 'inputs.machine'),
      edit(HOST, '  host: { type: string', '  machine: { type: string'),
      edit(
        BEACON,
        'with: { host: "${{ alert.entities.hosts[0] }}", reason',
        'with: { machine: "${{ alert.entities.hosts[0] }}", reason',
      ),
      edit(TAKEOVER, 'with: { host: "${{ host }}", reason', 'with: { machine: "${{ host }}", reason'),
    ],
  ],
  [
    'the name of context',
    [
      everywhere(HOST, 'context.changes', 'context.announced'),
      edit(HOST, '  changes: context/changes.yaml', '  announced: context/changes.yaml'),
    ],
  ],
  [
    'a file of context that moves',
    [
      move('context/changes.yaml', 'context/work.yaml'),
      everywhere(HOST, 'context/changes.yaml', 'context/work.yaml'),
      everywhere(TAKEOVER, 'context/changes.yaml', 'context/work.yaml'),
    ],
  ],
  [
    'context nobody acts by',
    [
      edit(
        'context/changes.yaml',
        'announced:\n',
        'announced:\n  - { change: CHG-1, what: Something., until: "2026-12-01" }\n',
      ),
    ],
  ],
  [
    'a list of context in another order',
    [edit('context/changes.yaml', 'egress: [198.51.100.20, 198.51.100.21]', 'egress: [198.51.100.21, 198.51.100.20]')],
  ],
  [
    'a catalog that moves',
    [
      move('catalogs/edr.tools.yaml', 'catalogs/endpoint.tools.yaml'),
      inAll(/catalogs\/edr\.tools\.yaml/g, 'catalogs/endpoint.tools.yaml'),
    ],
  ],
  [
    'words in a catalog',
    [
      edit(
        'catalogs/edr.tools.yaml',
        'description: Read what is known about a host',
        'description: Look up what is known about a host',
      ),
    ],
  ],
  [
    'people of a role in another order',
    [
      edit(
        POLICY,
        'analyst: [ana@soc.example, bo@soc.example, fay@soc.example]',
        'analyst: [fay@soc.example, bo@soc.example, ana@soc.example]',
      ),
    ],
  ],
  [
    'ceilings in another order',
    [everywhere(POLICY, /( {2}- \{ effect: suppress.*\n)([\s\S]*?)( {2}- \{ effect: harden.*\n)/, '$3$2$1')],
  ],
  [
    'the role that answers, by another name',
    [everywhere(POLICY, /\bsoc-manager\b/g, 'duty-manager'), inAll(/\bsoc-manager\b/g, 'duty-manager')],
  ],
  ['a role by another name', [everywhere(POLICY, /\banalyst\b/g, 'tier-one'), inAll(/\banalyst\b/g, 'tier-one')]],
  [
    'a called playbook in another folder',
    [
      move(HOST, 'hosts/contain.playbook.yaml'),
      everywhere('hosts/contain.playbook.yaml', /(catalogs|policies|context)\//g, '../$1/'),
      everywhere(BEACON, HOST, 'hosts/contain.playbook.yaml'),
      everywhere(TAKEOVER, HOST, 'hosts/contain.playbook.yaml'),
    ],
  ],
  ['a version and an owner', [inAll(/version: 1\.0\.0/, 'version: 1.1.0'), inAll(/owner: .*/, 'owner: somebody-else')]],
  ['line ends', [inAll(/\n/g, '\r\n')]],
];

describe('Harmless refactors', () => {
  const base = library();
  it('are at least thirty', () => assert.ok(REFACTORS.length >= 30, `${REFACTORS.length}`));

  for (const [what, edits] of REFACTORS) {
    it(`is no change of any boundary: ${what}`, () => {
      const head = edited(base, edits);
      const told = reviewed(base, head).map((one) => `${one.act}: ${one.class} by ${one.causes.join()}: ${one.words}`);
      assert.deepEqual(told, []);
    });
  }
});
