import assert from 'node:assert/strict';
import { LEFT_OUT } from './given.js';
import { readAll, type Texts } from './lines.test.js';

/** What the steps of the first playbook are given, on what they are, and what their edges ask for, by step. */
function given(files: Texts): ReadonlyMap<string, readonly string[]> {
  const [playbook] = readAll(files);
  return new Map(
    (playbook?.steps ?? []).map(({ id, does, edges }) => [
      id,
      [
        ...(does.kind === 'act' || does.kind === 'call' ? does.args.map(({ name, text }) => `${name}: ${text}`) : []),
        ...(does.kind === 'act' ? [`on ${does.scope}${does.target === undefined ? '' : ` [${does.target}]`}`] : []),
        ...(does.kind === 'flow' && does.over !== undefined ? [`over ${does.over}`] : []),
        ...edges.flatMap(({ branch, when }) => (when === undefined ? [] : [`${branch ?? 'goes on'} if ${when}`])),
      ],
    ]),
  );
}

describe('What steps are given and what their ways ask for', () => {
  it('in Cortex XSOAR: values of the context by their path, with what is done to them', () => {
    const steps = given({
      'a.yml': `name: One
starttaskid: "1"
tasks:
  "1":
    type: regular
    task: { name: Isolate, script: "|||core-isolate-endpoint" }
    scriptarguments:
      comment: { simple: "by \${incident.owner}" }
      endpoint_id: { complex: { root: Endpoint, accessor: ID, transformers: [{ operator: uniq }] } }
      extend-context: { simple: x= }
      password: { simple: abc }
      empty: {}
    nexttasks: { "#none#": ["2"] }
  "2":
    type: condition
    task: { name: "Go on?" }
    conditions:
      - label: "yes"
        condition:
          - - { left: { value: { simple: Host.Risk }, iscontext: true }, operator: greaterThan, right: { value: { simple: "7" } } }
            - { left: { value: { complex: { root: inputs, accessor: Force } }, iscontext: true }, operator: isTrue }
          - - { left: { value: { simple: a }, iscontext: true }, operator: isExists }
    nexttasks: { "yes": ["3"] }
  "3":
    type: playbook
    task: { name: Call, playbookName: Other }
    scriptarguments: { Host: { simple: "\${inputs.Host}" } }
`,
    });
    assert.deepEqual(steps.get('1 Isolate'), [
      'comment: by ${incident.owner}',
      'endpoint_id: ${Endpoint.ID} transformers: [{"operator":"uniq"}]',
      `password: ${LEFT_OUT}`,
      'on endpoint_id: ${Endpoint.ID} transformers: [{"operator":"uniq"}] [endpoint_id]',
    ]);
    assert.deepEqual(steps.get('2 Go on?'), [
      'yes if (${Host.Risk} greaterThan 7 or ${inputs.Force} isTrue) and ${a} isExists',
    ]);
    assert.deepEqual(steps.get('3 Call'), ['Host: ${inputs.Host}']);
    // Where none of its labels holds, the product stops.
    const [playbook] = readAll({
      'a.yml':
        'name: One\nstarttaskid: "1"\ntasks:\n  "1": { type: condition, task: { name: Go }, conditions: [{ label: "yes", condition: [] }], nexttasks: { "yes": [] } }\n',
    });
    assert.deepEqual(playbook?.steps[1]?.edges, [{ to: 'end', kind: 'branch', branch: '#default#' }]);
  });

  it('in Elastic workflows: what is in a body stands for it, and of a request the address is what it is on if nothing else is', () => {
    const steps = given({
      'a.yml': `name: One
triggers: []
steps:
  - name: isolate
    type: kibana.request
    with: { method: POST, path: /api/endpoint/action/isolate, body: { comment: why, endpoint_ids: ["{{ a }}"] } }
  - { name: fetch, type: http, with: { url: "https://a.example/x?api_key=abc" } }
  - { name: each, type: foreach, foreach: "{{ a.b }}", steps: [{ name: say, type: console }] }
  - name: maybe
    type: if
    condition: "a.b : 7"
    steps: [{ name: one, type: console, if: "a.c : 1" }]
  - name: which
    type: switch
    expression: "{{ a }}"
    cases: [{ match: x, steps: [{ name: two, type: console }] }]
`,
    });
    assert.deepEqual(steps.get('isolate'), [
      'method: POST',
      'path: /api/endpoint/action/isolate',
      'comment: why',
      'endpoint_ids: ["{{ a }}"]',
      'on endpoint_ids: ["{{ a }}"] [endpoint_ids]',
    ]);
    assert.deepEqual(steps.get('fetch'), [
      `url: https://a.example/x?api_key=${LEFT_OUT}`,
      `on https://a.example/x?api_key=${LEFT_OUT} [url]`,
    ]);
    assert.deepEqual(steps.get('each'), ['over {{ a.b }}']);
    assert.deepEqual(steps.get('maybe'), ['then if a.b : 7']);
    assert.deepEqual(steps.get('one'), ['goes on if not: a.c : 1']);
    assert.deepEqual(steps.get('which'), ['x if {{ a }} is x']);
  });

  it('in Azure Logic Apps: bodies, queries and paths, and conditions as people read them', () => {
    const actions = {
      Isolate: {
        type: 'ApiConnection',
        inputs: {
          method: 'post',
          path: '/machines/1/isolate',
          host: { connection: { name: "@parameters('$connections')['edr']['connectionId']" } },
          queries: { full: true },
          body: { Comment: 'why', Token: 'abc', Tags: ['a'] },
          authentication: { type: 'ActiveDirectoryOAuth', secret: 'abc' },
        },
      },
      Each: { type: 'Foreach', foreach: "@body('x')", actions: {}, runAfter: { Isolate: ['Succeeded'] } },
      Choose: {
        type: 'If',
        expression: {
          and: [{ equals: ['@a', 'Yes'] }, { not: { or: [{ contains: ['@b', ''] }, { greater: ['@c', 3] }] } }],
        },
        actions: {},
        runAfter: { Each: ['Succeeded'] },
      },
    };
    const steps = given({
      'a.json': JSON.stringify({
        $schema:
          'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#',
        triggers: {},
        actions,
      }),
    });
    assert.deepEqual(steps.get('Isolate'), [
      'path: /machines/1/isolate',
      'full: true',
      'Comment: why',
      `Token: ${LEFT_OUT}`,
      'Tags: ["a"]',
      'on /machines/1/isolate [path]',
    ]);
    assert.deepEqual(steps.get('Each'), ["over @body('x')"]);
    assert.deepEqual(steps.get('Choose'), ["true if (@a = Yes) and (not ((@b contains '') or (@c > 3)))"]);
  });

  it('in Google SecOps: JSON in texts, and branches by their names', () => {
    const step = (id: string, lines: readonly string[]): readonly [string, string] => [
      `p/steps/${id}.yaml`,
      `${[`identifier: ${id}`, `instance_name: ${id}`, 'is_automatic: true', ...lines].join('\n')}\n`,
    ];
    const parameter = (name: string, value: unknown): string =>
      `  - { name: ${name}, value: ${JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value))} }`;
    const compared = (Operator: number, Value: string) => ({ Operator, FieldName: '[Input.A]', Value });
    const branches = [
      { Name: 'Yes', Order: 1, LogicalOperator: 1, Conditions: [compared(0, 'x'), compared(8, '')] },
      { Name: 'Branch', Order: 2, Conditions: [compared(42, '')] },
      { Name: 'Branch', Order: 3, Conditions: [] },
    ];
    const files = Object.fromEntries([
      [
        'p/definition.yaml',
        'identifier: p-1\nis_enable: true\nname: One\ntype: block\ncreation_source: user\noriginal_workflow_identifier: p-0\n',
      ],
      step('isolate', [
        'type: action',
        'integration: Edr',
        'action_name: Edr_Isolate Host',
        'parameters:',
        parameter('ScriptParametersEntityFields', { Reason: 'why', 'Archive Password': 'abc', Ports: [1], Empty: '' }),
        parameter('SelectedScopeName', 'All hosts'),
      ]),
      step('choose', ['parent_step_ids: [isolate]', 'type: condition', 'parameters:', parameter('Branches', branches)]),
      ...['1', '2', '3'].map((result) =>
        step(`after-${result}`, [
          'parent_step_ids: [choose]',
          `previous_result_condition: '{"choose":"${result}"}'`,
          'type: block',
          'parameters:',
          parameter('NestedWorkflowIdentifier', 'p-2'),
          parameter('NestedWorkflowInputs', [{ FieldName: 'Host', Value: '[Input.Host]' }]),
        ]),
      ),
    ]);
    const steps = given(files);
    assert.deepEqual(steps.get('isolate'), [
      'Reason: why',
      `Archive Password: ${LEFT_OUT}`,
      'Ports: [1]',
      'on All hosts',
    ]);
    assert.deepEqual(steps.get('choose'), [
      'Yes if [Input.A] = x or [Input.A] is not empty',
      'Branch 2 if [Input.A] operator 42 ""',
    ]);
    assert.deepEqual(steps.get('after-1'), ['Host: [Input.Host]']);
    assert.deepEqual(
      readAll(files)[0]
        ?.steps.find(({ id }) => id === 'choose')
        ?.edges.map(({ branch }) => branch),
      ['Yes', 'Branch 2', 'Branch 3'],
    );
    // What is no JSON says nothing.
    const broken = {
      ...files,
      ...Object.fromEntries([
        step('isolate', [
          'type: action',
          'integration: Edr',
          'action_name: Edr_Isolate Host',
          'parameters:',
          parameter('ScriptParametersEntityFields', '{"a"'),
        ]),
      ]),
    };
    assert.deepEqual(given(broken).get('isolate'), ['on something it does not name']);
  });

  it('in CACAO: commands, variables and conditions', () => {
    const steps = given({
      'a.json': JSON.stringify({
        type: 'playbook',
        spec_version: 'cacao-2.0',
        id: 'playbook--1',
        name: 'One',
        playbook_variables: { __host__: { type: 'string', value: 'pc-1' } },
        target_definitions: { 'net-address--1': { name: 'The host' } },
        workflow_start: 'action--1',
        workflow: {
          'action--1': {
            type: 'action',
            name: 'Isolate',
            commands: [
              {
                type: 'http-api',
                command: 'POST /isolate',
                headers: { Authorization: ['Basic YWJjZGVmZ2hpamtsbW5v'] },
              },
            ],
            targets: ['net-address--1'],
            in_args: ['__host__', '__late__'],
            on_completion: 'if-condition--1',
          },
          'if-condition--1': {
            type: 'if-condition',
            name: 'Go',
            condition: '__host__:value = 7',
            on_true: 'switch-condition--1',
            on_false: 'end--1',
          },
          'switch-condition--1': {
            type: 'switch-condition',
            name: 'Which',
            switch: '__a__:value',
            cases: { x: 'end--1', default: 'end--1' },
          },
          'end--1': { type: 'end' },
        },
      }),
    });
    assert.deepEqual(steps.get('Isolate'), [
      'command: POST /isolate',
      `headers: {"Authorization":["${LEFT_OUT}"]}`,
      '__host__: pc-1',
      '__late__: __late__:value',
      'on The host',
    ]);
    assert.deepEqual(steps.get('Go'), ['true if __host__:value = 7']);
    assert.deepEqual(steps.get('Which'), ['x if __a__:value is x']);
  });
});
