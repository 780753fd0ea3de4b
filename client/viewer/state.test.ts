import assert from 'node:assert/strict';
import type { TaskRequest } from '../../runner/protocol/messages.js';
import { filtered, lineOfRow, receive, rowCount, rowOfLine, startState } from './state.js';
import { INTACT, smallTrace } from './testing/sample-trace.test.js';

const TASK: TaskRequest = {
  run: 'r',
  step: 's',
  title: 'Call',
  task: 'Call',
  role: 'analyst',
  people: [],
  fields: null,
  call: null,
};
const lines = smallTrace();

describe('What the viewer shows', () => {
  it('keeps saying that one of two traces cannot be read, whatever comes of the other', () => {
    const side = { type: 'compare', side: 'b', name: 'b', lines, verification: INTACT } as const;
    const failed = receive(startState(true), { type: 'error', message: 'a cannot be read' });
    assert.equal(receive(failed, side).phase, 'error');
  });

  it('grows with a running trace, the filter going along', () => {
    let state = receive(startState(true), {
      type: 'open',
      lines: lines.slice(0, 5),
      verification: null,
      live: true,
      name: 'a',
    });
    state = filtered(state, { chip: 'denied', search: '' });
    assert.equal(rowCount(state), 0);
    state = receive(state, { type: 'append', lines: lines.slice(5) });
    assert.deepEqual(state.rows, [9]);
    assert.equal(state.story.closed?.outcome, 'completed');
    state = receive(state, { type: 'verified', verification: INTACT });
    assert.equal(state.live, false);
    assert.equal(state.announcement, 'The run ended: completed.');
  });

  it('finds the row of a line and the line of a row', () => {
    const open = receive(startState(true), { type: 'open', lines, verification: INTACT, live: false, name: 'a' });
    const state = filtered(open, { chip: 'tools', search: '' });
    const rows = state.rows ?? [];
    assert.ok(rows.length > 3);
    for (const [row, line] of rows.entries()) {
      assert.equal(rowOfLine(state, line), row);
      assert.equal(lineOfRow(state, row), line);
    }
    assert.equal(rowOfLine(state, 0), -1);
    assert.equal(rowOfLine(open, 3), 3);
    assert.equal(rowOfLine(open, 999), -1);
  });

  it('keeps the selected event only while it is shown', () => {
    const open = receive(startState(true), { type: 'open', lines, verification: INTACT, live: false, name: 'a' });
    const selected = { ...open, selected: 9, details: true };
    assert.equal(filtered(selected, { chip: 'denied', search: '' }).selected, 9);
    assert.deepEqual(
      [filtered(selected, { chip: 'model', search: '' })].map(({ selected, details }) => [selected, details]),
      [[null, false]],
    );
  });

  it('asks each question once, until it is withdrawn', () => {
    const ask = { type: 'task', ask: 'a', request: TASK, user: 'me' } as const;
    let state = receive(receive(startState(true), ask), ask);
    assert.equal(state.questions.length, 1);
    state = receive(state, { type: 'withdrawn', ask: 'other' });
    assert.equal(state.questions.length, 1);
    assert.equal(receive(state, { type: 'withdrawn', ask: 'a' }).questions.length, 0);
    assert.equal(receive(state, { type: 'error', message: 'gone' }).questions.length, 0);
  });
});
