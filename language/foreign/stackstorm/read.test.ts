import assert from 'node:assert/strict';
import { linesOf, readAll } from '../lines.test.js';

const ASK = '  ask:\n    action: core.ask\n    next:\n';
const workflow = (tasks: string): string => `version: 1.0\ntasks:\n${tasks}  isolate:\n    action: edr.isolate_host\n`;
const to = (when: string, task = 'isolate', publish = ''): string =>
  `      - when: <% ${when} %>\n${publish}        do: ${task}\n`;

describe('Reading StackStorm', () => {
  it('that a question succeeded says only that somebody answered', () => {
    assert.deepEqual(linesOf(workflow(ASK + to('succeeded()'))), [
      'isolate: edr.isolate_host (contain) approve violated, ask',
    ]);
    assert.deepEqual(linesOf(workflow(ASK + to('failed()'))), [
      'isolate: edr.isolate_host (contain) autonomous violated, ask (failed)',
    ]);
  });

  it('the answer is an approval where a transition reads it', () => {
    assert.match(
      linesOf(workflow(ASK + to('succeeded() and result().response.approved = true')))[0] ?? '',
      /approve proven/,
    );
    assert.match(linesOf(workflow(ASK + to('succeeded() and result().response.approved')))[0] ?? '', /approve proven/);
    assert.match(linesOf(workflow(ASK + to('succeeded() or result().response.approved')))[0] ?? '', /approve violated/);
    assert.match(
      linesOf(workflow(ASK + to('succeeded() and not result().response.approved')))[0] ?? '',
      /approve violated/,
    );
  });

  it('also through a variable it is published in', () => {
    const publish = '        publish:\n          - go: <% result().response.approved %>\n';
    const tasks = `${ASK}${to('succeeded()', 'choose', publish)}  choose:\n    action: core.noop\n    next:\n${to('ctx().go = true')}`;
    assert.match(linesOf(workflow(tasks)).at(-1) ?? '', /^isolate: .* approve proven, ask → choose$/);
  });

  it('a task that joins all has what the best branch has, one that does not what the worst has', () => {
    const tasks = `  start:\n    action: core.noop\n    next:\n${to('succeeded()', 'ask, look')}${ASK}${to('result().response.approved = true', 'both')}  look:\n    action: edr.get_host\n    next:\n${to('succeeded()', 'both')}`;
    const both = (join: string): string => `  both:\n${join}    action: edr.isolate_host\n`;
    assert.match(
      linesOf(`version: 1.0\ntasks:\n${tasks}${both('    join: all\n')}`).find((line) => line.startsWith('both')) ?? '',
      /approve proven/,
    );
    assert.match(
      linesOf(`version: 1.0\ntasks:\n${tasks}${both('')}`).find((line) => line.startsWith('both')) ?? '',
      /autonomous violated/,
    );
  });

  it('reads action chains', () => {
    const chain =
      'chain:\n  - name: ask\n    ref: core.ask\n    on-success: isolate\n  - name: isolate\n    ref: edr.isolate_host\n';
    assert.deepEqual(linesOf(chain), ['isolate: edr.isolate_host (contain) approve violated, ask']);
    assert.deepEqual(readAll({ 'a.yaml': 'tasks:\n  buy: { done: false }\n' }), []);
  });
});
