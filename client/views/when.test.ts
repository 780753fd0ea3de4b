import assert from 'node:assert/strict';
import { when } from './when.js';

describe('When a run was', () => {
  const now = new Date(2026, 10, 26, 12, 0);
  const said = (...at: readonly [number, number, number, number, number]): string => {
    const [year, month, day, hour, minute] = at;
    return when(new Date(year, month, day, hour, minute).toISOString(), now);
  };

  it('is said with the day and the year only where they are others', () => {
    assert.match(said(2026, 10, 26, 9, 41), /41/);
    assert.doesNotMatch(said(2026, 10, 26, 9, 41), /26/);
    assert.match(said(2026, 10, 25, 9, 41), /25/);
    assert.doesNotMatch(said(2026, 10, 25, 9, 41), /2026/);
    assert.match(said(2025, 10, 25, 9, 41), /2025/);
  });

  it('stays as it is where it is no time', () => {
    assert.equal(when('soon', now), 'soon');
    assert.equal(when('', now), '');
  });
});
