import assert from 'node:assert/strict';
import { foreignFolder } from '../folder.js';
import { readAll, type Texts } from '../lines.test.js';
import { assertImportsAlike } from './compare.test.js';
import { type ForeignImport, importForeign } from './import-foreign.js';

/** What the first of some files becomes; that it has the acts of the original is looked at on the way. */
export function imported(given: Texts | string): ForeignImport {
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

/** A file of an import, empty where there is none of that name. */
export const textOf = ({ files }: ForeignImport, name: string): string =>
  files.find((one) => one.name === name)?.text ?? '';

/** A playbook with a look, a condition, a question and two acts. */
export const BLOCK = `id: block
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
