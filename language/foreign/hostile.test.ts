import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseYaml } from '../syntax/parse.js';
import { foreignBoundary } from './boundary.js';
import { foreignFolder } from './folder.js';
import { readAll, type Texts } from './lines.test.js';
import { summaryOf } from './summary.js';

/** Everything that is done with files, as far as it goes. */
function doAll(files: Texts): number {
  const playbooks = readAll(files);
  const folder = foreignFolder(playbooks);
  const boundaries = playbooks.map((one) => foreignBoundary(one, folder.find, { of: () => [] }));
  const summary = summaryOf(folder, boundaries);
  assert.ok(summary.acts.length >= 0);
  return boundaries.flatMap(({ boundary }) => boundary.cells.slice(0, 200).flatMap(({ witness }) => witness)).length;
}

const KEYS = [
  'starttaskid', 'tasks', 'task', 'nexttasks', 'type', 'id', 'name', 'script', 'conditions', 'workflow', 'workflow_start', 'spec_version', 'on_completion',
  'on_true', 'commands', 'triggers', 'steps', 'on-failure', 'resources', 'properties', 'definition', 'actions', 'runAfter', 'chain', 'action', 'next', 'do', 'coa',
  'data', 'nodes', 'edges', 'joint', 'cells', 'branches', 'agents', 'links', 'identifier', 'is_enable', 'original_workflow_identifier', '__proto__',
  'constructor', 'toString', 'hasOwnProperty',
]; // biome-ignore format: a list
const values = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'start',
      'action',
      'condition',
      'regular',
      'If',
      'end',
      'core.ask',
      'Microsoft.Logic/workflows',
      'cacao-2.0',
      'x',
      '',
      '__proto__',
    ),
    fc.constantFrom(null, true, -1, 1e9),
    fc.array(tie('node'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('node')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries)),
  ),
}));

/** Roots that each reader takes for its own, with anything in them. */
const roots = fc
  .tuple(
    fc.constantFrom(
      { starttaskid: '0', tasks: {} },
      { spec_version: 'cacao-2.0', workflow: {} },
      { name: 'n', triggers: [], steps: [{ type: 'if' }] },
      { resources: [{ type: 'Microsoft.Logic/workflows', properties: { definition: { actions: {} } } }] },
      { tasks: { a: { action: 'core.ask' } } },
      { coa: { data: { nodes: {}, edges: [] } } },
      { actions: [{ app_name: 'x' }], branches: [] },
      { agents: [{ type: 'Agents::TriggerAgent' }], links: [] },
      { nodes: [{ type: 'if', parameters: {} }], connections: {} },
      { identifier: 'x', is_enable: true, name: 'n', creation_source: 'u' },
    ),
    fc.dictionary(fc.constantFrom(...KEYS), values.node, { maxKeys: 4 }),
  )
  .map(([root, more]) => JSON.stringify({ ...more, ...root }));

describe('Files that mean harm', () => {
  it('of any shape are read without an exception', () => {
    fc.assert(
      fc.property(
        values.node.map((one) => JSON.stringify(one)),
        (text) => void doAll({ 'a.json': text }),
      ),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(roots, (text) => void doAll({ 'a.json': text })),
      { numRuns: 400 },
    );
  });

  it('broken off anywhere are read without an exception', () => {
    const text =
      'name: n\nstarttaskid: "0"\ntasks:\n  "0":\n    type: start\n    nexttasks:\n      "#none#": ["1"]\n  "1":\n    type: regular\n    task: { script: "|||block-ip" }\n';
    for (let end = 0; end <= text.length; end++) doAll({ 'a.yml': text.slice(0, end) });
  });

  it('nested ever deeper are refused and not followed', () => {
    const deep = (depth: number): string =>
      `${'{"actions":{"a":{"type":"Scope",'.repeat(depth)}"x":1${'}}}'.repeat(depth)}`;
    const text = `{"resources":[{"type":"Microsoft.Logic/workflows","properties":{"definition":${deep(5000)}}}]}`;
    doAll({ 'a.json': text });
    doAll({ 'a.json': `{"triggers":1,"actions":${'['.repeat(100_000)}` });
  });

  it('that go round in circles come to an end', () => {
    const tasks = Array.from(
      { length: 60 },
      (_, at) =>
        `  "${at}":\n    type: condition\n    nexttasks:\n      Yes: [${Array.from({ length: 60 }, (_, to) => `"${to}"`).join(', ')}]\n      No: ["${at}"]\n`,
    );
    doAll({ 'a.yml': `name: n\nstarttaskid: "0"\ntasks:\n${tasks.join('')}` });
    const calls = (name: string, ...others: readonly string[]): string =>
      `name: ${name}\nstarttaskid: "0"\ntasks:\n${others.map((one, at) => `  "${at}":\n    type: playbook\n    task: { playbookName: ${one} }\n    nexttasks: { "#none#": ["${at + 1}"] }\n`).join('')}`;
    const names = Array.from({ length: 8 }, (_, at) => `p${at}`);
    doAll(Object.fromEntries(names.map((name) => [`${name}.yml`, calls(name, ...names)])));
  });

  it('that repeat themselves by reference say nothing that is believed', () => {
    const bomb = `a: &a [x, x]\n${Array.from({ length: 30 }, (_, at) => `b${at}: &b${at} [*${at === 0 ? 'a' : `b${at - 1}`}, *${at === 0 ? 'a' : `b${at - 1}`}]\n`).join('')}name: n\nstarttaskid: "0"\ntasks:\n  "0":\n    type: regular\n    task: { script: "|||block-ip" }\n`;
    const [read] = readAll({ 'a.yml': bomb });
    assert.ok(read?.notUnderstood.some(({ breaks }) => breaks));
    doAll({ 'a.yml': bomb });
  });

  it('with huge texts are read in time for their length', () => {
    const long = 'block '.repeat(200_000);
    doAll({
      'a.yml': `name: n\nstarttaskid: "0"\ntasks:\n  "0":\n    type: regular\n    task: { script: ${JSON.stringify(long)}, name: ${JSON.stringify(long)} }\n`,
    });
    doAll({
      'a.yml': `name: n\ntriggers: []\nsteps:\n  - { name: ask, type: waitForApproval }\n  - { name: go, type: if, condition: ${JSON.stringify('steps.ask.output == '.repeat(50_000))} }\n`,
    });
    doAll({
      'a.json': JSON.stringify({
        resources: [
          {
            type: 'Microsoft.Logic/workflows',
            properties: {
              definition: { actions: { A: { type: 'Http', inputs: { method: 'POST', uri: '@{'.repeat(100_000) } } } },
            },
          },
        ],
      }),
    });
  });

  it('with names that every object has are names like others', () => {
    const text =
      'name: n\nstarttaskid: __proto__\ntasks:\n  __proto__:\n    type: regular\n    task: { script: "|||block-ip", name: constructor }\n    nexttasks: { toString: [hasOwnProperty] }\n  hasOwnProperty:\n    type: regular\n    task: { script: "|||isolate" }\n';
    assert.equal(parseYaml(text).problems.length, 0);
    const [read] = readAll({ 'a.yml': text });
    assert.deepEqual(read?.notUnderstood, []);
    assert.equal(read?.steps.filter(({ does }) => does.kind === 'act').length, 2);
    assert.equal(Object.hasOwn(Object.prototype, 'block-ip'), false);
  });
});
