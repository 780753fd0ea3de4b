import assert from 'node:assert/strict';
import { linesOf } from '../lines.test.js';

function workflow(status: string, conditions: readonly object[] | null = null): string {
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
});
