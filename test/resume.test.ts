import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createModel,
  denyingApprover,
  randomIds,
  resumePlaybook,
  runPlaybook,
  scriptedApprover,
  systemClock,
  systemRandom,
  type TraceLine,
  verifyTrace,
} from '../runner/index.js';
import { sideFiles } from '../runner/trace/side-files.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PLAYBOOK = path.join(ROOT, 'playbooks/endpoint-malware.playbook.yaml');
const CASE = path.join(ROOT, 'playbooks/cases/loader-one-approver.case.yaml');
const RUNNER = pathToFileURL(path.join(import.meta.dirname, '../runner/index.js')).href;

/** A run that kills its own process with SIGKILL once the line of that number is written. */
const KILLED = `
  const { createModel, randomIds, runPlaybook, scriptedApprover, systemClock } = await import(process.argv[1]);
  const [, , playbookPath, casePath, tracePath, at] = process.argv;
  await runPlaybook({
    playbookPath, casePath, tracePath,
    model: (sample) => createModel('rehearsal', { case: sample, clock: systemClock }),
    approver: (sample) => scriptedApprover(sample),
    clock: systemClock, ids: randomIds, user: 'tester', signal: new AbortController().signal,
    onEvent: (line) => { if (line.seq === Number(at)) process.kill(process.pid, 'SIGKILL'); },
  });
`;

const common = {
  clock: systemClock,
  ids: randomIds,
  random: systemRandom,
  user: 'tester',
  signal: new AbortController().signal,
} as const;

const linesOf = (file: string): readonly TraceLine[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): TraceLine => JSON.parse(line));

const decisionsIn = (lines: readonly TraceLine[]): readonly string[] =>
  lines.flatMap((line) =>
    line.event === 'decided' ? [`${line.data.gate} ${line.actor.id} ${line.data.decision}`] : [],
  );

const resume = (tracePath: string, more: Partial<Parameters<typeof resumePlaybook>[0]> = {}) =>
  resumePlaybook({
    tracePath,
    playbookPath: PLAYBOOK,
    casePath: CASE,
    model: (sample) => createModel('rehearsal', { case: sample, clock: systemClock }),
    approver: (sample) => scriptedApprover(sample),
    ...common,
    ...more,
  });

describe('A run that broke off', function () {
  this.timeout(240_000);
  let folder: string;
  let whole: readonly TraceLine[];
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-resume-'));
    const tracePath = path.join(folder, 'whole.trace.jsonl');
    const reply = await runPlaybook({
      playbookPath: PLAYBOOK,
      casePath: CASE,
      tracePath,
      model: (sample) => createModel('rehearsal', { case: sample, clock: systemClock }),
      approver: (sample) => scriptedApprover(sample),
      ...common,
    });
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    whole = linesOf(tracePath);
    assert.ok(decisionsIn(whole).length > 0 && whole.some(({ event }) => event === 'executed'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('by kill -9 after any line goes on: no act twice, no decision lost, none invented', async () => {
    const outcome = whole.at(-1);
    assert.ok(outcome?.event === 'run.closed');
    const one = async (at: number): Promise<void> => {
      const file = path.join(folder, `killed-${at}.trace.jsonl`);
      const args = ['--input-type=module', '-e', KILLED, RUNNER, PLAYBOOK, CASE, file, String(at)];
      const signal = await new Promise((resolve) => {
        spawn(process.execPath, args, { stdio: 'ignore' }).once('exit', (_, by) => resolve(by));
      });
      assert.equal(signal, 'SIGKILL');
      // Lines that nothing rests on go to the file together: what stands behind this one might as well not have got there.
      const kept = readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, at + 1);
      writeFileSync(file, `${kept.join('\n')}\n`);
      const left = linesOf(file);
      assert.equal(left.length, at + 1);
      const reply = await resume(file);
      assert.ok(reply.ok, reply.ok ? '' : `${at}: ${reply.message}`);
      const lines = linesOf(file);
      assert.deepEqual(lines.slice(0, left.length), left, 'nothing that was there changed');
      assert.equal((await verifyTrace(file)).valid, true);
      const intents = lines.flatMap((line) => (line.event === 'intent' ? [line.data] : []));
      const acts = intents.filter(({ simulated }) => simulated).map(({ call }) => call);
      assert.equal(new Set(acts).size, acts.length, `after line ${at} an act has two intents`);
      const doubtful = left.at(-1)?.event === 'intent' && acts.includes(intentOf(left.at(-1)));
      // Of an act that may have happened nobody here knows; everything else ends as if nothing had happened.
      if (!doubtful) {
        assert.equal(reply.result.outcome, outcome.data.outcome, `after line ${at}`);
        assert.deepEqual(decisionsIn(lines), decisionsIn(whole));
        return;
      }
      const call = intentOf(left.at(-1));
      assert.ok(lines.some((line) => line.event === 'outcome.unknown' && line.data.call === call));
      const executed = lines.find((line) => line.event === 'executed' && line.data.call === call);
      assert.ok(executed?.event === 'executed' && !executed.data.ok && executed.data.source === 'engine');
    };
    for (let at = 0; at < whole.length - 1; at += 2) {
      await Promise.all([at, at + 1].filter((line) => line < whole.length - 1).map(one));
    }
  });

  it('goes on where personal data has tokens', async () => {
    const tracePath = path.join(folder, 'personal.trace.jsonl');
    const reply = await runPlaybook({
      playbookPath: PLAYBOOK,
      casePath: CASE,
      tracePath,
      model: (sample) => createModel('rehearsal', { case: sample, clock: systemClock }),
      approver: (sample) => scriptedApprover(sample),
      ...common,
      commitPersonal: systemRandom,
    });
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    assert.ok(existsSync(sideFiles(tracePath).personal));
    const text = readFileSync(tracePath, 'utf8').split('\n');
    for (const at of [1, text.length >> 1, text.length - 3]) {
      const file = path.join(folder, `personal-${at}.trace.jsonl`);
      takeAlong(tracePath, file);
      writeFileSync(file, `${text.slice(0, at).join('\n')}\n`);
      const resumed = await resume(file);
      assert.ok(resumed.ok, resumed.ok ? '' : resumed.message);
      assert.equal((await verifyTrace(file)).valid, true);
    }
  });

  it('goes on after a second break', async () => {
    const file = await cutAfter('gate.opened');
    // The first time it goes on it is cut off again, with a torn line and all.
    await resume(file, { approver: () => denyingApprover() });
    const lines = linesOf(file);
    const resumed = lines.findIndex(({ event }) => event === 'resumed');
    assert.ok(resumed > 0);
    const text = readFileSync(file, 'utf8').split('\n');
    const again = path.join(folder, 'again.trace.jsonl');
    takeAlong(file, again);
    writeFileSync(again, `${text.slice(0, resumed + 1).join('\n')}\n{"torn`);
    const reply = await resume(again);
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    const events = linesOf(again).map(({ event }) => event);
    assert.deepEqual(
      events.filter((event) => event === 'resumed' || event === 'recovered'),
      ['resumed', 'recovered', 'resumed'],
    );
    assert.equal((await verifyTrace(again)).valid, true);
    assert.deepEqual(decisionsIn(linesOf(again)), decisionsIn(whole));
  });

  it('does not go on when what it rests on changed, when it ended, or when it never began', async () => {
    const playbooks = path.join(folder, 'playbooks');
    for (const part of ['', 'alerts', 'cases', 'catalogs', 'context', 'policies']) {
      mkdirSync(path.join(playbooks, part), { recursive: true });
    }
    const { playbook, case: sample, alert, catalogs, context = [] } = openedOf(whole);
    const policy = /policy: (\S+)/.exec(readFileSync(PLAYBOOK, 'utf8'))?.[1];
    assert.ok(policy);
    const files = [
      playbook.file,
      sample.file,
      alert.file,
      ...[...catalogs, ...context].map(({ file }) => file),
      policy,
    ];
    const own = path.dirname(PLAYBOOK);
    // The trace names files from the folder above its own where the playbook lies below it, else from the playbook's.
    const named = playbook.file.length > path.basename(PLAYBOOK).length && PLAYBOOK.endsWith(playbook.file);
    const base = named ? PLAYBOOK.slice(0, -playbook.file.length) : own;
    const from = (file: string): string => path.resolve(file === policy ? own : base, file);
    const at = (file: string): string => path.join(playbooks, path.relative(own, from(file)));
    for (const file of files) copyFileSync(from(file), at(file));
    const moved = { playbookPath: at(playbook.file), casePath: at(sample.file) };

    const trace = await cutAfter('gate.opened');
    const before = readFileSync(trace, 'utf8');
    for (const [file, said] of [
      [playbook.file, /the playbook changed since it began/],
      [policy, /the policy changed/],
      [catalogs[0]?.file ?? '', /a tool catalog changed/],
      [sample.file, /the case changed/],
    ] as const) {
      const kept = readFileSync(at(file), 'utf8');
      writeFileSync(at(file), `${kept}# another word\n`);
      const reply = await resume(trace, moved);
      assert.match(reply.ok ? '' : reply.message, said);
      assert.equal(readFileSync(trace, 'utf8'), before, 'nothing was written');
      writeFileSync(at(file), kept);
    }
    const reply = await resume(trace, moved);
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    const ended = await resume(trace, moved);
    assert.match(ended.ok ? '' : ended.message, /its run came to its end/);
    const empty = path.join(folder, 'empty.trace.jsonl');
    writeFileSync(empty, '');
    const never = await resume(empty);
    assert.match(never.ok ? '' : never.message, /empty/);
    const missing = await resume(path.join(folder, 'missing.trace.jsonl'));
    assert.match(missing.ok ? '' : missing.message, /no such file/);
  });

  /** A copy of the whole trace that ends after the first line of an event. */
  async function cutAfter(event: TraceLine['event']): Promise<string> {
    const file = path.join(folder, `cut-${event}-${randomIds.next('t')}.trace.jsonl`);
    const at = whole.findIndex((line) => line.event === event);
    const from = path.join(folder, 'whole.trace.jsonl');
    const text = readFileSync(from, 'utf8').split('\n');
    takeAlong(from, file);
    writeFileSync(file, `${text.slice(0, at + 1).join('\n')}\n`);
    return file;
  }
});

/** Copies what is too large for the lines of a trace and lies beside it. */
function takeAlong(from: string, to: string): void {
  for (const what of ['blobs', 'personal'] as const) {
    const there = sideFiles(from)[what];
    if (existsSync(there)) cpSync(there, sideFiles(to)[what], { recursive: true });
  }
}

function intentOf(line: TraceLine | undefined): string {
  return line?.event === 'intent' ? line.data.call : '';
}

function openedOf(lines: readonly TraceLine[]) {
  const [first] = lines;
  assert.ok(first?.event === 'run.opened');
  return first.data;
}
