import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomIds, runPlaybook, scriptedApprover, systemClock, type TraceLine } from '../runner/index.js';
import { recordingModel } from '../runner/models/record.js';
import { rehearsalModel } from '../runner/models/rehearsal/rehearsal.js';
import { repository } from './platform/repository.js';

const PROGRAM = process.env.COUNTERSIGN_CLI ?? fileURLToPath(new URL('../cli/main.js', import.meta.url));
const PLAYBOOK = path.join(repository, 'playbooks/phishing-triage.playbook.yaml');
const CASE = path.join(repository, 'playbooks/cases/credential-phish.case.yaml');

describe('countersign run --model replay', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-replay-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('goes the way of the run that was recorded', async () => {
    const recording = path.join(folder, 'one.exchange.jsonl');
    const reply = await runPlaybook({
      playbookPath: PLAYBOOK,
      casePath: CASE,
      tracePath: path.join(folder, 'recorded.trace.jsonl'),
      model: () => ({ ok: true, model: recordingModel(rehearsalModel(), recording, systemClock) }),
      approver: scriptedApprover,
      clock: systemClock,
      ids: randomIds,
      user: 'tester',
      signal: new AbortController().signal,
    });
    assert.ok(reply.ok);
    const replayed = path.join(folder, 'replayed.trace.jsonl');
    const words = ['run', PLAYBOOK, '--case', CASE, '--model', 'replay', '--recording', recording, '--trace', replayed];
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /Model {5}rehearsal: 3 turns/);
    assert.ok(!stderr.includes('sent to Anthropic'));
    assert.deepEqual(story(replayed), story(reply.result.trace));
  });
});

/** What happened: without times, what belongs to one run, and the first and last line. */
function story(trace: string): readonly unknown[] {
  const lines: TraceLine[] = readFileSync(trace, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines.slice(1).map(({ event, step, actor, data }) => {
    const { permit: _, elapsedMs: __, ...rest } = data as { permit?: string; elapsedMs?: number };
    return { event, step, actor, data: rest };
  });
}
