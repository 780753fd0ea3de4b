import assert from 'node:assert/strict';
import { fieldsOf, fillIn } from './fields.js';

const SCHEMA = {
  type: 'object',
  required: ['answer', 'when'],
  properties: {
    answer: { enum: ['yes', 'no', 3] },
    when: { type: 'string', title: 'When', description: 'As said by the user' },
    count: { type: 'integer' },
    share: { type: 'number' },
    sure: { type: 'boolean' },
    hosts: { type: 'array', items: { type: 'string' } },
    other: { type: 'object' },
  },
};

function fill(typed: Readonly<Record<string, string>>) {
  return fillIn(fieldsOf(SCHEMA), (name) => typed[name] ?? '');
}

describe('The fields of a task', () => {
  it('come from its schema', () => {
    assert.deepEqual(
      fieldsOf(SCHEMA).map(({ name, label, required, input }) => [name, label, required, input.kind]),
      [
        ['answer', 'answer', true, 'choice'],
        ['when', 'When', true, 'text'],
        ['count', 'count', false, 'integer'],
        ['share', 'share', false, 'number'],
        ['sure', 'sure', false, 'boolean'],
        ['hosts', 'hosts', false, 'lines'],
        ['other', 'other', false, 'json'],
      ],
    );
    assert.deepEqual(fieldsOf(null), []);
    assert.deepEqual(fieldsOf([1]), []);
  });

  it('become values of their types', () => {
    const filled = fill({
      answer: '2',
      when: 'noon',
      count: '4',
      share: '0.5',
      sure: 'no',
      hosts: ' a \n\nb',
      other: '{"x":[1]}',
    });
    assert.deepEqual(filled, {
      ok: true,
      output: { answer: 3, when: 'noon', count: 4, share: 0.5, sure: false, hosts: ['a', 'b'], other: { x: [1] } },
    });
  });

  it('are left out when empty, unless needed', () => {
    assert.deepEqual(fill({ answer: '0', when: 'now' }), { ok: true, output: { answer: 'yes', when: 'now' } });
    assert.deepEqual(fill({ when: '  ' }), {
      ok: false,
      problems: [
        { field: 'answer', message: 'answer is needed.' },
        { field: 'when', message: 'When is needed.' },
      ],
    });
  });

  it('say what does not fit', () => {
    const filled = fill({ answer: '9', when: 'x', count: '1.5', share: 'much', sure: 'maybe', other: '{' });
    assert.deepEqual(filled.ok ? [] : filled.problems.map(({ field }) => field), [
      'answer',
      'count',
      'share',
      'sure',
      'other',
    ]);
  });
});
