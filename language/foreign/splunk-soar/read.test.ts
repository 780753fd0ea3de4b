import assert from 'node:assert/strict';
import { LEFT_OUT } from '../given.js';
import { linesOf, readAll } from '../lines.test.js';

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

  describe('arguments and conditions', () => {
    const stepsOf = (nodes: object, edges: readonly object[] = []) =>
      readAll({ 'a.json': JSON.stringify({ coa: { schema: '5', data: { nodes, edges } } }) })[0]?.steps ?? [];
    const doingOf = (type: string, data: object) =>
      stepsOf({ '0': { type, data: { functionName: 'it', ...data } } })[1]?.does;
    const edgesOf = (type: string, conditions: readonly object[], drawn: readonly number[]) => {
      const nodes = {
        '0': { type: 'start', data: { functionName: 'on_start' } },
        '1': { type: 'prompt', data: { functionName: 'ask', message: 'Isolate?' } },
        '2': { type, data: { functionName: 'choose', conditions } },
        '3': { type: 'end', data: { functionName: 'on_end' } },
      };
      const ways = drawn.map((index) => ({ sourceNode: '2', targetNode: '3', conditions: [{ index }] }));
      return stepsOf(nodes, [{ sourceNode: '0', targetNode: '1' }, { sourceNode: '1', targetNode: '2' }, ...ways])[3]
        ?.edges;
    };

    it('an action is given its parameters and carried out by an app', () => {
      assert.deepEqual(
        doingOf('action', {
          action: 'disable user',
          connector: 'IAM',
          parameters: { force: true, username: 'playbook_input:user', password: 'abc', groups: ['a', 'b'], note: '' },
        }),
        {
          kind: 'act',
          action: 'disable user',
          scope: 'username: playbook_input:user',
          target: 'username',
          args: [
            { name: 'force', text: 'true' },
            { name: 'username', text: 'playbook_input:user' },
            { name: 'password', text: LEFT_OUT },
            { name: 'groups', text: '["a","b"]' },
            { name: 'app', text: 'IAM' },
          ],
          description: 'it',
          hint: undefined,
          byPerson: false,
        },
      );
    });

    it('a playbook is given its inputs, a function what it is for', () => {
      const inputs = {
        ip: { datapaths: ['artifact:*.cef.src'] },
        url: { datapaths: [] },
        file: { datapaths: ['a', 'b'] },
      };
      const call = doingOf('playbook', { playbookName: 'block', inputs });
      assert.deepEqual(call?.kind === 'call' && call.args, [
        { name: 'ip', text: 'artifact:*.cef.src' },
        { name: 'file', text: '["a","b"]' },
      ]);
      const values = { tag: { _internal: ['container'], indicator: 'a:b', tags: 'bad', overwrite: null } };
      const own = doingOf('utility', { customFunction: { name: 'tag' }, values });
      assert.equal(own?.kind === 'act' && own.scope, 'indicator: a:b');
      const onCase = doingOf('utility', {
        customFunction: { name: 'tag' },
        values: { tag: { container: 'container:id', tags: 'bad' } },
      });
      assert.ok(onCase?.kind === 'act' && onCase.scope === 'the case' && onCase.target === undefined);
      const api = doingOf('utility', { utilities: { tag: {} }, values });
      assert.deepEqual(api?.kind === 'act' && [api.scope, api.args.map(({ name }) => name)], [
        'the case',
        ['indicator', 'tags'],
      ]);
    });

    const yes = { customName: 'yes', type: 'if', comparisons: [{ param: ANSWER, op: '==', value: 'Yes' }] };
    const empty = {
      customName: 'empty',
      logic: 'or',
      comparisons: [
        { param: 'a', op: '==' },
        { param: 'b', op: '==' },
      ],
    };
    const otherwise = { customName: 'no', type: 'else', comparisons: [{ param: '', op: '==', value: '' }] };

    it('a filter takes each way whose condition holds', () => {
      assert.deepEqual(edgesOf('filter', [empty, yes], [0, 1]), [
        { to: 4, kind: 'branch', branch: 'empty', when: 'a == "" or b == ""', alone: true },
        {
          to: 4,
          kind: 'branch',
          branch: 'yes',
          when: `${ANSWER} == Yes`,
          alone: true,
          person: { says: 'approves', asked: 'ask' },
        },
      ]);
    });

    it('a decision takes one, and ends the run where it has none to take', () => {
      const first = { to: 4, kind: 'branch', branch: 'empty', when: 'a == "" or b == ""' };
      const refuses = { person: { says: 'refuses', asked: 'ask' } };
      assert.deepEqual(edgesOf('decision', [empty], [0]), [first, { to: 'end', kind: 'branch', branch: 'otherwise' }]);
      const approves = { when: `${ANSWER} == Yes`, person: { says: 'approves', asked: 'ask' } };
      assert.deepEqual(edgesOf('decision', [empty, yes], [0]), [
        first,
        { to: 'end', kind: 'branch', branch: 'yes', ...approves },
        { to: 'end', kind: 'branch', branch: 'otherwise', ...refuses },
      ]);
      assert.deepEqual(edgesOf('decision', [yes, otherwise], [0]), [
        { to: 4, kind: 'branch', branch: 'yes', ...approves },
        { to: 'end', kind: 'branch', branch: 'no', ...refuses },
      ]);
      assert.deepEqual(
        edgesOf('decision', [yes, otherwise], [0, 1])?.map(({ to }) => to),
        [4, 4],
      );
    });

    it('exports of before version 5 keep them elsewhere', () => {
      const cells = [
        { id: 's', type: 'coa.StartEnd', title: 'START' },
        {
          id: 'a',
          type: 'coa.Action',
          previous_name: 'block_1',
          action: 'block ip',
          app: 'Wall',
          active_values: { ip: 'a' },
        },
        {
          id: 'b',
          type: 'coa.API',
          api: 'add comment',
          configured: [{ addCommentComment: 'Done', key: 'add-comment' }],
        },
        { type: 'link', source: { id: 's' }, target: { id: 'a' } },
        { type: 'link', source: { id: 'a' }, target: { id: 'b' } },
      ];
      const [playbook] = readAll({ 'a.json': JSON.stringify({ coa: { schema: '4', data: { joint: { cells } } } }) });
      assert.deepEqual(
        playbook?.steps.flatMap(({ does }) => (does.kind === 'act' ? [[does.scope, does.args]] : [])),
        [
          [
            'ip: a',
            [
              { name: 'ip', text: 'a' },
              { name: 'app', text: 'Wall' },
            ],
          ],
          ['the case', [{ name: 'addCommentComment', text: 'Done' }]],
        ],
      );
    });
  });
});
