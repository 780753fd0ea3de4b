import assert from 'node:assert/strict';
import type { Fix, Problem } from '../problem.js';
import { fixAll, quickFixes } from './code-actions.js';
import { inSteps } from './fixtures.test.js';

describe('code actions', () => {
  const fix = (start: number, end: number, newText: string, safe: boolean): Fix => ({
    title: `Change to "${newText}"`,
    edits: [{ range: { start, end }, newText }],
    safe,
  });
  const problem = (start: number, end: number, ...fixes: Fix[]): Problem => ({
    rule: 'unknown-step',
    severity: 'error',
    range: { start, end },
    message: '',
    related: [],
    fixes,
  });

  it('offer the fix of a misspelt level, preferred because it is the only one', () => {
    const { source, offset } = inSteps('  - id: s\n    action: identity.suspend\n    autonomy: aprov|e\n');
    const [action, more] = quickFixes(source.problems, { start: offset, end: offset });
    assert.equal(more, undefined);
    assert.equal(action?.title, 'Change to "approve"');
    assert.equal(action?.preferred, true);
    assert.equal(action?.problems[0]?.rule, 'invalid-value');
  });

  it('offer nothing away from a problem', () => {
    assert.deepEqual(quickFixes([problem(5, 9, fix(5, 9, 'x', true))], { start: 12, end: 12 }), []);
  });

  it('prefer none of several', () => {
    const actions = quickFixes([problem(0, 3, fix(0, 3, 'a', false), fix(0, 3, 'b', false))], { start: 1, end: 1 });
    assert.deepEqual(
      actions.map((action) => [action.title, action.preferred]),
      [
        ['Change to "a"', false],
        ['Change to "b"', false],
      ],
    );
  });

  it('offer what may be done for every problem of a rule, once, where there are several', () => {
    const lowered = (start: number): Fix => ({ ...fix(start, start + 1, 'x', false), every: 'Lower them' });
    const found = [problem(0, 3, lowered(0), fix(2, 3, 'kept', false)), problem(5, 7, lowered(5)), problem(8, 9)];
    const titles = (start: number, end: number): readonly string[] =>
      quickFixes(found, { start, end }).map(({ title }) => title);
    assert.deepEqual(titles(1, 1), ['Change to "x"', 'Change to "kept"', 'Lower them (2)']);
    assert.deepEqual(titles(0, 9), ['Change to "x"', 'Change to "kept"', 'Change to "x"', 'Lower them (2)']);
    assert.deepEqual(titles(8, 9), []);
    const action = quickFixes(found, { start: 6, end: 6 })[1];
    assert.deepEqual(
      action?.edits.map(({ range }) => range.start),
      [0, 5],
    );
    assert.equal(action?.problems.length, 2);
    assert.deepEqual(quickFixes(found.slice(1), { start: 6, end: 6 }).length, 1);
  });

  it('fix everything that is safe at once, without overlaps', () => {
    const all = fixAll([
      problem(0, 3, fix(0, 3, 'a', true)),
      problem(2, 5, fix(2, 5, 'b', true)),
      problem(6, 7, fix(6, 7, 'c', false)),
      problem(8, 9, fix(8, 9, 'd', true)),
    ]);
    assert.deepEqual(
      all?.edits.map((edit) => edit.newText),
      ['a', 'd'],
    );
    assert.equal(all?.problems.length, 2);
  });

  it('have nothing to fix at once when nothing is safe', () => {
    assert.equal(fixAll([problem(0, 1, fix(0, 1, 'a', false))]), undefined);
  });
});
