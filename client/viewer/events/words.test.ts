import assert from 'node:assert/strict';
import type { TraceLine } from '../../../runner/protocol/trace.js';
import { CY, opened, SampleTrace, smallTrace } from '../testing/sample-trace.test.js';
import { Story } from './story.js';
import { wordsFor } from './words.js';

function read(lines: readonly TraceLine[]): readonly string[] {
  const story = new Story();
  story.append(lines);
  return lines.map((line, index) => {
    const { text, note } = wordsFor(line, story);
    return `${'  '.repeat(story.depths.at(index))}${text}${note === '' ? '' : ` | ${note}`}`;
  });
}

describe('An event in plain words', () => {
  it('reads as a story, indented by step', () => {
    assert.deepEqual(read(smallTrace()), [
      'Dry run of phishing-triage 1.2.0 | case credential-phish, by ana@soc.example',
      'Investigate the reported message | agent',
      '  Asked the stand-in (not AI), turn 1 | 1 message, 2 tools offered',
      '  Stand-in (not AI) wants mail.search | I look for other recipients.',
      '  Agent proposed mail.search | {"subject":"Invoice overdue","days":7}',
      '  Allowed mail.search | granted to this step, reads only',
      '  About to call mail.search',
      '  mail.search answered | recorded answer of the case',
      '  Agent proposed case.close | on case-77',
      '  Denied case.close | not granted to this step',
      '  Stand-in (not AI) answered | Credential phishing sent to two people; one clicked.',
      '  Budget of step investigate | 2 turns, 3620 tokens',
      '  Step done',
      'Route by verdict | switch',
      '  Took malicious | steps.investigate.output.verdict is malicious',
      '  Approve containment | gate, the case "malicious" of route',
      '    Asked for approval of 1 call | Quarantine the message in 2 mailboxes?',
      '    Approved by cy@soc.example (locally-asserted) as incident-commander | confirmed with the user',
      '    Approval complete | 1 of 1 approved',
      '    Gate passed',
      '  Quarantine the message | action',
      '    Playbook proposed mail.quarantine | on <20260303.881@examp1e-login.example>',
      '    Allowed mail.quarantine | approved by cy@soc.example at approve_containment',
      '    About to simulate mail.quarantine',
      '    Would have run mail.quarantine on <20260303.881@examp1e-login.example> (simulated)',
      '    Step done',
      '  Skipped hand_over | the gate was approved',
      '  Step done',
      'Run completed, verdict malicious | Every step ran.',
    ]);
  });

  it('never calls a stand-in a model, and a model a stand-in', () => {
    const response = {
      turn: 1,
      stopReason: 'end',
      text: '',
      calls: [],
      usage: { turns: 1, inputTokens: 1, outputTokens: 1, usd: 0 },
    };
    const [line] = opened(new SampleTrace()).lines;
    assert.ok(line?.event === 'run.opened');
    const ai = { ...line, data: { ...line.data, model: { ...line.data.model, ai: true } } };
    const answer = new SampleTrace().add('model.response', 'x', response).lines;
    assert.equal(read([ai, ...answer])[1], 'Model answered');
    assert.equal(read([line, ...answer])[1], 'Stand-in (not AI) answered');
    assert.equal(read(answer)[0], 'Stand-in (not AI) answered', 'unknown counts as not AI');
  });

  it('says plainly that nobody approved', () => {
    const closed = { gate: 'g', approvedBy: [], because: '15 minutes passed' };
    const trace = new SampleTrace()
      .add('decided', 'g', { gate: 'g', decision: 'reject', reason: 'no evidence', calls: [] }, CY)
      .add('gate.closed', 'g', { ...closed, outcome: 'timed-out' })
      .add('gate.closed', 'g', { ...closed, outcome: 'unsatisfied' })
      .add('task.done', 't', { output: {}, performed: false }, CY);
    assert.deepEqual(read(trace.lines), [
      'Rejected by cy@soc.example (locally-asserted) | no evidence',
      'Not approved: nobody answered in time | 15 minutes passed',
      'Not approved: nobody can approve this | 15 minutes passed',
      'Task not done, says cy@soc.example (locally-asserted)',
    ]);
  });

  it('makes hidden characters visible and cuts what no row can hold', () => {
    const trace = new SampleTrace().add('step.skipped', 'x', {
      kind: 'action',
      because: `a\u202Eb\n${'y'.repeat(9999)}`,
      place: { file: '', line: 0, character: 0 },
    });
    const [text] = read(trace.lines);
    assert.match(text ?? '', /a⟨U\+202E⟩b⏎y+…$/);
    assert.ok((text ?? '').length < 500);
  });

  it('tells the rounds of a loop, branches beside each other and calls apart', () => {
    const place = { file: 'p', line: 0, character: 0 };
    const entered = (kind: string, within?: string, branch?: string) => ({
      kind,
      title: '',
      because: '',
      place,
      ...(within === undefined ? {} : { within }),
      ...(branch === undefined ? {} : { branch }),
    });
    const left = { outcome: 'ok', output: null, error: null, handler: null } as const;
    const cut = { ...left, outcome: 'stopped', error: 'The branch "mail" was through first.' } as const;
    const trace = new SampleTrace()
      .add('step.entered', 'each', entered('for-each'))
      .add('iteration', 'each', { index: 0, of: 2, item: 'mallory' })
      .add('step.entered', 'look', entered('action', 'each'))
      .add('retry', 'look', { attempt: 2, of: 3, delayMs: 10_000, because: 'It was busy.' })
      .add('step.left', 'look', left)
      .add('iteration', 'each', { index: 1, of: 2, item: 'trent' })
      .add('step.left', 'each', left)
      .add('step.entered', 'both', entered('parallel'))
      .add('step.entered', 'one', entered('if', 'both', 'mail'))
      .add('step.entered', 'two', entered('call', 'both', 'identity'))
      .add('called', 'two', { playbook: 'contain', version: '1.0.0', file: 'c', inputs: { user: 'mallory' } })
      .add('step.entered', 'one_deep', entered('action', 'one'))
      .add('step.entered', 'two/ask', entered('gate', 'two'))
      .add('step.left', 'one_deep', left)
      .add('step.left', 'one', left)
      .add('gate.closed', 'two/ask', { gate: 'two/ask', outcome: 'withdrawn', approvedBy: [], because: 'why' })
      .add('step.left', 'two/ask', cut)
      .add('step.left', 'two', cut)
      .add('joined', 'both', { join: 'any', through: ['mail'], stopped: ['identity'] })
      .add('step.left', 'both', left);
    assert.deepEqual(read(trace.lines), [
      'each | for-each',
      '  Round 1 of 2 | mallory',
      '  look | action',
      '    Tried again after 10 s, attempt 2 of 3 | It was busy.',
      '    Step done',
      '  Round 2 of 2 | trent',
      '  Step done',
      'both | parallel',
      '  one | if, branch mail',
      '  two | call, branch identity',
      '    Went into contain 1.0.0 | with {"user":"mallory"}',
      '    one_deep | action',
      '    two/ask | gate',
      '      Step done',
      '    Step done',
      '      The question was withdrawn | why',
      '      Ended here | The branch "mail" was through first.',
      '    Ended here | The branch "mail" was through first.',
      '  Came to the end: mail | stopped before: identity',
      '  Step done',
    ]);
  });

  it('shows with an answer what was asked, also when the gate asked again later', () => {
    const ask = (text: string) => ({
      gate: 'g',
      ask: text,
      evidence: [],
      calls: [],
      roles: ['analyst'],
      approvers: [],
      quorum: 1,
      timeoutMs: null,
    });
    const { lines } = new SampleTrace()
      .add('gate.opened', 'g', ask('First?'))
      .add('decided', 'g', { gate: 'g', decision: 'approve', reason: '', calls: [] }, CY)
      .add('gate.opened', 'g', ask('Second?'))
      .add('decided', 'g', { gate: 'g', decision: 'approve', reason: '', calls: [] }, CY);
    const story = new Story();
    story.append(lines);
    assert.deepEqual(
      lines.flatMap(({ event, seq }) => (event === 'decided' ? [story.askedBefore(seq, 'g')?.ask] : [])),
      ['First?', 'Second?'],
    );
  });

  it('keeps reading after steps that were never left', () => {
    const place = { file: 'p', line: 0, character: 0 };
    const entered = { kind: 'action', title: '', because: '', place };
    const left = { outcome: 'ok', output: null, error: null, handler: null } as const;
    const trace = new SampleTrace()
      .add('step.entered', 'a', entered)
      .add('step.entered', 'b', entered)
      .add('step.left', 'a', left)
      .add('step.left', 'nowhere', left)
      .add('step.entered', 'c', entered);
    assert.deepEqual(read(trace.lines), ['a | action', '  b | action', '  Step done', 'Step done', 'c | action']);
  });
});
