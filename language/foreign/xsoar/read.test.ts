import assert from 'node:assert/strict';
import { linesOf, readAll, reasonsOf } from '../lines.test.js';

interface Task {
  readonly type: string;
  readonly name?: string;
  readonly script?: string;
  readonly next?: { readonly [label: string]: readonly string[] };
  readonly more?: string;
}

/** A playbook with these tasks; the first is where it starts. */
function playbook(tasks: { readonly [id: string]: Task }, name = 'Contain a host'): string {
  const lines = Object.entries(tasks).flatMap(([id, { type, name: title = '', script, next = {}, more = '' }]) => [
    `  "${id}":`,
    `    id: "${id}"`,
    '    taskid: 00000000-0000-4000-8000-000000000000',
    `    type: ${type}`,
    '    task:',
    `      name: ${JSON.stringify(title)}`,
    ...(script === undefined
      ? ['      iscommand: false']
      : [`      ${type === 'playbook' ? 'playbookName' : 'script'}: ${JSON.stringify(script)}`]),
    ...(Object.keys(next).length === 0
      ? []
      : [
          '    nexttasks:',
          ...Object.entries(next).map(([label, to]) => `      "${label}": [${to.map((one) => `"${one}"`).join(', ')}]`),
        ]),
    more,
  ]);
  return [`id: ${name}`, `name: ${name}`, `starttaskid: "${Object.keys(tasks)[0]}"`, 'tasks:', ...lines, ''].join('\n');
}

const START = { type: 'start', next: { '#none#': ['1'] } };
const ISOLATE = { type: 'regular', name: 'Isolate', script: '|||core-isolate-endpoint' };
const ASK = { type: 'condition', name: 'Isolate it?' };

describe('Reading Cortex XSOAR', () => {
  it('an act behind nothing but conditions of the machine is without a person', () => {
    const machine = {
      type: 'condition',
      name: 'Known?',
      next: { yes: ['2'], '#default#': ['2'] },
      more: '    conditions: [{ label: "yes", condition: [] }]',
    };
    assert.deepEqual(linesOf(playbook({ '0': START, '1': machine, '2': ISOLATE })), [
      '2 Isolate: core-isolate-endpoint (contain) autonomous violated, 0 → 1 Known? (yes)',
    ]);
  });

  it('an analyst’s yes is an approval, their no and the default are none', () => {
    const text = playbook({
      '0': START,
      '1': { ...ASK, next: { Yes: ['2'], No: ['3'], '#default#': ['4'] } },
      '2': ISOLATE,
      '3': { ...ISOLATE, name: 'All the same' },
      '4': { ...ISOLATE, name: 'By default' },
    });
    assert.deepEqual(linesOf(text), [
      '2 Isolate: core-isolate-endpoint (contain) approve proven, 0 → 1 Isolate it? (Yes)',
      '3 All the same: core-isolate-endpoint (contain) approve violated, 0 → 1 Isolate it? (No)',
      '4 By default: core-isolate-endpoint (contain) approve violated, 0 → 1 Isolate it? (#default#)',
    ]);
    assert.equal(
      reasonsOf(text).get('3 All the same'),
      'A path goes on to it although the answer at "1 Isolate it?" is no.',
    );
  });

  it('a question that goes on by itself once its time is over asks nobody on that path', () => {
    const more = '    message: { timings: { completeaftersla: true } }';
    assert.deepEqual(
      linesOf(
        playbook({
          '0': START,
          '1': { ...ASK, more, next: { Yes: ['3'], '#default#': ['2'] } },
          '2': ISOLATE,
          '3': { type: 'title' },
        }),
      ),
      ['2 Isolate: core-isolate-endpoint (contain) autonomous violated, 0 → 1 Isolate it? (#default#)'],
    );
  });

  it('a manual task is a person who decides nothing', () => {
    assert.deepEqual(
      linesOf(
        playbook({ '0': START, '1': { type: 'regular', name: 'Review', next: { '#none#': ['2'] } }, '2': ISOLATE }),
      ),
      ['2 Isolate: core-isolate-endpoint (contain) approve violated, 0 → 1 Review'],
    );
  });

  describe('the answer of a form', () => {
    const form = {
      type: 'collection',
      name: 'Which?',
      more: '    form: { title: Block what, questions: [] }',
      next: { '#none#': ['2'] },
    };
    const reading = (operator: string, value: string) => ({
      type: 'condition',
      name: 'Answered',
      next: { yes: ['3'], '#default#': ['4'] },
      more: `    conditions:\n    - label: "yes"\n      condition:\n      - - operator: ${operator}\n          left: { value: { simple: "Block what.Answers.0" }, iscontext: true }\n          right: { value: { simple: "${value}" } }`,
    });
    const rest = { '3': ISOLATE, '4': { type: 'title' } };

    it('is an approval where a condition reads it', () => {
      assert.match(
        linesOf(playbook({ '0': START, '1': form, '2': reading('isEqualString', 'Yes'), ...rest }))[0] ?? '',
        /approve proven/,
      );
      assert.match(
        linesOf(playbook({ '0': START, '1': form, '2': reading('isNotEmpty', ''), ...rest }))[0] ?? '',
        /approve proven/,
      );
    });

    it('is none where the condition asks for something else, or none does', () => {
      for (const operator of ['isNotEqualString', 'isEmpty']) {
        assert.match(
          linesOf(playbook({ '0': START, '1': form, '2': reading(operator, 'Yes'), ...rest }))[0] ?? '',
          /approve violated/,
        );
      }
      assert.match(
        linesOf(playbook({ '0': START, '1': form, '2': reading('isEqualString', 'No'), ...rest }))[0] ?? '',
        /approve violated/,
      );
      assert.match(linesOf(playbook({ '0': START, '1': form, '2': ISOLATE }))[0] ?? '', /approve violated/);
    });
  });

  it('an error path leaves a question behind that nobody answered', () => {
    const more = '    continueonerror: true\n    continueonerrortype: errorPath';
    assert.deepEqual(
      linesOf(
        playbook({
          '0': START,
          '1': { ...ASK, more, next: { Yes: ['3'], '#error#': ['2'] } },
          '2': ISOLATE,
          '3': { type: 'title' },
        }),
      ),
      ['2 Isolate: core-isolate-endpoint (contain) autonomous violated, 0 → 1 Isolate it? (failed)'],
    );
  });

  it('branches that run side by side do not wait for each other’s answer', () => {
    const text = playbook({
      '0': { type: 'start', next: { '#none#': ['1', '2'] } },
      '1': { ...ASK, next: { Yes: ['3'], No: ['4'] } },
      '2': { type: 'title', name: 'Meanwhile', next: { '#none#': ['3'] } },
      '3': ISOLATE,
      '4': { type: 'title' },
    });
    assert.deepEqual(linesOf(text), [
      '3 Isolate: core-isolate-endpoint (contain) autonomous violated, 0 → 2 Meanwhile',
    ]);
  });

  it('a playbook that is called counts as the caller’s, behind what was asked before', () => {
    const files = {
      'caller.yml': playbook(
        {
          '0': START,
          '1': { ...ASK, next: { Yes: ['2'], No: ['3'] } },
          '2': { type: 'playbook', script: 'Called' },
          '3': { type: 'title' },
        },
        'Caller',
      ),
      'called.yml': playbook({ '0': START, '1': ISOLATE }, 'Called'),
    };
    assert.deepEqual(linesOf(files), [
      '2/1 Isolate: core-isolate-endpoint (contain) approve proven, 0 → 1 Isolate it? (Yes) → 2 → 2/0',
    ]);
    assert.deepEqual(linesOf({ 'caller.yml': files['caller.yml'] }), [
      '2: * (unknown) approve unknown, 0 → 1 Isolate it? (Yes)',
    ]);
    const itself = playbook({ '0': START, '1': { type: 'playbook', script: 'Round' } }, 'Round');
    assert.match(reasonsOf(itself).get('1') ?? '', /leads back to a playbook that calls it/);
  });

  it('what it does not know is listed, with its place, and may do anything', () => {
    const text = playbook({ '0': START, '1': { type: 'telepathy', name: 'Think', next: { '#none#': ['9'] } } });
    assert.deepEqual(linesOf(text), ['1 Think: * (unknown) autonomous unknown, 0']);
    const [read] = readAll({ 'a.yml': text });
    assert.deepEqual(
      read?.notUnderstood.map(({ what, range }) => [what, text.slice(range.start, range.end)]),
      [['Task "1 Think" goes on to a task "9" that the playbook does not have.', '"9"']],
    );
  });

  it('nothing is proven of a file with faults', () => {
    const text = `${playbook({ '0': START, '1': { ...ASK, next: { Yes: ['2'] } }, '2': ISOLATE })}\nfaulty: "never closed\n`;
    assert.match(linesOf(text)[0] ?? '', /approve unknown/);
  });
});
