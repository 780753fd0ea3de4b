import assert from 'node:assert/strict';
import { linesOf } from '../lines.test.js';

interface Comparison {
  readonly param: string;
  readonly op: string;
  readonly value: string;
}

const ANSWER = 'ask:action_result.summary.responses.0';

/** start → prompt → decision with these conditions → isolate on the first way out, release on the second. */
function modern(
  conditions: readonly {
    readonly type: string;
    readonly comparisons: readonly Comparison[];
    readonly logic?: string;
  }[],
): string {
  const block = (type: string, functionName: string, more: object = {}): object => ({
    type,
    data: { functionName, ...more },
  });
  const ways = [
    ['0', '1'],
    ['1', '2'],
  ].map(([sourceNode, targetNode]) => ({ sourceNode, targetNode }));
  const branches = ['3', '4']
    .slice(0, conditions.length)
    .map((targetNode, index) => ({ sourceNode: '2', targetNode, conditions: [{ index }] }));
  return JSON.stringify({
    coa: {
      schema: '5.0.10',
      data: {
        nodes: {
          '0': block('start', 'on_start'),
          '1': block('prompt', 'ask', { message: 'Isolate?', approver: 'analyst', responseTime: 30 }),
          '2': block('decision', 'choose', { conditions }),
          '3': block('action', 'isolate', { action: 'quarantine device', actionType: 'contain', connector: 'EDR' }),
          '4': block('action', 'give_back', { action: 'unquarantine device', actionType: 'correct', connector: 'EDR' }),
        },
        edges: [...ways, ...branches],
      },
    },
  });
}

const compare = (op: string, value: string, param = ANSWER) => ({ type: 'if', comparisons: [{ param, op, value }] });
const OTHERWISE = { type: 'else', comparisons: [{ param: '', op: '==', value: '' }] };
const verdicts = (conditions: Parameters<typeof modern>[0]): readonly string[] =>
  linesOf(modern(conditions)).map((line) => line.replace(/, on_start.*/, '').replace(/ \(.*\) /, ' '));

describe('Reading Splunk SOAR', () => {
  it('a yes that is compared is an approval; the rest is taken in silence, too', () => {
    assert.deepEqual(verdicts([compare('==', 'Yes'), OTHERWISE]), [
      'give_back: unquarantine device autonomous violated',
      'isolate: quarantine device approve proven',
    ]);
  });

  it('what is not a no may be silence', () => {
    assert.deepEqual(verdicts([compare('!=', 'No'), OTHERWISE]), [
      'give_back: unquarantine device autonomous violated',
      'isolate: quarantine device autonomous violated',
    ]);
  });

  it('what is left of "not yes" is a yes', () => {
    assert.deepEqual(verdicts([compare('!=', 'Yes'), OTHERWISE]), [
      'give_back: unquarantine device approve proven',
      'isolate: quarantine device autonomous violated',
    ]);
  });

  it('a prompt that succeeded was answered, and no more', () => {
    assert.deepEqual(
      verdicts([compare('==', 'success', 'ask:action_result.status')]).at(-1),
      'isolate: quarantine device approve violated',
    );
  });

  it('of alternatives each has to be a yes', () => {
    const other = { param: 'artifact:*.cef.force', op: '==', value: 'true' };
    const yes = { param: ANSWER, op: '==', value: 'Yes' };
    assert.match(
      verdicts([{ type: 'if', logic: 'or', comparisons: [yes, other] }]).at(-1) ?? '',
      /autonomous violated/,
    );
    assert.match(verdicts([{ type: 'if', logic: 'and', comparisons: [other, yes] }]).at(-1) ?? '', /approve proven/);
  });

  it('reads exports of before version 5, and asks for an approver of an action', () => {
    const cell = (id: string, type: string, more: object): object => ({ id, type: `coa.${type}`, ...more });
    const link = (source: string, target: string, port?: string): object => ({
      type: 'link',
      source: { id: source, ...(port ? { port } : {}) },
      target: { id: target },
    });
    const cells = [
      cell('s', 'StartEnd', { title: 'START' }),
      cell('p', 'Prompt', { previous_name: 'prompt_1', message: 'Isolate?' }),
      cell('d', 'Decision', {
        previous_name: 'decision_1',
        outputs: [
          {
            type: 'if',
            logic: 'and',
            conditions: [{ param: 'prompt_1:action_result.summary.responses.0', comparison: '==', value: 'Yes' }],
          },
        ],
      }),
      cell('a', 'Action', {
        previous_name: 'isolate_1',
        action: 'quarantine device',
        action_type: 'contain',
        approver: '',
      }),
      cell('b', 'Action', {
        previous_name: 'block_1',
        action: 'block ip',
        action_type: 'contain',
        approver: 'soc-lead',
      }),
      link('s', 'p'),
      link('p', 'd'),
      link('d', 'a', 'out-1'),
      link('s', 'b'),
    ];
    assert.deepEqual(linesOf(JSON.stringify({ coa: { schema: '4', data: { joint: { cells } } } })), [
      'block_1: block ip (contain) approve proven, START → block_1, approval (approved)',
      'isolate_1: quarantine device (contain) approve proven, START → prompt_1 → decision_1'.replace(
        'prompt_1 →',
        'prompt_1 (answered or not) →',
      ),
    ]);
  });

  it('code that reaches out may do anything, code that only shapes data nothing', () => {
    const code = (userCode: string): readonly string[] => {
      const read = JSON.parse(modern([OTHERWISE]));
      read.coa.data.nodes['1'] = { type: 'code', userCode, data: { functionName: 'shape' } };
      return linesOf(JSON.stringify(read)).filter((line) => line.startsWith('shape'));
    };
    assert.deepEqual(code('    # nothing\n    x = [1]\n    phantom.debug(x)'), []);
    assert.equal(code('    phantom.act("block ip")').length, 1);
    assert.equal(code('    import requests\n    requests.post("https://x.example.test")').length, 1);
  });
});
