import assert from 'node:assert/strict';
import { type Completion, complete } from './completion.js';
import { type Cursor, cursorIn } from './fixtures.test.js';
import { hover } from './hover.js';

describe('in a configuration', () => {
  const open = (marked: string): Cursor => cursorIn(marked, 'file:///soc/countersign.config.yaml');
  const items = ({ source, offset }: Cursor): Completion[] => complete(source, offset);
  const labels = (cursor: Cursor): string[] => items(cursor).map(({ label }) => label);

  it('its keys are offered', () => {
    assert.deepEqual(labels(open('|')).sort(), ['rules', 'suppressions']);
    assert.deepEqual(labels(open('suppressions:\n  - rule: missing-budget\n    |')).sort(), ['file', 'reason', 'step']);
  });

  it('rules are offered as keys, those already there left out, each with what it reports', () => {
    const offered = items(open('rules:\n  missing-undo: off\n  missing-b|\n'));
    const labels = offered.map(({ label }) => label);
    assert.ok(labels.includes('missing-budget') && !labels.includes('missing-undo'));
    const one = offered.find(({ label }) => label === 'missing-budget');
    assert.match(one?.documentation ?? '', /An agent has no budget/);
    assert.equal(one?.edit.newText, 'missing-budget: $0');
  });

  it('levels are offered with what they mean, and rules in suppressions', () => {
    const levels = items(open('rules:\n  missing-undo: |\n'));
    assert.deepEqual(
      levels.map(({ label }) => label),
      ['error', 'warning', 'information', 'off'],
    );
    assert.match(levels[3]?.documentation ?? '', /What stops a run still stops it/);
    assert.ok(labels(open('suppressions:\n  - rule: |\n')).includes('ungated-act'));
  });

  it('files to suppress in are offered, relative to it', () => {
    const { source, offset } = open('suppressions:\n  - rule: missing-budget\n    file: |\n');
    const files = ['file:///soc/a/x.playbook.yaml', 'file:///soc/y.tools.yaml', 'file:///soc/z.json'];
    const listFiles = (suffix: string): string[] => files.filter((uri) => uri.endsWith(suffix));
    assert.deepEqual(
      complete(source, offset, { listFiles }).map(({ label }) => label),
      ['a/x.playbook.yaml', 'y.tools.yaml'],
    );
  });

  it('a rule is explained where it is named, and so are keys', () => {
    const said = (marked: string): string => {
      const { source, offset } = open(marked);
      return hover(source, offset)?.markdown ?? '';
    };
    assert.match(said('rules:\n  missing-bud|get: off\n'), /^\*\*missing-budget\*\* \(bounds, warning\)/);
    assert.match(said('suppressions:\n  - rule: ungated|-act\n'), /^\*\*ungated-act\*\*/);
    assert.match(said('suppressions:\n  - rule: ungated-act\n    rea|son: x\n'), /Why this is acceptable here/);
  });
});
