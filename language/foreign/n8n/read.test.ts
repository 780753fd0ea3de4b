import assert from 'node:assert/strict';
import { linesOf } from '../lines.test.js';

interface Shape {
  readonly ask?: object;
  readonly conditions?: object;
  readonly between?: object;
}

/** trigger → ask → (between) → if → isolate on the first output, and again on the second. */
function workflow({ ask = {}, conditions = {}, between }: Shape): string {
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
      node('Choose', 'if', { conditions }),
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
});
