import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptedApprover } from '../approvers/scripted.js';
import { createModel } from '../models/index.js';
import type { ModelClient } from '../models/port.js';
import { runPlaybook } from '../run.js';
import { randomIds, systemClock, systemRandom } from '../system.js';
import { resumePlaybook } from './resume.js';

const LIBRARY = fileURLToPath(new URL('../../../playbooks', import.meta.url));
const SECRET = 'password=hunter2-hunter2';

const FILES = {
  'leak.tools.yaml': `catalog: leak
tools:
  mail.read:
    { description: Read., effect: read, reversible: true, idempotent: true, input: { id: { type: integer } }, output: { text: { type: string } } }
  case.note:
    { description: Note., effect: record, reversible: true, idempotent: false, input: { text: { type: string } }, output: {} }
`,
  'leak.playbook.yaml': `playbook: leak
version: 1.0.0
title: A message with a password
operating-model: ai-augmented
owner: tests
accountable: analyst
catalogs: [leak.tools.yaml]
policy: policies/default.policy.yaml
trigger: { class: detection_finding }
budget: { turns: 5, tokens: 50000, time: 10m }
steps:
  - { id: read, action: mail.read, with: { id: 1 } }
  - { id: note, action: case.note, with: { text: "\${{ steps.read.output.text }}" } }
  - id: ask
    agent: { goal: Look., tools: [{ use: case.note, max-calls: 3 }], output: { found: { type: boolean } } }
  - { id: last, action: case.note, with: { text: over } }
`,
  'leak.case.yaml': `case: leak
playbook: leak
alert: alerts/quiet-beacon.alert.json
answers:
  - { tool: mail.read, with: { id: 1 }, output: { text: "Use ${SECRET} for it." } }
`,
};

/** A model that proposes to note something and says nothing of it. */
const noting = (text: string): ModelClient => {
  let turns = 0;
  const usage = { inputTokens: 1, outputTokens: 1, usd: 0 };
  return {
    provider: 'test',
    id: 'test',
    ai: true,
    note: '',
    async complete() {
      const call = { id: 'c', tool: 'case.note', arguments: { text } };
      const calls = ++turns === 1 ? [call] : [];
      return {
        kind: 'ok',
        stopReason: turns === 1 ? 'tool-calls' : 'end',
        text: '',
        calls,
        output: turns === 1 ? undefined : { found: true },
        usage,
      };
    },
  };
};

describe('A run that broke off, whose trace had secrets replaced', () => {
  let folder: string;
  let trace: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-secrets-'));
    cpSync(LIBRARY, folder, { recursive: true });
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    trace = join(folder, 'traces/one.trace.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const common = {
    approver: scriptedApprover,
    clock: systemClock,
    ids: randomIds,
    user: 'tester',
    signal: new AbortController().signal,
  };
  /** A run without its lines from the last step on. */
  const broken = async (model: ModelClient): Promise<void> => {
    const paths = { playbookPath: join(folder, 'leak.playbook.yaml'), casePath: join(folder, 'leak.case.yaml') };
    const reply = await runPlaybook({ ...common, ...paths, tracePath: trace, model: () => ({ ok: true, model }) });
    assert.ok(reply.ok && reply.result.outcome === 'completed', JSON.stringify(reply));
    const lines = readFileSync(trace, 'utf8').split('\n');
    assert.ok(!lines.join('').includes('hunter2'));
    const last = lines.findIndex((line) => line.includes('"event":"step.entered"') && line.includes('"step":"last"'));
    writeFileSync(trace, `${lines.slice(0, last + 1).join('\n')}\n`);
  };
  const resume = () =>
    resumePlaybook({
      ...common,
      tracePath: trace,
      random: systemRandom,
      model: (sample) => createModel('rehearsal', { case: sample, clock: systemClock }),
    });

  it('goes on where the files of the run still say them', async () => {
    await broken(noting('nothing to hide'));
    const reply = await resume();
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    assert.equal(reply.result.outcome, 'completed');
    const text = readFileSync(trace, 'utf8');
    assert.ok(!text.includes('hunter2'));
    assert.equal(text.match(/"event":"executed"/g)?.length, 4);
  });

  it('does not where only a model said them, and says why', async () => {
    await broken(noting(SECRET));
    const reply = await resume();
    assert.match(reply.ok ? '' : reply.message, /a secret in it was replaced/);
  });
});
