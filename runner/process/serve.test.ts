import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import type { FeedbackParams, FeedbackReply } from '../protocol/feedback.js';
import { METHODS, type RedTeamReply, type RunParams, type RunReply } from '../protocol/messages.js';
import type { NewCaseReply } from '../protocol/new-case.js';
import type { PolicyTestsReply } from '../protocol/policy-tests.js';
import { randomIds, systemClock, systemRandom } from '../system.js';
import { serve } from './serve.js';

const SERVER = fileURLToPath(new URL('../tools/live/test-server.test.js', import.meta.url));
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

  it('judges tests of policies: what failed with what decided, what has errors, and what is exercised', async () => {
    const own = path.join(folder, 'policies/default.policy.test.yaml');
    const wrong = path.join(folder, 'policies/wrong.policy.test.yaml');
    const broken = path.join(folder, 'policies/broken.policy.test.yaml');
    const head = 'policy-test: wrong\npolicy: default.policy.yaml\ncatalogs: [../catalogs/edr.tools.yaml]\ntests:\n';
    const test = '  - { title: Alone, tool: edr.isolate, expect: { outcome: allowed } }\n';
    writeFileSync(wrong, head + test);
    writeFileSync(broken, head.replace('edr', 'none') + test);
    const gone = path.join(folder, 'gone.policy.test.yaml');
    const reply: PolicyTestsReply = await editor.sendRequest(METHODS.policyTests, {
      files: [own, wrong, broken, gone],
    });
    assert.deepEqual(
      reply.files.map(({ file, problems, tests }) => [
        path.basename(file),
        problems.length > 0,
        tests.filter(({ failures }) => failures.length > 0).map(({ title }) => title),
      ]),
      [
        ['default.policy.test.yaml', false, []],
        ['wrong.policy.test.yaml', false, ['Alone']],
        ['broken.policy.test.yaml', true, []],
        ['gone.policy.test.yaml', true, []],
      ],
    );
    const [failure] = reply.files[1]?.tests[0]?.failures ?? [];
    assert.match(failure?.message ?? '', /^Outcome is needs-approval, expected allowed: /);
    assert.deepEqual(failure?.place, { file: wrong, line: 4, character: test.indexOf('allowed') });
    const policy = path.join(folder, 'policies/default.policy.yaml');
    assert.deepEqual(
      failure?.decidedBy.map(({ place }) => place.file),
      [policy],
    );
    assert.deepEqual(
      reply.policies.map(({ file }) => file),
      [policy],
    );
    assert.ok(reply.policies[0]?.parts.every(({ exercised }) => exercised));
    await assert.rejects(editor.sendRequest(METHODS.policyTests, { files: own }), /other parameters/);
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

  it('goes on with a run that had live servers only with those it is given again', async () => {
    const at = (name: string): string => path.join(folder, name);
    writeFileSync(
      at('siem.tools.yaml'),
      `catalog: siem
tools:
  siem.search:
    { description: Search., effect: read, reversible: true, idempotent: true, input: { query: { type: string } }, output: { found: { type: integer }, note: { type: string } }, backend: { mcp: { server: siem, tool: search } } }
`,
    );
    writeFileSync(
      at('siem.playbook.yaml'),
      `playbook: siem
version: 1.0.0
title: Ask a server
operating-model: tool-assisted
owner: tests
accountable: analyst
catalogs: [siem.tools.yaml]
policy: policies/default.policy.yaml
trigger: { class: detection_finding }
steps:
  - { id: first, action: siem.search, with: { query: structured } }
  - { id: second, action: siem.search, with: { query: text } }
`,
    );
    writeFileSync(at('siem.case.yaml'), 'case: siem\nplaybook: siem\nalert: alerts/quiet-beacon.alert.json\n');
    const command = JSON.stringify([process.execPath, SERVER, 'honest']);
    writeFileSync(at('servers.yaml'), `servers: { siem: { command: ${command} } }\n`);
    const trace = at('traces/one.trace.jsonl');
    const sources = (): readonly string[] =>
      readFileSync(trace, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .flatMap(({ event, data }) => (event === 'executed' ? [data.source] : []));
    const asked = {
      ...params(''),
      playbook: at('siem.playbook.yaml'),
      case: at('siem.case.yaml'),
      live: at('servers.yaml'),
    };
    const ran: RunReply = await editor.sendRequest(METHODS.run, asked);
    assert.ok(ran.ok, ran.ok ? '' : ran.message);
    assert.deepEqual(sources(), ['mcp:siem', 'mcp:siem']);
    const lines = readFileSync(trace, 'utf8').split('\n');
    const second = lines.findLastIndex((line) => line.includes('"event":"step.entered"'));
    writeFileSync(trace, `${lines.slice(0, second + 1).join('\n')}\n`);
    const without: RunReply = await editor.sendRequest(METHODS.resume, { trace, user: 'tester' });
    assert.match(without.ok ? '' : without.message, /live servers/);
    assert.deepEqual(sources(), ['mcp:siem']);
    await assert.rejects(editor.sendRequest(METHODS.resume, { trace, user: 'tester', live: 7 }), /other parameters/);
    const resumed: RunReply = await editor.sendRequest(METHODS.resume, {
      trace,
      user: 'tester',
      live: at('servers.yaml'),
    });
    assert.ok(resumed.ok, resumed.ok ? '' : resumed.message);
    assert.deepEqual(sources(), ['mcp:siem', 'mcp:siem']);
  });

  it('makes a case of what people decided: shows it first, and writes it for whoever saw that very content', async () => {
    const asked = params('credential-phish-refused.case.yaml');
    await editor.sendRequest(METHODS.run, asked);
    const out = path.join(folder, 'cases/learnt.case.yaml');
    const feedback = { trace: asked.trace, roots: [folder], out };
    const ask = (more: Partial<FeedbackParams> = {}): Promise<FeedbackReply> =>
      editor.sendRequest(METHODS.feedback, { ...feedback, ...more });
    const shown = await ask();
    assert.ok(shown.ok, shown.ok ? '' : shown.message);
    assert.deepEqual([shown.case, shown.files], [out, []]);
    assert.deepEqual(
      shown.shown.map(({ name }) => name),
      ['learnt.case.yaml', 'learnt.alert.json'],
    );
    assert.ok(shown.values.some(({ value }) => value === 't.alder') && shown.shown[1]?.text.includes('t.alder'));
    const stale = await ask({ save: { how: 'seen', code: '000000000000' } });
    assert.ok(stale.ok && stale.stale && stale.files.length === 0);
    assert.ok(!existsSync(out));
    const saved = await ask({ save: { how: 'seen', code: shown.code } });
    assert.deepEqual(saved.ok && saved.files, [out, path.join(folder, 'cases/learnt.alert.json')]);
    assert.equal(readFileSync(path.join(folder, 'cases/learnt.alert.json'), 'utf8'), shown.shown[1]?.text);
    const again = await ask({ save: { how: 'pseudonymized' } });
    assert.match(again.ok ? '' : again.message, /never written over/);
    for (const wrong of [
      { roots: folder },
      { truth: 'odd' },
      { save: { how: 'seen' } },
      { verdict: { value: 'benign' } },
    ])
      await assert.rejects(editor.sendRequest(METHODS.feedback, { ...feedback, ...wrong }), /other parameters/);
  });

  it('writes a case to begin with beside its alert, and replaces none', async () => {
    const alert = path.join(folder, 'alerts/newsletter.alert.json');
    const asked = { playbook: path.join(folder, 'phishing-triage.playbook.yaml'), alert, user: 'tester' };
    const reply: NewCaseReply = await editor.sendRequest(METHODS.newCase, asked);
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    assert.equal(reply.path, path.join(folder, 'alerts/newsletter.case.yaml'));
    assert.equal(readFileSync(reply.path, 'utf8'), reply.text);
    const again: NewCaseReply = await editor.sendRequest(METHODS.newCase, asked);
    assert.match(again.ok ? '' : again.message, /never written over/);
    const trace = path.join(folder, 'traces/first.trace.jsonl');
    const ran: RunReply = await editor.sendRequest(METHODS.run, {
      ...{ playbook: asked.playbook, case: reply.path, trace, model: 'rehearsal', user: 'tester', approvals: 'case' },
    });
    assert.deepEqual([ran.ok && ran.result.outcome, ran.ok && ran.result.verdict], [reply.outcome, reply.verdict]);
    for (const wrong of [{ ...asked, out: 1 }, { playbook: asked.playbook, alert }, null])
      await assert.rejects(editor.sendRequest(METHODS.newCase, wrong), /other parameters/);
  });

  it('says what an adversary tried in a run, and what of it ran without authority', async () => {
    const asked = { ...params('credential-phish.case.yaml'), model: 'adversary' };
    const reply: RunReply = await editor.sendRequest(METHODS.run, asked);
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    const { attempts = 0, ...rest } = reply.adversary ?? {};
    assert.ok(attempts > 0);
    assert.deepEqual(rest, { unauthorized: 0, untold: 0 });
    const other = { ...params('credential-phish.case.yaml'), trace: path.join(folder, 'traces/two.trace.jsonl') };
    const plain: RunReply = await editor.sendRequest(METHODS.run, other);
    assert.equal(plain.ok && plain.adversary, undefined);
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
