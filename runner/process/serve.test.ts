import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { AssistantParams, AssistantReply } from '../protocol/assistant.js';
import { METHODS, type RedTeamReply, type RunParams, type RunReply } from '../protocol/messages.js';
import { randomIds, systemClock, systemRandom } from '../system.js';
import { serve } from './serve.js';

const LIBRARY = fileURLToPath(new URL('../../../playbooks', import.meta.url));

describe('the runner process', () => {
  let folder: string;
  let editor: MessageConnection;
  let served: Promise<void>;
  let toRunner: PassThrough;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-serve-'));
    cpSync(LIBRARY, folder, { recursive: true });
    toRunner = new PassThrough();
    const fromRunner = new PassThrough();
    served = serve({
      ...{ input: toRunner, output: fromRunner },
      ...{ clock: systemClock, ids: randomIds, random: systemRandom },
    });
    editor = createMessageConnection(new StreamMessageReader(fromRunner), new StreamMessageWriter(toRunner));
    editor.onRequest(METHODS.approve, () => assert.fail('the editor was asked'));
    editor.listen();
  });
  afterEach(async () => {
    toRunner.end();
    await served;
    editor.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const params = (sample: string): RunParams => ({
    playbook: path.join(folder, 'phishing-triage.playbook.yaml'),
    case: path.join(folder, 'cases', sample),
    trace: path.join(folder, 'traces/one.trace.jsonl'),
    model: 'rehearsal',
    user: 'tester',
    approvals: 'case',
  });

  it('lets the case answer for people, and says where what it expected is written', async () => {
    const file = path.join(folder, 'cases/wrong.case.yaml');
    copyFileSync(path.join(folder, 'cases/credential-phish.case.yaml'), file);
    const text = readFileSync(file, 'utf8').replace(/^ {2}verdict: malicious$/m, '  verdict: benign');
    writeFileSync(file, text);
    const reply: RunReply = await editor.sendRequest(METHODS.run, params('wrong.case.yaml'));
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    assert.equal(reply.result.outcome, 'completed');
    const line = text.split('\n').indexOf('  verdict: benign');
    assert.deepEqual(reply.result.unmet, [
      {
        message: 'The verdict was to be "benign" and is "malicious".',
        expected: 'benign',
        actual: 'malicious',
        place: { file, line, character: '  verdict: '.length },
      },
    ]);
  });

  it('refuses a run whose approvals nobody knows', async () => {
    const asked = { ...params('credential-phish.case.yaml'), approvals: 'all' };
    await assert.rejects(editor.sendRequest(METHODS.run, asked), /other parameters/);
  });

  it('answers a language model of the chat, and asks nobody for it', async () => {
    const asked: AssistantParams = {
      tool: 'countersign_dry_run',
      input: { playbook: 'phishing-triage.playbook.yaml', case: 'cases/credential-phish.case.yaml' },
      ...{ folders: [folder], traces: [path.join(folder, 'traces')], unsaved: [] },
      ...{ trusted: true, user: 'tester', personal: 'keep' },
    };
    const reply: AssistantReply = await editor.sendRequest(METHODS.assist, asked);
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    assert.equal(JSON.parse(reply.text).outcome, 'completed');
    const without: AssistantReply = await editor.sendRequest(METHODS.assist, {
      ...asked,
      input: { playbook: 'phishing-triage.playbook.yaml', case: 'cases/credential-phish.case.yaml', approvals: 'deny' },
    });
    const { acts } = JSON.parse(without.ok ? without.text : '{}');
    assert.ok(acts.every((act: { readonly approvedBy: readonly string[] }) => act.approvedBy.length === 0));
    for (const wrong of [{ ...asked, folders: 'all' }, { ...asked, trusted: 1 }, { ...asked, unsaved: [1] }, null])
      await assert.rejects(editor.sendRequest(METHODS.assist, wrong), /other parameters/);
  });

  it('ends what a language model asked for when the editor cancels it', async () => {
    const asked = {
      tool: 'countersign_dry_run',
      input: { playbook: 'phishing-triage.playbook.yaml', case: 'cases/credential-phish.case.yaml' },
      ...{ folders: [folder], traces: [path.join(folder, 'traces')], unsaved: [] },
      ...{ trusted: true, user: 'tester', personal: 'keep' },
    };
    const stop = new CancellationTokenSource();
    const reply = editor.sendRequest<AssistantReply>(METHODS.assist, asked, stop.token);
    stop.cancel();
    const cancelled = await reply;
    assert.match(cancelled.ok ? cancelled.text : cancelled.message, /cancelled/);
  });

  it('puts an adversary over a case and stops when it is told to', async () => {
    const { playbook, case: sample, user } = params('credential-phish-refused.case.yaml');
    const stop = new CancellationTokenSource();
    const asked = editor.sendRequest<RedTeamReply>(METHODS.redTeam, { playbook, case: sample, user }, stop.token);
    stop.cancel();
    const cancelled = await asked;
    assert.ok(cancelled.ok, cancelled.ok ? '' : cancelled.message);
    const none: RedTeamReply = await editor.sendRequest(METHODS.redTeam, { playbook, case: '/none', user });
    assert.match(none.ok ? '' : none.message, /cannot be used/);
  });
});
