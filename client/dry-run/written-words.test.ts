import assert from 'node:assert/strict';
import { writtenWords } from './written-words.js';

describe('what is told of a case that was written', () => {
  const reply: Parameters<typeof writtenWords>[1] = {
    ok: true,
    path: '/x.case.yaml',
    text: '',
    outcome: 'completed',
    verdict: 'benign',
    reason: '',
    answers: 2,
    approvals: 0,
    tasks: 0,
    notes: [],
  };

  it('is how a run with it ends, that it is made up, and what is not in it', () => {
    assert.match(
      writtenWords('x.case.yaml', reply),
      /^x\.case\.yaml is written\. A dry run with it ends as completed, with the verdict "benign"; .* would say\.$/,
    );
    assert.match(writtenWords('x', { ...reply, verdict: null }), /ends as completed; all but/);
    const notes = ['"ask" has no approval.', 'Another.'];
    assert.match(writtenWords('x', { ...reply, notes }), /Not made up: "ask" has no approval\. \(and 1 more\)$/);
  });
});
