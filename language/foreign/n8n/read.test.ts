import assert from 'node:assert/strict';
import { LEFT_OUT } from '../given.js';
import { linesOf, readAll } from '../lines.test.js';

interface Shape {
  readonly ask?: object;
  readonly conditions?: object;
  readonly between?: object;
  /** Parameters of the If beside its conditions. */
  readonly more?: object;
}

/** trigger → ask → (between) → if → isolate on the first output, and again on the second. */
function workflow({ ask = {}, conditions = {}, between, more = {} }: Shape): string {
  const node = (name: string, type: string, parameters: object, more: object = {}): object => ({
    name,
    type: `n8n-nodes-base.${type}`,
    parameters,
    ...more,
  });
  const to = (...names: readonly string[]): object => ({
    main: names.map((name) => [{ node: name, type: 'main', index: 0 }]),
  });
  return JSON.stringify({
    name: 'Contain',
    nodes: [
      node('Alert', 'webhook', {}),
      node('Ask', 'slack', { operation: 'sendAndWait', message: 'Isolate?', ...ask }),
      ...(between ? [node('Between', 'set', between)] : []),
      node('Choose', 'if', { conditions, ...more }),
      node('Isolate', 'httpRequest', { method: 'POST', url: 'https://edr.example.test/isolate' }),
      node('Anyway', 'httpRequest', { method: 'POST', url: 'https://edr.example.test/isolate' }),
    ],
    connections: {
      Alert: to('Ask'),
      Ask: to(between ? 'Between' : 'Choose'),
      ...(between ? { Between: to('Choose') } : {}),
      Choose: to('Isolate', 'Anyway'),
    },
  });
}

const approved = (operation: string, rightValue: unknown = '', leftValue = '={{ $json.data.approved }}') => ({
  combinator: 'and',
  conditions: [{ leftValue, rightValue, operator: { type: 'boolean', operation } }],
});
const verdicts = (shape: Shape): Readonly<Record<string, string>> =>
  Object.fromEntries(
    linesOf(workflow(shape)).map((line) => [
      line.slice(0, line.indexOf(':')),
      / (autonomous|approve) (\w+),/.exec(line)?.slice(1).join(' ') ?? line,
    ]),
  );

describe('Reading n8n', () => {
  it('an answer is an approval where an If reads it, on the output it leads to', () => {
    const yes = { Isolate: 'approve proven', Anyway: 'approve violated' };
    assert.deepEqual(verdicts({ conditions: approved('true') }), yes);
    assert.deepEqual(verdicts({ conditions: approved('equals', 'true') }), yes);
    assert.deepEqual(verdicts({ conditions: approved('true', '', "={{ $('Ask').item.json.data.approved }}") }), yes);
    assert.deepEqual(verdicts({ conditions: approved('notEquals', 'true') }), {
      Isolate: 'approve violated',
      Anyway: 'approve proven',
    });
    assert.deepEqual(verdicts({ conditions: approved('false') }), {
      Isolate: 'approve violated',
      Anyway: 'approve violated',
    });
  });

  it('what comes in is an answer only where it comes from the question', () => {
    assert.equal(verdicts({ conditions: approved('true'), between: {} }).Isolate, 'approve violated');
    assert.equal(
      verdicts({ conditions: approved('true', '', "={{ $('Ask').item.json.data.approved }}"), between: {} }).Isolate,
      'approve proven',
    );
  });

  it('once its time is over the workflow goes on as if somebody had answered', () => {
    const ask = { options: { limitWaitTime: { values: { resumeAmount: 1 } } } };
    assert.deepEqual(verdicts({ ask, conditions: approved('true') }), {
      Isolate: 'approve proven',
      Anyway: 'autonomous violated',
    });
  });

  it('what hangs on an agent the agent may call', () => {
    const text = JSON.stringify({
      name: 'Agent',
      nodes: [
        { name: 'Alert', type: 'n8n-nodes-base.webhook', parameters: {} },
        { name: 'Think', type: '@n8n/n8n-nodes-langchain.agent', parameters: {} },
        { name: 'Model', type: '@n8n/n8n-nodes-langchain.lmChatSome', parameters: {} },
        {
          name: 'Isolate',
          type: 'n8n-nodes-base.httpRequestTool',
          parameters: { method: 'POST', url: 'https://edr.example.test/isolate' },
        },
      ],
      connections: {
        Alert: { main: [[{ node: 'Think', type: 'main', index: 0 }]] },
        Model: { ai_languageModel: [[{ node: 'Think', type: 'ai_languageModel', index: 0 }]] },
        Isolate: { ai_tool: [[{ node: 'Think', type: 'ai_tool', index: 0 }]] },
      },
    });
    assert.deepEqual(
      linesOf(text).map((line) => line.replace(/ \(.*\) /, ' ')),
      [
        'Isolate: httpRequestTool POST https://edr.example.test/isolate autonomous violated, Alert → Think',
        'Think: agent autonomous unknown, Alert',
      ],
    );
  });

  it('of the old form one condition of several may be enough', () => {
    const boolean = [
      { value1: '={{ $json.data.approved }}', operation: 'equal', value2: 'true' },
      { value1: '={{ $json.level }}', operation: 'equal', value2: 'true' },
    ];
    const of = (combineOperation: string): string | undefined =>
      verdicts({ conditions: { boolean }, more: { combineOperation } }).Isolate;
    assert.equal(of('all'), 'approve proven');
    assert.equal(of('any'), 'approve violated');
  });

  const doingOf = (type: string, parameters: object) =>
    readAll({
      'a.json': JSON.stringify({
        nodes: [{ name: 'It', type: `n8n-nodes-base.${type}`, parameters }],
        connections: {},
      }),
    })[0]?.steps[1]?.does;
  const argsOf = (type: string, parameters: object): readonly string[] => {
    const does = doingOf(type, parameters);
    return does?.kind === 'act' || does?.kind === 'call' ? does.args.map(({ name, text }) => `${name}: ${text}`) : [];
  };

  it('a node is given its parameters', () => {
    const mail = { resource: 'message', operation: 'send', message: '=Look', sendTo: 'soc@example.test', options: {} };
    const does = doingOf('gmail', mail);
    assert.ok(does?.kind === 'act' && does.scope === 'sendTo: soc@example.test' && does.target === 'sendTo');
    assert.deepEqual(argsOf('gmail', mail), ['message: =Look', 'sendTo: soc@example.test']);
    const channelId = { __rl: true, value: 'C1', mode: 'list', cachedResultName: 'soc' };
    assert.deepEqual(argsOf('slack', { operation: 'post', select: 'channel', channelId, blocks: { a: [1, 'b'] } }), [
      'channelId: C1',
      'blocks: {"a":[1,"b"]}',
    ]);
    const workflowInputs = { mappingMode: 'defineBelow', value: { host: '={{ $json.host }}' } };
    assert.deepEqual(argsOf('executeWorkflow', { workflowId: { value: 'w2' }, workflowInputs }), [
      'host: ={{ $json.host }}',
    ]);
  });

  it('and a request its headers and its body, without secrets', () => {
    const request = {
      method: 'POST',
      url: 'https://edr.example.test/isolate',
      authentication: 'genericCredentialType',
      sendHeaders: true,
      headerParameters: {
        parameters: [
          { name: 'X-Api-Key', value: 'abc' },
          { name: 'Accept', value: 'text' },
        ],
      },
      jsonBody: '={"host": "{{ $json.host }}", "password": "abc"}',
    };
    assert.deepEqual(argsOf('httpRequest', request), [
      'url: https://edr.example.test/isolate',
      `X-Api-Key: ${LEFT_OUT}`,
      'Accept: text',
      `jsonBody: ={"host": "{{ $json.host }}", "password": "${LEFT_OUT}"}`,
    ]);
    const does = doingOf('httpRequest', request);
    assert.ok(does?.kind === 'act' && does.scope === request.url && does.target === 'url');
  });

  /** The edges of a node that chooses, behind a question, with these of its outputs connected. */
  const edgesOf = (type: string, parameters: object, connected: readonly number[], more: object = {}) => {
    const on = (node: string): object => ({ node, type: 'main', index: 0 });
    const nodes = [
      { name: 'Ask', type: 'n8n-nodes-base.slack', parameters: { operation: 'sendAndWait' } },
      { name: 'Choose', type: `n8n-nodes-base.${type}`, parameters, ...more },
      { name: 'Done', type: 'n8n-nodes-base.noOp', parameters: {} },
    ];
    const outputs = Array.from({ length: 5 }, (_, index) => (connected.includes(index) ? [on('Done')] : []));
    const connections = { Ask: { main: [[on('Choose')]] }, Choose: { main: outputs } };
    return readAll({ 'a.json': JSON.stringify({ nodes, connections }) })[0]?.steps[2]?.edges;
  };
  const compare = (leftValue: string, operation: string, rightValue: string) => ({
    leftValue,
    rightValue,
    operator: { type: 'string', operation },
  });
  const level = compare('={{ $json.level }}', 'equals', 'high');
  const answer = compare('={{ $json.data.approved }}', 'true', '');
  const all = (...conditions: readonly object[]) => ({ conditions: { combinator: 'and', conditions } });
  const person = (says: string) => ({ person: { says, asked: 'Ask' } });

  it('an output asks for what its conditions say, and one that is not connected ends the run', () => {
    const when = '{{ $json.level }} equals high and {{ $json.data.approved }} is true';
    const yes = { kind: 'branch', branch: 'true', when, ...person('approves') };
    const no = { kind: 'branch', branch: 'false', ...person('refuses') };
    assert.deepEqual(edgesOf('if', all(level, answer), [0]), [
      { to: 3, ...yes },
      { to: 'end', ...no },
    ]);
    assert.deepEqual(edgesOf('if', all(level, answer), [1]), [
      { to: 3, ...no },
      { to: 'end', ...yes },
    ]);
    assert.equal(edgesOf('if', all(level), [0, 1])?.length, 2);
    assert.deepEqual(edgesOf('if', all(level), [0], { disabled: true }), [{ to: 3, kind: 'branch', branch: 'true' }]);
    const boolean = [
      { value1: 'a', operation: 'notEqual', value2: '' },
      { value1: 'b', operation: 'isEmpty' },
    ];
    assert.equal(
      edgesOf('if', { conditions: { boolean }, combineOperation: 'any' }, [0])?.[0]?.when,
      'a notEqual "" or b isEmpty',
    );
  });

  it('a filter ends the run with what it does not keep', () => {
    assert.deepEqual(edgesOf('filter', all(answer), [0]), [
      { to: 3, kind: 'branch', branch: 'true', when: '{{ $json.data.approved }} is true', ...person('approves') },
      { to: 'end', kind: 'branch', branch: 'otherwise', ...person('refuses') },
    ]);
  });

  it('a switch takes the first output whose rule holds, or each, and ends the run with what is left', () => {
    const values = [
      { ...all(answer), outputKey: 'yes' },
      { ...all(level), outputKey: 'high' },
    ];
    const of = (options: object, connected: readonly number[]) =>
      edgesOf('switch', { mode: 'rules', rules: { values }, options }, connected);
    const yes = { kind: 'branch', branch: 'yes', when: '{{ $json.data.approved }} is true', ...person('approves') };
    const high = { kind: 'branch', branch: 'high', when: '{{ $json.level }} equals high' };
    const otherwise = { to: 'end', kind: 'branch', branch: 'otherwise', ...person('refuses') };
    assert.deepEqual(of({}, [0]), [{ to: 3, ...yes }, { to: 'end', ...high }, otherwise]);
    assert.deepEqual(of({ fallbackOutput: 'extra' }, [0, 1, 2]), [
      { to: 3, ...yes },
      { to: 3, ...high },
      { to: 3, kind: 'branch', branch: '3' },
    ]);
    assert.deepEqual(of({ allMatchingOutputs: true }, [0, 1]), [
      { to: 3, ...yes, alone: true },
      { to: 3, ...high, alone: true },
      otherwise,
    ]);
    assert.deepEqual(of({ fallbackOutput: 0 }, [0, 1]), [
      { to: 3, kind: 'branch', branch: 'yes', ...person('refuses') },
      { to: 3, ...high },
    ]);
  });

  it('of older forms rules name their output, and an expression gives its number', () => {
    const rules = {
      rules: [
        { operation: 'equal', value2: 'a', output: 1 },
        { operation: 'equal', value2: 'b', output: 1 },
      ],
    };
    assert.deepEqual(edgesOf('switch', { value1: '={{ $json.kind }}', rules, fallbackOutput: -1 }, [1]), [
      { to: 3, kind: 'branch', branch: '2', when: '{{ $json.kind }} equal a or {{ $json.kind }} equal b' },
      { to: 'end', kind: 'branch', branch: 'otherwise' },
    ]);
    assert.deepEqual(edgesOf('switch', { mode: 'expression', numberOutputs: 2, output: '={{ $json.n }}' }, [0]), [
      { to: 3, kind: 'branch', branch: '1', when: '{{ $json.n }} is 0' },
      { to: 'end', kind: 'branch', branch: '2', when: '{{ $json.n }} is 1' },
    ]);
  });
});
