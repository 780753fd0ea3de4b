import assert from 'node:assert/strict';
import { linesOf } from '../lines.test.js';

const NEXT = (on_completion: string) => ({ on_completion });
const ISOLATE = {
  type: 'action',
  name: 'Isolate',
  commands: [{ type: 'http-api', command: 'POST /hosts/1/isolate HTTP/1.1' }],
  ...NEXT('end--1'),
};
const ASK = {
  type: 'action',
  name: 'Ask',
  commands: [{ type: 'manual', command: 'Isolate the host?' }],
  out_args: ['__go__'],
};
const END = { type: 'end' };

function playbook(workflow: { readonly [id: string]: unknown }): string {
  const first = Object.keys(workflow)[0] ?? '';
  return JSON.stringify(
    {
      type: 'playbook',
      spec_version: 'cacao-2.0',
      id: 'playbook--1',
      name: 'Contain',
      workflow_start: 'start--1',
      workflow: { 'start--1': { type: 'start', name: 'Start', ...NEXT(first) }, ...workflow, 'end--1': END },
    },
    null,
    2,
  );
}

describe('Reading CACAO', () => {
  it('a command of a machine is an act, one of a person is none', () => {
    assert.deepEqual(
      linesOf(
        playbook({
          'action--1': { ...ISOLATE, ...NEXT('action--2') },
          'action--2': { ...ASK, name: 'By hand', ...NEXT('end--1') },
        }),
      ),
      ['Isolate: POST /hosts/1/isolate (contain) autonomous violated, Start'],
    );
  });

  const decide = (condition: string) => ({
    type: 'if-condition',
    name: 'Go?',
    condition,
    on_true: 'action--2',
    on_false: 'end--1',
  });
  const asked = (condition: string): readonly string[] =>
    linesOf(
      playbook({
        'action--1': { ...ASK, ...NEXT('if-condition--1') },
        'if-condition--1': decide(condition),
        'action--2': ISOLATE,
      }),
    );

  it('an answer is an approval where a condition reads a yes', () => {
    assert.deepEqual(asked("__go__:value = 'yes'"), [
      'Isolate: POST /hosts/1/isolate (contain) approve proven, Start → Ask → Go? (true)',
    ]);
    for (const condition of [
      "__other__:value = 'yes'",
      "__go__:value = 'no'",
      "__go__:value != 'no'",
      "__go__:value = 'yes' OR __other__:value = 'yes'",
      '__go__:value != null',
    ]) {
      assert.match(asked(condition)[0] ?? '', /approve violated/, condition);
    }
  });

  it('a manual command whose time is over goes on without anybody', () => {
    const timed = { ...ASK, timeout: 60_000, ...NEXT('action--2') };
    assert.deepEqual(linesOf(playbook({ 'action--1': timed, 'action--2': ISOLATE })), [
      'Isolate: POST /hosts/1/isolate (contain) autonomous violated, Start → Ask (timed-out)',
    ]);
    const { timeout, ...patient } = timed;
    assert.equal(timeout, 60_000);
    assert.match(linesOf(playbook({ 'action--1': patient, 'action--2': ISOLATE }))[0] ?? '', /approve violated/);
  });

  it('branches come back to the step they are of', () => {
    const workflow = {
      'parallel--1': { type: 'parallel', name: 'Both', next_steps: ['action--1', 'action--3'], ...NEXT('action--2') },
      'action--1': { ...ASK, ...NEXT('end--2') },
      'end--2': END,
      'action--3': {
        type: 'action',
        name: 'Look',
        commands: [{ type: 'http-api', command: 'GET /hosts/1 HTTP/1.1' }],
        ...NEXT('end--3'),
      },
      'end--3': END,
      'action--2': ISOLATE,
    };
    assert.match(
      linesOf(playbook(workflow))[0] ?? '',
      /^Isolate: .* autonomous violated, Start → Both → Look → end 3$/,
    );
  });

  it('each command of a step is an act, and a person as agent runs it', () => {
    const several = {
      type: 'action',
      name: 'Two',
      agent: 'individual--1',
      commands: [
        { type: 'ssh', command: 'true' },
        { type: 'bash', command: 'false' },
      ],
      ...NEXT('end--1'),
    };
    const text = JSON.stringify({
      ...JSON.parse(playbook({ 'action--1': several })),
      agent_definitions: { 'individual--1': { type: 'individual', name: 'Ann' } },
    });
    assert.deepEqual(linesOf(text), [
      'Two: ssh (unknown) assist proven, Start',
      'Two, command 2: bash (unknown) assist proven, Start → Two',
    ]);
  });
});
