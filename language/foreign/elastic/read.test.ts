import assert from 'node:assert/strict';
import { linesOf, readAll } from '../lines.test.js';

const workflow = (steps: string): string => `name: Contain\ntriggers:\n  - type: alert\nsteps:\n${steps}`;
const ISOLATE = (indent = '  '): string =>
  `${indent}- name: isolate\n${indent}  type: kibana.request\n${indent}  with: { method: POST, path: /api/endpoint/action/isolate }\n`;
const ACT = 'isolate: kibana.request POST /api/endpoint/action/isolate (contain)';
const ask = (more = ''): string =>
  `  - name: ask\n    type: waitForApproval\n    timeout: 1h\n    with: { message: Isolate? }\n${more}`;
const when = (condition: string): string =>
  `  - name: go\n    type: if\n    condition: ${JSON.stringify(condition)}\n    steps:\n${ISOLATE('      ')}`;

describe('Reading Elastic workflows', () => {
  it('an act in a loop without a question is without a person', () => {
    const text = workflow(
      `  - name: each\n    type: foreach\n    foreach: event.alerts\n    steps:\n${ISOLATE('      ')}`,
    );
    assert.deepEqual(linesOf(text), [`${ACT} autonomous violated, each (next item)`]);
  });

  it('an answer is an approval where it is tested, and not where the act only comes behind', () => {
    for (const condition of [
      'steps.ask.output.response.approved: true',
      '${{ steps.ask.output.response.approved == true }}',
      'steps.ask.output.response.approved : "true" and inputs.dry: false',
    ])
      assert.deepEqual(
        linesOf(workflow(ask() + when(condition))),
        [`${ACT} approve proven, ask → go (then)`],
        condition,
      );
    for (const condition of [
      'steps.ask.output.response.approved: *',
      'not steps.ask.output.response.approved: true',
      'steps.ask.output.response.approved: true or inputs.force: true',
      'inputs.force: true',
    ])
      assert.match(linesOf(workflow(ask() + when(condition)))[0] ?? '', /approve violated/, condition);
    assert.deepEqual(linesOf(workflow(ask() + ISOLATE())), [`${ACT} approve violated, ask`]);
  });

  it('silence goes on where the step continues on failure', () => {
    assert.deepEqual(linesOf(workflow(ask('    on-failure: { continue: true }\n') + ISOLATE())), [
      `${ACT} autonomous violated, ask (timed-out)`,
    ]);
    assert.match(
      linesOf(
        workflow(ask('    on-failure: { continue: true }\n') + when('steps.ask.output.response.approved: true')),
      )[0] ?? '',
      /approve proven/,
    );
  });

  it('steps of fallbacks, branches and cases are all accounted for', () => {
    const text = workflow(
      `  - name: way\n    type: switch\n    expression: "{{ steps.x.output }}"\n    cases:\n      - match: a\n        steps:\n${ISOLATE('          ')}    default:\n      - name: say\n        type: console\n  - name: fetch\n    type: http\n    with: { url: https://api.example.test/x }\n    on-failure:\n      fallback:\n        - name: tell\n          type: slack.sendMessage\n`,
    );
    const [read] = readAll({ 'a.yaml': text });
    assert.equal(read?.stepsInFile, 5);
    assert.equal(read?.steps.filter(({ part }) => !part).length, 5);
    assert.deepEqual(linesOf(text), [
      `${ACT} autonomous violated, way (a)`,
      'tell: slack.sendMessage (notify) autonomous violated, way (a) → isolate → fetch (failed)',
    ]);
  });
});
