import assert from 'node:assert/strict';
import { LEFT_OUT } from '../given.js';
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

  const actOf = (task: string) => {
    const does = readAll({ 'a.yaml': `version: 1.0\ntasks:\n  one:\n${task}` })[0]?.steps[1]?.does;
    return does?.kind === 'act' ? does : undefined;
  };
  const argsOf = (task: string): readonly string[] =>
    actOf(task)?.args.map(({ name, text }) => `${name}: ${text}`) ?? [];

  it('an action is given what is in its input, or behind its name', () => {
    const input = '    action: edr.isolate\n    input:\n      note: why\n      host: <% ctx().host %>\n';
    assert.equal(actOf(input)?.target, 'host');
    assert.equal(actOf(input)?.scope, 'host: <% ctx().host %>');
    assert.deepEqual(argsOf(`${input}      ports: [22, 80]\n      password: abc\n`), [
      'note: why',
      'host: <% ctx().host %>',
      'ports: [22,80]',
      `password: ${LEFT_OUT}`,
    ]);
    const behind = `    action: core.remote hosts='<% ctx().host %>' cmd="rm -f a=b" env=[1, 2] timeout=5 to={{ ctx('a b') }} token=abc\n`;
    assert.deepEqual(argsOf(behind), [
      'hosts: <% ctx().host %>',
      'cmd: rm -f a=b',
      'env: [1, 2]',
      'timeout: 5',
      "to: {{ ctx('a b') }}",
      `token: ${LEFT_OUT}`,
    ]);
    assert.deepEqual(argsOf('    action: edr.isolate\n    input: <% ctx().all %>\n'), ['input: <% ctx().all %>']);
    const [chain] = readAll({
      'a.yaml': 'chain:\n  - name: a\n    ref: edr.isolate\n    parameters: { host: pc-1 }\n',
    });
    assert.ok(chain?.steps[1]?.does.kind === 'act' && chain.steps[1].does.scope === 'host: pc-1');
  });

  it('and what it is done for each of', () => {
    const each = '    action: edr.isolate host=<% item(host) %>\n';
    const all = ['host: <% item(host) %>', 'with: host in <% ctx().hosts %>'];
    assert.deepEqual(argsOf(`${each}    with: host in <% ctx().hosts %>\n`), all);
    assert.deepEqual(argsOf(`${each}    with:\n      items: host in <% ctx().hosts %>\n      concurrency: 2\n`), all);
  });

  it('every transition whose condition holds is taken, the state of the task apart', () => {
    const edges = (when: string) =>
      readAll({ 'a.yaml': workflow(`  first:\n    action: core.noop\n    next:\n${to(when)}`) })[0]?.steps[1]?.edges;
    const when = (text: string): readonly unknown[] => edges(text)?.map((one) => [one.when, one.alone]) ?? [];
    assert.deepEqual(edges('succeeded()'), [{ to: 2, kind: 'ok', alone: true }]);
    assert.deepEqual(edges('failed() and ctx().again = true'), [
      { to: 2, kind: 'failed', when: '<% ctx().again = true %>', alone: true },
    ]);
    assert.deepEqual(when('ctx().a = 1 and succeeded() and ctx().b = 2'), [
      ['<% ctx().a = 1 and ctx().b = 2 %>', true],
    ]);
    assert.deepEqual(when('succeeded() and (ctx().a or ctx().b)'), [['<% (ctx().a or ctx().b) %>', true]]);
    assert.deepEqual(when('succeeded() and ctx().a or ctx().b'), [['<% succeeded() and ctx().a or ctx().b %>', true]]);
    assert.deepEqual(when('ctx().a'), [['<% ctx().a %>', true]]);
  });
});
