import assert from 'node:assert/strict';
import { stepGraphOf, stepPlacesOf } from './build-step-graph.js';
import { HEADER, HOST, PLAYBOOK_URI, POLICY } from './fixtures.test.js';
import { openSource } from './source-file.js';
import type { GraphStep, StepGraph } from './step-graph.js';

function graphOf(steps: string, more: { readonly [file: string]: string } = {}): StepGraph {
  const read = (uri: string): string | undefined => more[uri.replace('file:///soc/', '')] ?? HOST.read(uri);
  const source = openSource(PLAYBOOK_URI, `${HEADER}steps:\n${steps}`, { read });
  const boundary = source?.boundary();
  assert.ok(source?.playbook && boundary);
  return stepGraphOf(source.playbook, boundary);
}

function stepOf({ steps }: StepGraph, key: string): GraphStep {
  const step = steps.find((one) => one.key === key);
  assert.ok(step, `${key} is one of ${steps.map((one) => one.key).join(', ')}`);
  return step;
}

/** Edges as `from -reason-> to`. */
function edges({ edges }: StepGraph): readonly string[] {
  return edges.map(({ from, to, kind, branch }) => `${from ?? 'start'} -${branch ?? kind}-> ${to ?? 'end'}`).sort();
}

/** Lanes as `name: steps end`. */
function lanes(step: GraphStep): readonly string[] {
  return step.lanes.map(({ name, steps, end }) => `${name}: [${steps.join(' ')}] ${end}`);
}

const SUSPEND = `action: identity.suspend, with: { user: "\${{ alert.entities.users[0] }}" }, timeout: 1m`;
const GATE = `gate: { ask: Go?, grants: [suspend, gone], approvers: { roles: [analyst], quorum: 2 }, timeout: 15m, expires: 1h }`;

describe('The graph of a playbook', () => {
  it('has a gate with what it covers, and an act with its level, who decides it, and the verdict', () => {
    const graph = graphOf(`  - { id: ask, title: Ask first, ${GATE} }\n  - { id: suspend, ${SUSPEND} }\n`);
    assert.deepEqual(graph.top, ['ask', 'suspend']);
    const gate = stepOf(graph, 'ask');
    assert.equal(gate.title, 'Ask first');
    assert.deepEqual(gate.gate, {
      grants: [
        { id: 'suspend', key: 'suspend' },
        { id: 'gone', key: null },
      ],
      roles: ['analyst'],
      quorum: 2,
      escalateTo: [],
      distinctFrom: [],
      timeout: '15m',
      expires: '1h',
      uses: 1,
    });
    const act = stepOf(graph, 'suspend');
    assert.equal(act.level, 'approve');
    const [tool] = act.tools;
    assert.equal(tool?.effect, 'contain');
    assert.equal(tool.act?.call, 'identity.suspend(user: alert.entities.users[0])');
    assert.equal(tool.act.verdict, 'proven');
    assert.deepEqual(tool.act.gates, ['ask']);
    assert.equal(tool.act.approval?.gate, 'ask');
    assert.deepEqual(tool.act.witness, []);
    assert.deepEqual(edges(graph), [
      'ask -approved-> suspend',
      'ask -failed-> end',
      'ask -rejected-> end',
      'ask -timed-out-> end',
      'start -begin-> ask',
      'suspend -failed-> end',
      'suspend -ok-> end',
    ]);
  });

  it('has the path that shows a violation', () => {
    const graph = graphOf(`  - { id: ask, ${GATE}, on-reject: continue }\n  - { id: suspend, ${SUSPEND} }\n`);
    const [tool] = stepOf(graph, 'suspend').tools;
    assert.equal(tool?.act?.verdict, 'violated');
    assert.deepEqual(tool.act.witness, [{ step: 'ask', edge: 'rejected' }]);
    assert.deepEqual(lanes(stepOf(graph, 'ask')), ['approved: [] goes-on', 'on-reject: [] goes-on']);
  });

  it('has branches, loops and handlers as lanes, and says what comes behind each', () => {
    const graph = graphOf(`  - id: route
    if: "true"
    then:
      - { id: done, stop: completed }
    on-error: { steps: [{ id: tell, manual: { task: Look., role: analyst } }], then: continue }
  - id: kind
    switch: "alert.severity"
    cases:
      high: [{ id: high, stop: escalated }]
      low: []
  - id: each
    for-each: { item: user, in: alert.entities.users, max: 5 }
    steps: [{ id: one, action: intel.domain_reputation, with: { domain: a.example } }]
  - id: both
    parallel: all
    branches:
      left: [{ id: l, stop: stopped }]
      right: [{ id: r, stop: stopped }]
  - { id: never, stop: completed }
`);
    assert.deepEqual(lanes(stepOf(graph, 'route')), [
      'then: [done] closed',
      'else: [] goes-on',
      'on-error: [tell] goes-on',
    ]);
    assert.deepEqual(lanes(stepOf(graph, 'kind')), ['high: [high] closed', 'low: [] goes-on']);
    assert.deepEqual(lanes(stepOf(graph, 'each')), ['each item: [one] repeats']);
    assert.deepEqual(lanes(stepOf(graph, 'both')), ['left: [l] closed', 'right: [r] closed']);
    assert.deepEqual(
      graph.steps.filter(({ goesOn }) => !goesOn).map(({ key }) => key),
      ['done', 'high', 'both', 'l', 'r', 'never'],
    );
    assert.equal(stepOf(graph, 'tell').level, 'manual');
    assert.equal(stepOf(graph, 'one').level, null);
    const ways = edges(graph);
    for (const way of [
      'route -else-> kind',
      'each -item-> one',
      'one -ok-> each',
      'each -done-> both',
      'l -stopped-> end',
    ])
      assert.ok(ways.includes(way), `${way} in ${ways.join('\n')}`);
  });

  it('has the steps of a called playbook behind the call, at the level the call allows', () => {
    const inner = `${HEADER.replace('demo', 'inner')}steps:\n  - { id: suspend, ${SUSPEND}, approval: { approvers: { roles: [analyst] } } }\n`;
    const graph = graphOf(`  - { id: out, call: inner.playbook.yaml, autonomy: assist }\n`, {
      'inner.playbook.yaml': inner,
      'default.policy.yaml': POLICY,
    });
    assert.deepEqual(lanes(stepOf(graph, 'out')), ['inner: [out/suspend] goes-on']);
    const step = stepOf(graph, 'out/suspend');
    assert.equal(step.level, 'assist');
    assert.equal(step.place.uri, 'file:///soc/inner.playbook.yaml');
    assert.ok(edges(graph).includes('out -begin-> out/suspend'));
    assert.ok(edges(graph).includes('out/suspend -ok-> out'));
  });

  it('has a call that cannot be followed as an act that nobody can tell about', () => {
    const [call] = graphOf(`  - { id: out, call: gone.playbook.yaml }\n`).steps;
    assert.deepEqual(
      call?.tools.map(({ tool, act }) => [tool, act?.verdict]),
      [['*', 'unknown']],
    );
  });

  it('has a note where a step only goes on after an error', () => {
    const [step] = graphOf(`  - { id: one, ${SUSPEND}, on-error: continue, retry: { attempts: 2 } }\n`).steps;
    assert.deepEqual(step?.notes, ['at most 2 attempts', 'goes on after an error', 'at most 1m']);
    assert.deepEqual(step.lanes, []);
  });

  it('tells two steps of one id apart', () => {
    const graph = graphOf(`  - { id: one, stop: completed }\n  - { id: one, stop: failed }\n`);
    assert.deepEqual(graph.top, ['one', 'one (2)']);
  });

  it('has the place of every step, of a broken text as well', () => {
    const text = `${HEADER}steps:\n  - { id: one, stop: completed }\n  - id: two\n    when: [[\n`;
    const source = openSource(PLAYBOOK_URI, text, HOST);
    assert.ok(source?.playbook);
    const places = stepPlacesOf(source.playbook).map(
      ({ key, range }) => `${key} ${text.slice(range.start, range.start + 8)}`,
    );
    assert.equal(places[0], 'one { id: on');
  });
});
