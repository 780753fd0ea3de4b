import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createMessageConnection,
  NotificationType,
  RequestType,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { controlPath, orderStop } from './control.js';
import { killRun, liveRuns } from './kill.js';
import { METHODS } from './protocol/messages.js';
import type { TraceLine } from './protocol/trace.js';
import { systemClock } from './system.js';
import { verifyTrace } from './trace/verify.js';

const PLAYBOOK = `playbook: main
version: 1.0.0
title: What can be ended
operating-model: ai-augmented
owner: tests
accountable: analyst
catalogs: [test.tools.yaml]
policy: test.policy.yaml
budget: { turns: 5 }
steps:
  - id: first
    action: case.note
    with: { text: first }
  - id: ask
    gate:
      ask: Suspend?
      grants: [suspend]
      approvers: { roles: [analyst] }
      timeout: 15m
  - id: think
    agent: { goal: Think., output: { found: { type: boolean } } }
    budget: { turns: 2 }
  - id: suspend
    action: identity.suspend
    with: { user: mallory }
`;

const FILES = {
  'test.tools.yaml': `catalog: test
tools:
  case.note:
    { description: Note., effect: record, reversible: true, idempotent: false, input: { text: { type: string } }, output: {} }
  identity.suspend:
    { description: Suspend., effect: contain, reversible: true, undo: identity.restore, idempotent: true, target: user, input: { user: { type: string, x-entity: user } }, output: {} }
  identity.restore:
    { description: Restore., effect: restore, reversible: true, idempotent: true, target: user, input: { user: { type: string, x-entity: user } }, output: {} }
`,
  'test.policy.yaml': 'policy: test\nroles:\n  analyst: [ana@soc.example, bo@soc.example]\n',
  'main.playbook.yaml': PLAYBOOK,
  'test.case.yaml': `case: test
playbook: main
alert: test.alert.json
turns:
  think: [{ output: { found: true } }]
`,
  'test.alert.json': JSON.stringify({
    class_uid: 2004,
    category_uid: 2,
    activity_id: 1,
    type_uid: 200401,
    time: 1,
    severity_id: 4,
    metadata: { version: '1.6.0', product: { name: 'test' } },
    finding_info: { title: 'test', uid: '1' },
    observables: [{ name: 'user', type_id: 4, value: 'mallory' }],
  }),
} as const;

const here = (file: string): string => new URL(file, import.meta.url).href;

/**
 * A process that runs the playbook. It says `at NAME` where it is, and stays there until the order to end lies in its control
 * file: so an order always comes at exactly that place.
 */
const PROGRAM = `
import { statSync } from 'node:fs';
import { controlPath } from ${JSON.stringify(here('control.js'))};
import { scriptedModel } from ${JSON.stringify(here('models/scripted.js'))};
import { runPlaybook } from ${JSON.stringify(here('run.js'))};
import { randomIds, systemClock } from ${JSON.stringify(here('system.js'))};
const [folder, place] = process.argv.slice(1);
const trace = folder + '/run.trace.jsonl';
const says = (where) => process.stdout.write('at ' + where + '\\n');
const until = (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
const nap = new Int32Array(new SharedArrayBuffer(4));
let size;
const hold = () => {
  says(place);
  while (statSync(controlPath(trace)).size === size) Atomics.wait(nap, 0, 0, 2);
};
const reply = await runPlaybook({
  playbookPath: folder + '/main.playbook.yaml',
  casePath: folder + '/test.case.yaml',
  tracePath: trace,
  model: (sample) => {
    const model = scriptedModel(sample);
    const complete = (request, signal) => {
      if (place !== 'model') return model.complete(request, signal);
      says(place);
      return until(signal).then(() => model.complete(request, signal));
    };
    return { ok: true, model: { provider: 'test', id: 'test', ai: false, note: '', complete } };
  },
  approver: () => ({
    how: 'scripted',
    approve: (request, signal) => {
      if (place !== 'gate') return Promise.resolve({ decision: 'approve', as: 'ana@soc.example', reason: '' });
      says(place);
      return until(signal);
    },
    task: async () => undefined,
  }),
  clock: systemClock,
  ids: randomIds,
  user: 'tester',
  signal: new AbortController().signal,
  onEvent: (line) => {
    if (line.event === 'run.opened') size = statSync(controlPath(trace)).size;
    const where = line.event === 'step.left' && line.step === 'first' ? 'between' : line.event === 'intent' && line.step === 'suspend' ? 'intent' : '';
    if (where === place) hold();
  },
});
process.stdout.write('outcome ' + (reply.ok ? reply.result.outcome + ' acts ' + reply.result.acts.filter((act) => act.executed).length : reply.message) + '\\n');
`;

const WHERE: Readonly<Record<string, string>> = {
  gate: 'while it waits for people',
  model: 'while a model thinks',
  between: 'between two steps',
  intent: 'while it writes down what it is about to do',
};

describe('a run that is ended from another process', () => {
  let folder: string;
  let trace: string;
  let child: ChildProcess | undefined;
  let said = '';
  let exited: Promise<unknown[]>;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-kill-'));
    trace = path.join(folder, 'run.trace.jsonl');
    for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (place: string): void => {
    said = '';
    child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, folder, place], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    exited = once(child, 'exit');
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  };
  const hears = async (text: string): Promise<void> => {
    const gone = exited.then(() => assert.fail(`it ended before it said "${text}": ${said}`));
    while (!said.includes(text)) await Promise.race([once(child!.stdout!, 'data'), gone]);
    gone.catch(() => undefined);
  };
  const lines = (): TraceLine[] =>
    readFileSync(trace, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const kill = (reason = 'this is a drill') =>
    killRun({ trace, by: 'root@soc.example', reason, clock: systemClock, wait: 60_000 });

  for (const place of ['gate', 'model', 'between', 'intent']) {
    it(`does nothing more, when the order comes ${WHERE[place]}`, async () => {
      start(place);
      await hears(`at ${place}`);
      assert.deepEqual(await kill(), { kind: 'ended' });
      const seen = lines();
      const killed = seen.findIndex(({ event }) => event === 'killed');
      assert.ok(killed > 0);
      await exited;
      assert.match(said, /outcome cancelled acts 0/);
      const all = lines();
      assert.deepEqual(
        all.slice(killed).filter(({ event }) => event === 'intent' || event === 'executed'),
        [],
        'an effect began after the order was confirmed',
      );
      assert.ok(!all.some((line) => line.event === 'executed' && line.step === 'suspend'));
      assert.equal(all.filter(({ event }) => event === 'withheld').length, place === 'intent' ? 1 : 0);
      const [order] = all.filter(({ event }) => event === 'killed');
      assert.deepEqual(
        [order?.actor.kind, order?.actor.id, order?.data],
        ['human', 'root@soc.example', { reason: 'this is a drill' }],
      );
      const closed = all.at(-1);
      assert.ok(closed?.event === 'run.closed' && /root@soc\.example: this is a drill/.test(closed.data.reason));
      assert.equal((await verifyTrace(trace)).firstBad, null);
      assert.ok(!existsSync(controlPath(trace)), 'the control file is left behind');
      assert.deepEqual(await kill(), { kind: 'not-running' });
    });
  }

  it('is listed while it goes on, in a file only its owner can write', async () => {
    start('gate');
    await hears('at gate');
    assert.deepEqual(
      liveRuns(folder).map(({ playbook, case: sample, alive, trace: file }) => [playbook, sample, alive, file]),
      [['main', 'test', true, trace]],
    );
    assert.equal(statSync(controlPath(trace)).mode & 0o777, 0o600);
  });

  it('ends as well when its control file is taken away: nobody could stop it any more', async () => {
    start('gate');
    await hears('at gate');
    unlinkSync(controlPath(trace));
    await exited;
    assert.match(said, /outcome cancelled acts 0/);
  });

  it('is ended also where its control file does not say whose it is', async () => {
    start('gate');
    await hears('at gate');
    const control = controlPath(trace);
    writeFileSync(control, `${'x'.repeat(statSync(control).size - 1)}\n`);
    assert.deepEqual(await kill(), { kind: 'ended' });
  });

  it('that died is told apart, and what it left behind is cleared away', async () => {
    start('gate');
    await hears('at gate');
    child?.kill('SIGKILL');
    await exited;
    assert.deepEqual(await kill(), { kind: 'gone' });
    assert.deepEqual(liveRuns(folder), []);
    assert.equal(orderStop(trace, 'somebody', ''), false);
  });

  it('in the process of the editor closes its trace when that is told to end', async () => {
    child = spawn(process.execPath, [new URL('process/main.js', import.meta.url).pathname], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const connection = createMessageConnection(
      new StreamMessageReader(child.stdout!),
      new StreamMessageWriter(child.stdin!),
    );
    const asked = new Promise<void>((resolve) => {
      connection.onRequest(new RequestType<unknown, unknown, void>(METHODS.approve), () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    connection.onNotification(new NotificationType<TraceLine>(METHODS.event), () => undefined);
    connection.listen();
    const params = {
      playbook: path.join(folder, 'main.playbook.yaml'),
      case: path.join(folder, 'test.case.yaml'),
      trace,
      model: 'scripted',
      user: 'tester',
    };
    connection.sendRequest(METHODS.run, params).catch(() => undefined);
    await asked;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
    connection.dispose();
    assert.equal((await verifyTrace(trace)).firstBad, null);
    const [killed] = lines().filter(({ event }) => event === 'killed');
    assert.match(JSON.stringify(killed?.data), /SIGTERM/);
  });
});
