import assert from 'node:assert/strict';
import { LEFT_OUT } from '../given.js';
import { linesOf, readAll } from '../lines.test.js';

function workflow(status: string, conditions: readonly object[] | null = null, more: object = {}): string {
  return JSON.stringify({
    name: 'Contain',
    id: 'w-1',
    start: 'a',
    actions: [
      { id: 'a', app_name: 'Shuffle Tools', name: 'get_cache_value', label: 'Look', parameters: [] },
      {
        id: 'b',
        app_name: 'EDR',
        name: 'isolate_host',
        label: 'Isolate',
        parameters: [
          { name: 'apikey', value: 'x' },
          { name: 'host', value: '$exec.host' },
        ],
        ...more,
      },
    ],
    triggers: [
      {
        id: 'u',
        trigger_type: 'USERINPUT',
        status,
        label: 'Ask',
        name: 'User input',
        app_name: 'User Input',
        parameters: [{ name: 'alertinfo', value: 'Isolate?' }],
      },
    ],
    branches: [
      { source_id: 'a', destination_id: 'u', conditions: null },
      { source_id: 'u', destination_id: 'b', conditions },
    ],
  });
}

const clicked = (value: string): readonly object[] => [
  { condition: { value: 'equals' }, source: { value: '$ask.click_info.clicked' }, destination: { value } },
];

describe('Reading Shuffle', () => {
  it('a question that runs is an approval, for whoever says stop ends the workflow', () => {
    assert.deepEqual(linesOf(workflow('running')), ['Isolate: EDR: isolate_host (contain) approve proven, Look → Ask']);
    assert.match(linesOf(workflow('running', clicked('false')))[0] ?? '', /approve violated/);
    assert.match(linesOf(workflow('running', clicked('true')))[0] ?? '', /approve proven/);
  });

  it('one that does not run asks nobody', () => {
    for (const status of ['stopped', 'uninitialized', ''])
      assert.match(linesOf(workflow(status))[0] ?? '', /autonomous violated/, status);
  });

  it('a condition that is negated asks for the opposite', () => {
    const [condition] = clicked('true');
    const negated = [{ ...condition, condition: { value: 'equals', configuration: true } }];
    assert.match(linesOf(workflow('running', negated))[0] ?? '', /approve violated/);
  });

  const stepsOf = (text: string) => readAll({ 'a.json': text })[0]?.steps ?? [];

  it('an action is given its parameters, but for what is of the app', () => {
    const parameters = [
      { name: 'url', value: 'https://edr.example.test', configuration: true },
      { name: 'username', value: 'auth placeholder (replaced during execution)', configuration: true },
      { name: 'password_basic', value: 'abc', configuration: true },
      { name: 'ports', value: '[22, 80]' },
      { name: 'body', value: '{"token": "abc", "id": 1}' },
      { name: 'host', value: '$exec.host' },
      { name: 'note', value: '' },
    ];
    const does = stepsOf(workflow('running', null, { parameters }))[2]?.does;
    assert.ok(does?.kind === 'act' && does.scope === 'host: $exec.host' && does.target === 'host');
    assert.deepEqual(does.args, [
      { name: 'url', text: 'https://edr.example.test' },
      { name: 'password_basic', text: LEFT_OUT },
      { name: 'ports', text: '[22, 80]' },
      { name: 'body', text: `{"token": "${LEFT_OUT}", "id": 1}` },
      { name: 'host', text: '$exec.host' },
    ]);
    const request = stepsOf(workflow('running', null, { app_name: 'http', name: 'POST', parameters }))[2]?.does;
    assert.ok(request?.kind === 'act' && request.scope === 'https://edr.example.test');
    assert.equal(request.target, 'url');
  });

  it('another workflow is given an argument', () => {
    const parameters = [
      { name: 'workflow', value: 'w-2' },
      { name: 'argument', value: '$exec' },
      { name: 'user_apikey', value: 'abc' },
    ];
    const does = stepsOf(workflow('running', null, { trigger_type: 'SUBFLOW', parameters }))[2]?.does;
    assert.deepEqual(does?.kind === 'call' && does.args, [{ name: 'argument', text: '$exec' }]);
  });

  it('every branch is taken whose conditions all hold', () => {
    const [yes] = clicked('true');
    const other = {
      source: { value: '$exec.title' },
      condition: { value: 'contains', configuration: true },
      destination: { value: '' },
    };
    assert.deepEqual(stepsOf(workflow('running', [yes ?? {}, other]))[3]?.edges, [
      {
        to: 2,
        kind: 'branch',
        branch: 'condition',
        when: '$ask.click_info.clicked equals true and not ($exec.title contains "")',
        alone: true,
        person: { says: 'approves', asked: 'Ask' },
      },
    ]);
  });
});
