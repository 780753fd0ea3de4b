import assert from 'node:assert/strict';
import { linesOf } from '../lines.test.js';

const AFTER = (...names: readonly string[]) => ({
  runAfter: Object.fromEntries(names.map((name) => [name, ['Succeeded']])),
});
const ISOLATE = {
  type: 'ApiConnection',
  inputs: {
    method: 'post',
    path: "/api/machines/@{items('x')?['id']}/isolate",
    host: { connection: { name: "@parameters('$connections')['edr']['connectionId']" } },
  },
};
const MAIL = {
  type: 'ApiConnectionWebhook',
  inputs: {
    path: '/approvalmail/$subscriptions',
    body: { Message: { Subject: 'Isolate?', Options: 'Approve, Reject', To: 'soc@example.test' } },
  },
  runAfter: {},
};
const ACT = 'edr POST /api/machines/*/isolate (contain)';

function template(actions: { readonly [name: string]: unknown }): string {
  return JSON.stringify({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    parameters: { PlaybookName: { defaultValue: 'Isolate-Host' } },
    resources: [
      {
        type: 'Microsoft.Logic/workflows',
        name: "[parameters('PlaybookName')]",
        properties: { definition: { triggers: {}, actions } },
      },
    ],
  });
}

const choose = (expression: unknown) => ({
  Ask: MAIL,
  Choose: { type: 'If', expression, actions: { Isolate: ISOLATE }, else: { actions: {} }, ...AFTER('Ask') },
});

describe('Reading Azure Logic Apps', () => {
  it('that a mail was answered is no approval', () => {
    assert.deepEqual(linesOf(template({ Ask: MAIL, Isolate: { ...ISOLATE, ...AFTER('Ask') } })), [
      `Isolate: ${ACT} approve violated, Ask`,
    ]);
    const late = { ...ISOLATE, runAfter: { Ask: ['Succeeded', 'TimedOut'] } };
    assert.deepEqual(linesOf(template({ Ask: MAIL, Isolate: late })), [
      `Isolate: ${ACT} autonomous violated, Ask (timed-out)`,
    ]);
  });

  it('the option that was chosen is one, where a condition reads it', () => {
    const option = "@body('Ask')?['SelectedOption']";
    for (const yes of [
      { and: [{ equals: [option, 'Approve'] }] },
      { not: { not: { equals: [option, 'Approve'] } } },
      "@equals(body('Ask')?['SelectedOption'], 'Approve')",
    ])
      assert.deepEqual(
        linesOf(template(choose(yes))),
        [`Isolate: ${ACT} approve proven, Ask → Choose (true)`],
        JSON.stringify(yes),
      );
    for (const no of [
      { equals: [option, 'Reject'] },
      { not: { equals: [option, 'Reject'] } },
      { or: [{ equals: [option, 'Approve'] }, { equals: ["@variables('force')", true] }] },
      { equals: ["@outputs('Ask')?['statusCode']", 200] },
    ])
      assert.match(linesOf(template(choose({ and: [no] })))[0] ?? '', /approve violated/, JSON.stringify(no));
  });

  it('an answer may go through a variable, or be taken apart', () => {
    const actions = {
      Ask: MAIL,
      Parse: { type: 'ParseJson', inputs: { content: "@body('Ask')?['data']" }, ...AFTER('Ask') },
      Choose: {
        type: 'Switch',
        expression: "@body('Parse')?['choice']",
        cases: { Case: { case: 'Isolate', actions: { Isolate: ISOLATE } } },
        default: { actions: {} },
        ...AFTER('Parse'),
      },
    };
    assert.match(linesOf(template(actions))[0] ?? '', /^Isolate: .* approve proven/);
  });

  it('an action that waits for several has what the best of them has', () => {
    const both = {
      Ask: MAIL,
      Look: { type: 'Http', inputs: { method: 'GET', uri: 'https://api.example.test' } },
      Isolate: { ...ISOLATE, ...AFTER('Ask', 'Look') },
    };
    assert.match(linesOf(template(both))[0] ?? '', /approve violated/);
  });

  it('what it does not know may do anything, and an empty list of a loop skips it', () => {
    assert.deepEqual(linesOf(template({ Each: { type: 'Foreach', actions: { Odd: { type: 'Teleport' } } } })), [
      'Odd: * (unknown) autonomous unknown, Each (next item)',
    ]);
  });
});
