import assert from 'node:assert/strict';
import { foreignFolder } from '../folder.js';
import { readAll, type Texts } from '../lines.test.js';
import { actsOfImport, assertImportsAlike } from './compare.test.js';
import { type ForeignImport, importForeign } from './import-foreign.js';

function imported(files: Texts | string): ForeignImport {
  const playbooks = readAll(typeof files === 'string' ? { 'a.yml': files } : files);
  const [first] = playbooks;
  assert.ok(first);
  const { find } = foreignFolder(playbooks);
  assertImportsAlike(first, find);
  const made = importForeign(first, { find, catalogs: { of: () => [] }, placeOf: (uri) => uri.replace(/^.*\//, '') });
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

describe('A playbook of another product, imported', () => {
  it('reads as one of ours: what is asked is a gate, what is decided by nobody says so', () => {
    const made = imported(BLOCK);
    assert.deepEqual(
      made.files.map(({ name }) => name),
      ['block-the-address.playbook.yaml', 'block-the-address.tools.yaml', 'block-the-address.policy.yaml'],
    );
    assert.equal(textOf(made, 'block-the-address.playbook.yaml'), '');
    assert.equal(textOf(made, 'block-the-address.tools.yaml'), '');
    assert.equal(textOf(made, 'block-the-address.policy.yaml'), '');
  });
});
