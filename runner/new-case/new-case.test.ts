import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkFile } from '../../language/index.js';
import { loadCase } from '../../language/load-case.js';
import { scriptedApprover } from '../approvers/scripted.js';
import { createModel } from '../models/index.js';
import { nodeFiles } from '../node-files.js';
import type { NewCaseReply } from '../protocol/new-case.js';
import type { TraceLine } from '../protocol/trace.js';
import { runPlaybook } from '../run.js';
import { randomIds, systemClock } from '../system.js';
import { makeNewCase } from './new-case.js';

const SAMPLES = fileURLToPath(new URL('../../../playbooks', import.meta.url));

const CATALOG = `catalog: house
tools:
  look.host:
    effect: read
    description: What a host is.
    input: { host: { type: string } }
    output: { role: { enum: [server, laptop] }, up: { type: boolean } }
  look.owner:
    effect: read
    description: Whose a kind of host is.
    input: { role: { type: string } }
    output: { team: { type: string, minLength: 3 } }
  host.isolate:
    effect: contain
    reversible: true
    undo: host.release
    description: Cuts a host off.
    input: { host: { type: string } }
    output: { done: { type: boolean } }
  host.release:
    effect: restore
    reversible: true
    description: Takes that back.
    input: { host: { type: string } }
    output: { done: { type: boolean } }
`;
const POLICY = `policy: house
roles: { analyst: [ana@soc.example, bo@soc.example, cy@soc.example], nobody: [] }
ceilings: [{ effect: contain, autonomy: approve, quorum: 2, roles: [analyst] }]
`;
const PLAYBOOK = `playbook: odd-host
version: 1.0.0
title: An odd host
operating-model: ai-augmented
owner: soc
accountable: analyst
catalogs: [house.tools.yaml]
policy: house.policy.yaml
trigger: { class: detection_finding }
inputs:
  host: { type: string, x-entity: host, description: Which host. }
  why: { type: string, minLength: 1, description: Why. }
budget: { tool-calls: 20, time: 1h }
verdict: steps.judge.output.verdict
steps:
  - id: look
    action: look.host
    with: { host: "\${{ inputs.host }}" }
  - id: owner
    action: look.owner
    with: { role: "\${{ steps.look.output.role }}" }
  - id: judge
    agent:
      goal: Say what it is.
      tools: [look.host]
      output:
        verdict: { enum: [benign, malicious] }
    timeout: 5m
    accountable: analyst
  - id: second
    manual:
      task: Look at it yourself.
      role: analyst
      output:
        sure: { enum: ["no", "yes"] }
    timeout: 1h
  - id: ask
    gate:
      ask: Isolate \${{ inputs.host }}?
      grants: [isolate]
      approvers: { roles: [analyst], quorum: 2 }
      timeout: 1h
  - id: isolate
    action: host.isolate
    with: { host: "\${{ inputs.host }}" }
    autonomy: approve
`;
const ALERT = JSON.stringify({
  ...{ activity_id: 1, category_uid: 2, class_uid: 2004, type_uid: 200401, severity_id: 4, time: 1790000000000 },
  metadata: { version: '1.6.0', product: { name: 'Watch', vendor_name: 'Ours' } },
  finding_info: { uid: 'f-1', title: 'An odd\n  \u202ehost' },
  observables: [{ name: 'host', type_id: 1, value: 'ws-17' }],
});

describe('a case to begin with', function () {
  this.timeout(60_000); // every sample playbook is run a few times
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign new case '));
    cpSync(SAMPLES, file('samples'), { recursive: true, filter: (from) => !/traces$/.test(from) });
    write('house.tools.yaml', CATALOG);
    write('house.policy.yaml', POLICY);
    write('odd.playbook.yaml', PLAYBOOK);
    write('alerts/odd host.alert.json', ALERT);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string): string => path.join(folder, name);
  const write = (name: string, text: string): string => {
    mkdirSync(path.dirname(file(name)), { recursive: true });
    writeFileSync(file(name), text);
    return file(name);
  };
  const make = (playbook: string, alert: string, out?: string): Promise<NewCaseReply> =>
    makeNewCase({
      playbookPath: file(playbook),
      alertPath: file(alert),
      out: out === undefined ? undefined : file(out),
      write: true,
      user: 'tester',
      clock: systemClock,
      signal: new AbortController().signal,
    });
  const made = async (...words: Parameters<typeof make>) => {
    const reply = await make(...words);
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    return reply;
  };
  const caseAt = (sample: string) => {
    const uri = pathToFileURL(sample).href;
    const text = readFileSync(sample, 'utf8');
    assert.deepEqual(checkFile(uri, text, nodeFiles()).problems, []);
    return loadCase(uri, text, nodeFiles()).case;
  };
  /** Runs it as `countersign run` does. */
  const run = async (playbook: string, sample: string) => {
    const lines: TraceLine[] = [];
    const reply = await runPlaybook({
      playbookPath: file(playbook),
      casePath: sample,
      tracePath: file(`traces/${path.basename(playbook)}-${path.basename(sample)}.trace.jsonl`),
      model: (one) => createModel('rehearsal', { case: one, clock: systemClock }),
      approver: (one) => scriptedApprover(one),
      clock: systemClock,
      ids: randomIds,
      user: 'tester',
      signal: new AbortController().signal,
      onEvent: (line) => lines.push(line),
    });
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    return { lines, result: reply.result };
  };

  it('answers what was asked, step by step, and is a case that runs to its end', async () => {
    const reply = await made('odd.playbook.yaml', 'alerts/odd host.alert.json');
    assert.equal(reply.path, file('alerts/odd host.case.yaml'));
    assert.equal(readFileSync(reply.path, 'utf8'), reply.text);
    assert.deepEqual([reply.outcome, reply.notes], ['completed', []]);
    const sample = caseAt(reply.path);
    assert.deepEqual(
      [sample.id?.value, sample.title, sample.playbook?.value, sample.alert?.value],
      ['odd-host-odd-host', 'An odd ⟨U+202E⟩host', 'odd-host', 'odd host.alert.json'],
    );
    assert.deepEqual({ ...sample.inputs }, { host: 'ws-17', why: '-' });
    assert.deepEqual(
      sample.answers.map(({ tool, with: args, output }) => [tool.value, { ...args }, JSON.stringify(output)]),
      [
        ['look.host', { host: 'ws-17' }, '{"role":"server","up":false}'],
        ['look.owner', { role: 'server' }, '{"team":"---"}'],
      ],
    );
    const decided = sample.approvals.map(({ gate, as, decision }) => [gate.value, as, decision]);
    assert.deepEqual(decided, [
      ['ask', 'ana@soc.example', 'approve'],
      ['ask', 'bo@soc.example', 'approve'],
    ]);
    assert.deepEqual(
      sample.tasks.map(({ step, as, output }) => [step.value, as, { ...output }]),
      [['second', 'ana@soc.example', { sure: 'no' }]],
    );
    const ran = await run('odd.playbook.yaml', reply.path);
    assert.deepEqual([ran.result.outcome, ran.result.verdict], [reply.outcome, reply.verdict]);
    assert.deepEqual(
      ran.result.acts.map(({ tool, approvedBy, executed }) => [tool, approvedBy, executed]),
      [['host.isolate', ['ana@soc.example', 'bo@soc.example'], true]],
    );
  });

  it('says what is made up, and which other values there are', async () => {
    const { text } = await made('odd.playbook.yaml', 'alerts/odd host.alert.json', 'said.case.yaml');
    assert.match(text, /^# Made by "countersign case new"/);
    assert.match(text, /^alert: alerts\/odd host\.alert\.json$/m);
    assert.match(text, /^# What tools that only look return .*\n(#.*\n)+answers:/m);
    assert.match(text, /^# Holders of the roles approve .*\napprovals:/m);
    assert.match(text, /^# What people report for manual steps.*\ntasks:/m);
    assert.match(text, /^ +role: server # or laptop$/m);
  });

  it('is not written once it is interrupted', async () => {
    const stop = new AbortController();
    const options = { playbookPath: file('odd.playbook.yaml'), alertPath: file('alerts/odd host.alert.json') };
    const reply = makeNewCase({
      ...{ ...options, out: file('stopped.case.yaml'), write: true, user: 'tester', signal: stop.signal },
      clock: systemClock,
    });
    stop.abort('Enough');
    assert.match(((one) => (one.ok ? '' : one.message))(await reply), /It was interrupted/);
    assert.equal(existsSync(file('stopped.case.yaml')), false);
  });

  it('never replaces a file, also not one that is none of ours', async () => {
    const there = write('kept.case.yaml', 'mine');
    const reply = await make('odd.playbook.yaml', 'alerts/odd host.alert.json', 'kept.case.yaml');
    assert.ok(!reply.ok);
    assert.match(reply.message, /is there already, and a case is never written over/);
    assert.equal(readFileSync(there, 'utf8'), 'mine');
  });

  it('leaves nothing behind but the case', async () => {
    const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('countersign-case-'));
    const before = temporary();
    await made('odd.playbook.yaml', 'alerts/odd host.alert.json', 'alone/one.case.yaml');
    assert.deepEqual(readdirSync(file('alone')), ['one.case.yaml']);
    assert.deepEqual(temporary(), before);
  });

  it('has no approval where nobody may give one, and says so', async () => {
    // Who starts a run may not approve in it.
    const only = POLICY.replace('ana@soc.example, bo@soc.example, cy@soc.example', 'tester');
    write('alone.policy.yaml', only.replace('quorum: 2', 'quorum: 1'));
    write('alone.playbook.yaml', PLAYBOOK.replace('house.policy', 'alone.policy').replace('quorum: 2', 'quorum: 1'));
    const reply = await made('alone.playbook.yaml', 'alerts/odd host.alert.json', 'alone.case.yaml');
    assert.deepEqual([reply.outcome, reply.approvals], ['denied', 0]);
    assert.match(reply.notes.join('\n'), /^"ask" has no approval, since none would count\. .+$/);
    assert.match(reply.text, /^# - "ask" has no approval/m);
    assert.equal((await run('alone.playbook.yaml', reply.path)).result.outcome, 'denied');
  });

  it('takes no secret into the file, and says which call has one', async () => {
    const key = `AKIA${'ABCDEFGHIJKLMNOP'}`;
    const alert = JSON.parse(ALERT);
    alert.observables[0].value = key;
    alert.finding_info.title = `Key ${key}`;
    write('secret.alert.json', JSON.stringify(alert));
    const asks = PLAYBOOK.replace('{ host: "${{ inputs.host }}" }', '{ host: "${{ alert.entities.hosts[0] }}" }');
    write('secret.playbook.yaml', asks);
    const reply = await made('secret.playbook.yaml', 'secret.alert.json');
    assert.doesNotMatch(reply.text, /AKIA/);
    assert.deepEqual({ ...caseAt(reply.path).inputs }, { host: '', why: '-' });
    assert.match(reply.notes.join('\n'), /^look\.host is asked with a secret in its arguments/);
    assert.match(reply.text, /^title: "?Key \[redacted:aws-key\]"?$/m);
  });

  it('says which answer no value can be made up for, and leaves it out', async () => {
    write('odd.tools.yaml', CATALOG.replace('minLength: 3', 'pattern: "^team-"'));
    write('pattern.playbook.yaml', PLAYBOOK.replace('house.tools', 'odd.tools'));
    const reply = await made('pattern.playbook.yaml', 'alerts/odd host.alert.json', 'pattern.case.yaml');
    assert.deepEqual([reply.outcome, reply.answers], ['failed', 1]);
    assert.match(
      reply.notes.join('\n'),
      /^look\.owner: no value could be made up for its output: "team" must match .*"role":"server"/,
    );
    assert.match(reply.text, /^# - look\.owner: no value could be made up/m);
  });

  it('is refused where the playbook has errors, the alert is none, or its trigger does not hold', async () => {
    const refused = async (playbook: string, alert: string): Promise<string> => {
      const reply = await make(playbook, alert, 'refused.case.yaml');
      assert.ok(!reply.ok);
      assert.equal(existsSync(file('refused.case.yaml')), false);
      return reply.message.replaceAll(folder, '');
    };
    write('wrong.playbook.yaml', PLAYBOOK.replace('action: look.owner', 'action: look.onwer'));
    write('other.playbook.yaml', PLAYBOOK.replace('detection_finding }', 'detection_finding, when: "false" }'));
    write('text.alert.json', 'no JSON');
    write('other.alert.json', '{"message":"an alert of something else"}');
    const alert = 'alerts/odd host.alert.json';
    assert.match(await refused('wrong.playbook.yaml', alert), /^.wrong\.playbook\.yaml:\d+:\d+ [a-z-]+: look\.onwer/);
    assert.match(
      await refused('odd.playbook.yaml', 'text.alert.json'),
      /^.text\.alert\.json:1 invalid-alert: .* is not JSON/,
    );
    assert.match(
      await refused('odd.playbook.yaml', 'other.alert.json'),
      /^.other\.alert\.json:1 invalid-alert: .* lacks .*countersign alert map/,
    );
    assert.match(
      await refused('odd.playbook.yaml', 'none.alert.json'),
      /^The alert .none\.alert\.json cannot be used: there is no such file\.$/,
    );
    assert.match(await refused('other.playbook.yaml', alert), /its trigger "false" does not hold/);
  });

  const samples = readdirSync(SAMPLES)
    .filter((name) => name.endsWith('.playbook.yaml'))
    .map((name) => {
      const id = name.replace('.playbook.yaml', '');
      const cases = readdirSync(path.join(SAMPLES, 'cases'), { recursive: true, encoding: 'utf8' }).sort();
      const sample = cases.find((one) => {
        const text = one.endsWith('.case.yaml') ? readFileSync(path.join(SAMPLES, 'cases', one), 'utf8') : '';
        return text.includes(`\nplaybook: ${id}\n`);
      });
      assert.ok(sample, `${name} has a case`);
      const from = path.join('cases', sample);
      const named = /^alert: (.*)$/m.exec(readFileSync(path.join(SAMPLES, from), 'utf8'))?.[1] ?? '';
      return { name, alert: path.join('samples', path.dirname(from), named) };
    });

  for (const { name, alert } of samples) {
    it(`is made for ${name}, and nothing is asked for that it does not answer`, async () => {
      const playbook = `samples/${name}`;
      const reply = await made(playbook, alert, `samples/new/${name.replace('.playbook', '.case')}`);
      assert.deepEqual(reply.notes, []);
      caseAt(reply.path);
      const { lines, result } = await run(playbook, reply.path);
      const failed = lines.flatMap((line) => (line.event === 'executed' && !line.data.ok ? [line.data] : []));
      assert.deepEqual(failed, []);
      assert.deepEqual([result.outcome, result.verdict], [reply.outcome, reply.verdict]);
      assert.ok(['completed', 'escalated', 'stopped'].includes(result.outcome), result.reason);
    });
  }
});
