import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GraphStep, StepGraph } from '../../service/step-graph.js';
import { foreignBoundary } from '../boundary.js';
import { foreignFolder } from '../folder.js';
import { readAll, type Texts } from '../lines.test.js';
import type { ForeignEdge, ForeignStep } from '../model.js';
import { foreignGraphOf } from './foreign-graph.js';
import { nest } from './nest.js';

function graphOf(files: Texts): StepGraph {
  const playbooks = readAll(files);
  const { find } = foreignFolder(playbooks);
  const catalogs = { of: () => [] };
  const own = playbooks.filter(({ uri }) => uri === playbooks[0]?.uri);
  return foreignGraphOf(
    own.map((one) => foreignBoundary(one, find, catalogs)),
    { find, catalogs, lengthOf: (uri) => files[uri.slice('file:///w/'.length)]?.length ?? 0 },
  );
}

/** The picture as indented lines: steps with how they go on, lanes with how they end. */
function pictureOf({ top, steps }: StepGraph): readonly string[] {
  const stepOf = new Map(steps.map((step) => [step.key, step]));
  const lines: string[] = [];
  const list = (keys: readonly string[], indent: string): void => {
    for (const key of keys) {
      const step = stepOf.get(key) as GraphStep;
      const from = step.comesFrom?.length ? `, from ${step.comesFrom.join(' and ')}` : '';
      const tools = step.tools
        .map(({ tool, effect, act }) => ` ${tool} (${effect}) ${act?.verdict ?? 'fine'}`)
        .join('');
      lines.push(`${indent}${step.kind} ${step.id}${tools}${step.goesOn ? '' : ' |'}${from}`);
      for (const note of step.notes) lines.push(`${indent}  # ${note}`);
      for (const lane of step.lanes) {
        lines.push(`${indent}  [${lane.name}] ${lane.end}${lane.to === undefined ? '' : ` at ${lane.to}`}`);
        list(lane.steps, `${indent}    `);
      }
    }
  };
  list(top, '');
  return lines;
}

const task = (id: string, type: string, name: string, next: object, script = ''): string =>
  `  "${id}": { type: ${type}, task: { name: ${name}${script === '' ? '' : `, script: "|||${script}"`} }, nexttasks: ${JSON.stringify(next)} }\n`;
const xsoar = (name: string, ...tasks: readonly string[]): string =>
  `name: ${name}\nstarttaskid: "0"\ntasks:\n  "0": { type: start, task: { name: "" }, nexttasks: { "#none#": ["1"] } }\n${tasks.join('')}`;

describe('The graph of a playbook of another product', () => {
  it('has branches side by side, what they come together at below, and says jumps in words', () => {
    const text = xsoar(
      'Contain',
      task('1', 'condition', 'Isolate?', { Yes: ['2'], No: ['3'], '#error#': ['9'] }),
      task('2', 'regular', 'Isolate', { '#none#': ['4'] }, 'core-isolate-endpoint'),
      task('3', 'regular', 'Look', { '#none#': ['4'] }, 'get-host'),
      task('4', 'condition', 'Done?', { yes: ['9'], '#default#': ['1'] }),
      task('9', 'title', 'Done', {}),
    );
    assert.deepEqual(pictureOf(graphOf({ 'a.yml': text })), [
      'flow 0',
      'question 1 Isolate?, from 4 Done?',
      '  [Yes] goes-on',
      '    action 2 Isolate core-isolate-endpoint (contain) proven',
      '  [No] goes-on',
      '    action 3 Look get-host (read) fine',
      '  [on-error] elsewhere at 9 Done',
      'question 4 Done?',
      '  [yes] goes-on',
      '  [#default#] elsewhere at 1 Isolate?',
      'flow 9 Done, from 1 Isolate?',
    ]);
  });

  it('says what has to hold for the ways of a condition, and what a loop goes over', () => {
    const condition = [[{ left: { value: { simple: 'inputs.Block' }, iscontext: true }, operator: 'isTrue' }]];
    const asks = `  "1": { type: condition, task: { name: Block? }, nexttasks: ${JSON.stringify({ yes: ['2'], '#default#': ['9'] })}, conditions: ${JSON.stringify([{ label: 'yes', condition }])} }\n`;
    const acts = [task('2', 'regular', 'Block', { '#none#': ['9'] }, 'block-ip'), task('9', 'title', 'Done', {})];
    assert.deepEqual(pictureOf(graphOf({ 'a.yml': xsoar('Contain', asks, ...acts) })).slice(1, 3), [
      'if 1 Block?',
      '  # yes: ${inputs.Block} isTrue',
    ]);
    const loop =
      'name: Each\ntriggers: []\nsteps:\n  - { name: each, type: foreach, foreach: "{{ event.alerts }}", steps: [{ name: Note, type: console }] }\n';
    assert.ok(pictureOf(graphOf({ 'a.yml': loop })).includes('  # goes over {{ event.alerts }}'));
    const many = Array.from({ length: 7 }, (_, at) => `      - { when: <% ctx().a = ${at} %>, do: block }\n`).join('');
    const chain = `tasks:\n  look:\n    action: edr.get_host\n    next:\n${many}  block: { action: fw.block_ip }\n`;
    assert.deepEqual(pictureOf(graphOf({ 'a.yml': chain })).slice(1, 6), [
      '  # if <% ctx().a = 0 %>',
      '  # if <% ctx().a = 1 %>',
      '  # if <% ctx().a = 2 %>',
      '  # if <% ctx().a = 3 %>',
      '  # and 3 more conditions',
    ]);
  });

  it('draws what is called in its call, and has the places of every act in its own file', () => {
    const files = {
      'a.yml': xsoar('Outer', '  "1": { type: playbook, task: { name: in, playbookName: Inner }, nexttasks: {} }\n'),
      'b.yml': xsoar('Inner', task('1', 'regular', 'Block', {}, 'block-ip')),
    };
    const graph = graphOf(files);
    assert.deepEqual(pictureOf(graph), [
      'flow 0',
      'call 1 in',
      '  [Inner] goes-on',
      '    flow 0',
      '    action 1 Block block-ip (contain) violated',
    ]);
    const act = graph.steps.find(({ key }) => key === '1 in/1 Block');
    assert.equal(act?.place.uri, 'file:///w/b.yml');
    const { start, end } = act.tools[0]?.act?.at.range ?? { start: 0, end: 0 };
    assert.equal(files['b.yml'].slice(start, end), 'Block');
    assert.deepEqual(
      act.tools[0]?.act?.witness?.map(({ step }) => step),
      ['0', '1 in', '1 in/0'],
    );
  });

  it('has each of several playbooks of a file in a frame of its own, with paths that lead through their own steps', () => {
    const workflow = (name: string) => ({
      type: 'Microsoft.Logic/workflows',
      name,
      properties: {
        definition: {
          triggers: { alert: { type: 'Request' } },
          actions: { Block: { type: 'Http', inputs: { method: 'POST', uri: 'https://firewall.example/block' } } },
        },
      },
    });
    const graph = graphOf({ 'a.json': JSON.stringify({ resources: [workflow('one'), workflow('one')] }, null, 2) });
    const keys = new Set(graph.steps.map(({ key }) => key));
    assert.equal(keys.size, graph.steps.length);
    assert.deepEqual(graph.top, ['one (1)', 'one (2)']);
    const acts = graph.steps.flatMap(({ tools }) => tools.flatMap(({ act }) => (act ? [act] : [])));
    assert.equal(acts.length, 2);
    for (const act of acts) for (const { step } of act.witness ?? []) assert.ok(keys.has(step), step);
    for (const { from, to } of graph.edges)
      for (const end of [from, to]) assert.ok(end === null || keys.has(end), `${from} to ${to}`);
  });

  it('has all steps once, and every way drawn or told, whatever the graph is', () => {
    const graphs = fc.integer({ min: 1, max: 12 }).chain((count) =>
      fc
        .array(
          fc.tuple(
            fc.nat(count - 1),
            fc.nat(count),
            fc.constantFrom<ForeignEdge['kind']>('ok', 'branch', 'failed', 'item', 'done', 'skipped', 'timed-out'),
            fc.constantFrom('a', 'b'),
          ),
          { maxLength: 24 },
        )
        .map((ways) =>
          Array.from(
            { length: count },
            (_, index): ForeignStep => ({
              id: `${index}`,
              uri: 'file:///w/a.yml',
              range: { start: index, end: index + 1 },
              does: { kind: 'flow' },
              join: 'any',
              part: false,
              edges: ways
                .filter(([from]) => from === index)
                .map(([, to, kind, branch]) => ({
                  to: to === count ? 'end' : to,
                  kind,
                  ...(kind === 'branch' ? { branch } : {}),
                })),
            }),
          ),
        ),
    );
    fc.assert(
      fc.property(graphs, (steps) => {
        const nested = nest({ steps });
        const seen: number[] = [];
        const lists = [nested.top];
        for (const list of lists) {
          for (const step of list) {
            seen.push(step);
            for (const lane of nested.lanes.get(step) ?? []) lists.push(lane.steps);
          }
        }
        assert.deepEqual(
          seen.toSorted((a, b) => a - b),
          steps.map((_, index) => index),
        );
        for (const [from, { edges }] of steps.entries()) {
          for (const { to, kind } of edges) {
            if (kind === 'skipped' || to === 'end') continue;
            const lanes = nested.lanes.get(from) ?? [];
            const told =
              nested.goesOn.has(from) ||
              nested.jumps.get(from) === to ||
              lanes.some((lane) => lane.steps[0] === to || lane.to === to || lane.end === 'repeats') ||
              (nested.comesFrom.get(to) ?? []).includes(from) ||
              // Back to what it stands in: said where its lane ends.
              lists.some((list) => list.at(-1) === from);
            assert.ok(told, `${from} to ${to}`);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
