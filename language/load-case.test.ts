import assert from 'node:assert/strict';
import type { FileHost } from './host.js';
import { loadCase } from './load-case.js';

const URI = 'file:///w/cases/a.case.yaml';
const HEAD = 'case: a\nplaybook: p\nalert: a.alert.json\n';

describe('the event data of a case', () => {
  const problemsOf = (events: string, host: FileHost): readonly string[] => {
    const text = `${HEAD}events:\n${events}`;
    return loadCase(URI, text, host)
      .problems.filter(({ range }) => range.start >= HEAD.length)
      .map(({ rule, range }) => `${rule} ${text.slice(range.start, range.end)}`);
  };
  const read = (): undefined => undefined;

  it('has to be there, whatever its size', () => {
    const host: FileHost = { read, exists: (uri) => uri === 'file:///w/events/big.jsonl' };
    assert.deepEqual(problemsOf('  one: ../events/big.jsonl\n', host), []);
    assert.deepEqual(problemsOf('  one: ../events/bg.jsonl\n', host), ['file-not-found ../events/bg.jsonl']);
  });

  it('is asked for as text where a host can only read', () => {
    const host: FileHost = { read: (uri) => (uri.endsWith('/a.csv') ? 'a,b\n' : undefined) };
    assert.deepEqual(problemsOf('  one: a.csv\n  two: b.csv\n', host), ['file-not-found b.csv']);
  });

  it('is named for what SQL can call a table, and is JSON or CSV', () => {
    const host: FileHost = { read, exists: () => true };
    for (const [events, rule] of [
      ['  Sign-Ins: a.csv\n', 'invalid-value'],
      ['  sqlite_x: a.csv\n', 'invalid-value'],
      ['  signins: a.xlsx\n', 'invalid-value'],
    ] as const) {
      const [problem] = problemsOf(events, host);
      assert.match(problem ?? '', /^(invalid-|unknown-)/, `${events} ${rule}`);
    }
  });

  it('is what a change of concerns the case', () => {
    const host: FileHost = { read, exists: () => true };
    const { dependencies } = loadCase(URI, `${HEAD}events: { one: ../events/a.csv }\n`, host);
    assert.ok(dependencies.includes('file:///w/events/a.csv'));
  });
});
