import assert from 'node:assert/strict';
import { linesOf, readAll, reasonsOf, type Texts } from '../lines.test.js';

const DEFINITION =
  'identifier: p-1\nis_enable: true\nname: Contain\ntype: block\ncreation_source: user\noriginal_workflow_identifier: p-0\n';

interface Step {
  readonly after?: readonly string[];
  readonly result?: string;
  readonly more?: string;
  readonly automatic?: boolean;
}

function step(
  id: string,
  kind: 'act' | 'ask' | 'other',
  { after = [], result, more = '', automatic = true }: Step = {},
): readonly [string, string] {
  const lines = [
    `identifier: ${id}`,
    `instance_name: ${id}`,
    `parent_step_ids: [${after.join(', ')}]`,
    `previous_result_condition: '${result === undefined ? '{}' : JSON.stringify({ [after[0] ?? '']: result })}'`,
    `is_automatic: ${automatic}`,
    ...(kind === 'act'
      ? [
          'type: action',
          'action_provider: Scripts',
          'integration: Edr',
          'action_name: Edr_Isolate Host',
          'parameters: []',
        ]
      : []),
    ...(kind === 'ask'
      ? [
          'type: multi_choice_question',
          'action_name: MultiChoiceQuestion',
          `parameters: [{ name: Answers, value: '{"1":"Yes","2":"No"}' }, { name: Question, value: Isolate? }]`,
        ]
      : []),
    more,
  ];
  return [`p/steps/${id}.yaml`, `${lines.join('\n')}\n`];
}

const files = (...steps: readonly (readonly [string, string])[]): Texts => ({
  'p/definition.yaml': DEFINITION,
  ...Object.fromEntries(steps),
});

describe('Reading Google SecOps', () => {
  it('the answer that leads to a step says who decided', () => {
    const asked = (result: string): Texts =>
      files(step('ask', 'ask'), step('isolate', 'act', { after: ['ask'], result }));
    assert.deepEqual(linesOf(asked('1')), ['isolate: Edr_Isolate Host (contain) approve proven, ask (Yes)']);
    assert.deepEqual(linesOf(asked('2')), ['isolate: Edr_Isolate Host (contain) approve violated, ask (No)']);
    assert.deepEqual(linesOf(files(step('ask', 'ask'), step('isolate', 'act', { after: ['ask'] }))), [
      'isolate: Edr_Isolate Host (contain) approve violated, ask',
    ]);
  });

  it('a step that is not automatic is run by a person, and says nothing of what follows', () => {
    const both = files(step('first', 'act', { automatic: false }), step('second', 'act', { after: ['first'] }));
    assert.deepEqual(linesOf(both), [
      'first: Edr_Isolate Host (contain) assist proven',
      'second: Edr_Isolate Host (contain) approve violated, first',
    ]);
    const timed = files(
      step('first', 'act', { automatic: false, more: '' }),
      step('second', 'act', { after: ['first'] }),
    );
    const withTime = {
      ...timed,
      'p/steps/first.yaml': (timed['p/steps/first.yaml'] ?? '').replace(
        'parameters: []',
        "parameters: [{ name: PendingActionTimeout, value: '60' }]",
      ),
    };
    assert.match(linesOf(withTime)[1] ?? '', /autonomous violated/);
  });

  it('actions side by side are steps of their own, and places are in their own files', () => {
    const inside = step('isolate', 'act')[1]
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '')
      .map((line, index) => (index === 0 ? `  - ${line}` : `    ${line}`))
      .join('\n');
    const all = files(
      step('both', 'other', { more: `type: parallel_actions_container\nparallel_actions:\n${inside}` }),
    );
    const [read] = readAll(all);
    assert.equal(read?.stepsInFile, 2);
    assert.deepEqual(linesOf(all), ['isolate: Edr_Isolate Host (contain) autonomous violated, both']);
    assert.equal(read?.steps.at(-1)?.uri, 'file:///w/p/steps/both.yaml');
  });

  it('a file that is no step, and a step before that is not there, are said', () => {
    const all = { ...files(step('isolate', 'act', { after: ['gone'] })), 'p/steps/notes.yaml': 'todo: none\n' };
    assert.deepEqual(
      readAll(all)[0]?.notUnderstood.map(({ what }) => what),
      ['This file is among the steps and is no step.', '"isolate" follows a step that the playbook does not have.'],
    );
    assert.match(reasonsOf(all).get('isolate') ?? '', /no person is asked/);
  });
});
