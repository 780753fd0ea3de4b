import assert from 'node:assert/strict';
import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { TraceLine } from '../protocol/trace.js';
import { digestOf } from './canonical.js';
import { type Journal, openJournal } from './journal.js';
import { findPersonal, type PersonalValue, tokenOf } from './personal.js';
import { erasePersonal, readPersonal } from './personal-file.js';
import { readTrace } from './read.js';
import { reopenJournal } from './reopen.js';
import { ask, call, closeRun, ENGINE, fakeClock, openRun } from './sample.test.js';
import { verifyTrace } from './verify.js';

/** Different at every call, the same in every test. */
const counted = () => {
  let calls = 0;
  return (bytes: number): Uint8Array => Buffer.alloc(bytes, ++calls);
};

const VALUES: readonly PersonalValue[] = [
  { type: 'user', value: 't.alder' },
  { type: 'email', value: 't.alder@soc.example' },
  { type: 'ip', value: '198.51.100.7' },
  { type: 'user', value: 'ok' },
];

describe('personal data in a trace', () => {
  let folder: string;
  let path: string;
  let beside: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-trace-'));
    path = join(folder, 'run.trace.jsonl');
    beside = join(folder, 'run.trace.personal');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const suspend = { ...call('call-1', 'contain'), arguments: { user: 'T.Alder' }, target: 't.alder' };
  const begin = async (): Promise<Journal> => {
    const personal = { values: VALUES, random: counted() };
    const opened = await openJournal(path, { run: 'run-1', clock: fakeClock(), personal });
    assert.ok(opened.ok, opened.ok ? '' : opened.message);
    await openRun(opened.journal);
    await opened.journal.write('proposed', 's', ENGINE, { call: suspend, untrusted: [] });
    return opened.journal;
  };
  const finish = async (journal: Journal): Promise<void> => {
    const permit = {
      tool: suspend.tool,
      decision: 'permit',
      rule: 'r',
      reason: 't.alder may be',
      place: null,
    } as const;
    await journal.write('authorized', 's', ENGINE, { call: 'call-1', ...permit });
    const { digest, tool } = suspend;
    await journal.write('intent', 's', ENGINE, { call: 'call-1', tool, digest, permit: 'p', simulated: true });
    const output = {
      't.alder': ['mail to T.ALDER@soc.example from 198.51.100.7, not 198.51.100.77'],
      note: 'x'.repeat(5000),
    };
    await journal.write('task.done', 's', ENGINE, { performed: true, output });
    await closeRun(journal);
    await journal.close();
  };
  /** Everything that is written, but for the file that can be erased. */
  const written = async (): Promise<string> => {
    const blobs = join(folder, 'run.trace.blobs');
    const texts = (await readdir(blobs)).map((name) => readFile(join(blobs, name), 'utf8'));
    return [await readFile(path, 'utf8'), ...(await Promise.all(texts))].join('\n');
  };
  const dataOf = async (event: TraceLine['event']): Promise<unknown> => {
    const reply = await readTrace(path);
    assert.ok(reply.ok && reply.verification.valid, reply.ok ? JSON.stringify(reply.verification) : '');
    return reply.lines.find((line) => line.event === event)?.data;
  };

  it('is written as tokens only, and read as it was as long as nobody erased it', async () => {
    const journal = await begin();
    const heard: TraceLine[] = [];
    journal.onLine((line) => heard.push(line));
    await finish(journal);
    const text = await written();
    assert.doesNotMatch(text, /alder|198\.51\.100\.7\b/i);
    assert.match(text, /"198\.51\.100\.77|not 198\.51\.100\.77/, 'another address is not touched');
    assert.match(text, /\[user:[0-9a-f]{64}\]/);
    assert.doesNotMatch(text, new RegExp(suspend.digest), 'nor is a hash that somebody could try names on');
    assert.deepEqual((await dataOf('proposed')) as object, {
      call: { ...suspend, digest: journal.digestAsWritten(suspend.digest) },
      untrusted: [],
    });
    const done = (await dataOf('task.done')) as { output: { readonly [name: string]: unknown } };
    assert.deepEqual(done.output['t.alder'], ['mail to T.ALDER@soc.example from 198.51.100.7, not 198.51.100.77']);
    assert.deepEqual(JSON.parse(JSON.stringify(heard.find((line) => line.event === 'task.done')?.data)), done);
    assert.match(text, /"personal":\["user","email","ip"\]/);
    if (process.platform !== 'win32') assert.equal((await stat(beside)).mode & 0o777, 0o600);
  });

  it('that is erased stays erased, and the trace valid', async () => {
    await finish(await begin());
    const before = await written();
    const read = readPersonal(beside);
    assert.ok(read.ok);
    assert.equal(await erasePersonal(beside, read.data, { values: ['T.ALDER'] }), 2, 'in every spelling');
    assert.equal(await written(), before);
    assert.doesNotMatch(await readFile(beside, 'utf8'), /"value":"t\.alder"/i);
    assert.match(JSON.stringify(await dataOf('proposed')), /"target":"\[user:[0-9a-f]{64}\]"/);
    assert.match(
      JSON.stringify(await dataOf('task.done')),
      /T\.ALDER@soc\.example from 198\.51\.100\.7/,
      'the others are there',
    );
    const again = readPersonal(beside);
    assert.ok(again.ok);
    assert.equal(again.data.digests, null, 'under its salt names could be tried on the digest of the call');
    await erasePersonal(beside, again.data, { all: true });
    assert.doesNotMatch(await readFile(beside, 'utf8'), /alder|198/);
    await rm(beside);
    assert.equal((await verifyTrace(path)).valid, true);
    assert.match(JSON.stringify(await dataOf('task.done')), /\[email:/);
  });

  it('does not depend on a file that anybody can change: what does not fit its token says nothing', async () => {
    await finish(await begin());
    const text = await readFile(beside, 'utf8');
    await writeFile(beside, text.replaceAll('"t.alder"', '"e.elder"'));
    const read = readPersonal(beside);
    assert.ok(read.ok);
    assert.equal(read.data.unfit, 1);
    assert.match(JSON.stringify(await dataOf('proposed')), /"target":"\[user:/);
    for (const junk of ['', 'junk', '{"v":2,"run":"run-1","digests":null}\n', '[]\n']) {
      await writeFile(beside, junk);
      assert.equal(readPersonal(beside).ok, false);
      assert.equal((await verifyTrace(path)).valid, true);
    }
  });

  it('goes on as it began, unless some of it was erased', async () => {
    const journal = await begin();
    await journal.close();
    await appendFile(beside, '{"type":"user","val');
    const copy = join(folder, 'copy.trace.jsonl');
    await copyFile(path, copy);
    await copyFile(beside, join(folder, 'copy.trace.personal'));
    const reopened = await reopenJournal(path, { clock: fakeClock(), random: counted() });
    assert.ok(reopened.ok, reopened.ok ? '' : reopened.message);
    assert.match(JSON.stringify(reopened.lines[1]), /"user":"T\.Alder"/);
    await finish(reopened.journal);
    assert.doesNotMatch(await written(), /alder/i);
    assert.equal((await verifyTrace(path)).firstBad, null, 'the intent is still that of the call');
    const read = readPersonal(join(folder, 'copy.trace.personal'));
    assert.ok(read.ok);
    await erasePersonal(join(folder, 'copy.trace.personal'), read.data, { values: ['198.51.100.7'] });
    const refused = await reopenJournal(copy, { clock: fakeClock(), random: counted() });
    assert.ok(!refused.ok);
    assert.match(refused.message, /some of its personal data was erased/);
    await rm(join(folder, 'copy.trace.personal'));
    assert.ok(!(await reopenJournal(copy, { clock: fakeClock(), random: counted() })).ok);
  });

  it('has one digest for a call, also where a person is asked about it once the run goes on', async () => {
    await (await begin()).close();
    const reopened = await reopenJournal(path, { clock: fakeClock(), random: counted() });
    assert.ok(reopened.ok, reopened.ok ? '' : reopened.message);
    const [, proposed] = reopened.lines;
    assert.ok(proposed?.event === 'proposed');
    const { call: known } = proposed.data;
    await reopened.journal.write('task.opened', null, ENGINE, { task: 't', role: 'r', fields: {}, call: known });
    // As the line has it, and as whoever proposes it anew has it.
    await reopened.journal.write('proposed', 's', ENGINE, { call: suspend, untrusted: [] });
    await reopened.journal.close();
    const digests = (await readFile(path, 'utf8')).match(/"digest":"sha256:[0-9a-f]{64}","effect"/g) ?? [];
    assert.deepEqual([digests.length, new Set(digests).size], [3, 1]);
  });

  it('leaves alone what the format knows by name, and people who decide', async () => {
    const values: readonly PersonalValue[] = [
      'approve',
      'contain',
      'identity.suspend',
      'call-1',
      'cy@soc.example',
      'completed',
      'task.done',
    ].map((value) => ({ type: 'user', value })); // An alert may call its users anything.
    const opened = await openJournal(path, {
      run: 'run-1',
      clock: fakeClock(),
      personal: { values, random: counted() },
    });
    assert.ok(opened.ok, opened.ok ? '' : opened.message);
    await openRun(opened.journal);
    await opened.journal.write('proposed', 's', ENGINE, { call: suspend, untrusted: [] });
    await ask(opened.journal);
    await closeRun(opened.journal);
    await opened.journal.close();
    assert.equal((await verifyTrace(path)).firstBad, null);
    assert.match(await readFile(path, 'utf8'), /"id":"cy@soc\.example"/);
  });

  it('is found as whole words, the longest first, in any case; what is short is not looked for', () => {
    const find = findPersonal(VALUES);
    const marked = (text: string): string => find(text, ({ type, value }) => `<${type} ${value}>`);
    assert.equal(marked('t.alder, T.ALDER@soc.example!'), '<user t.alder>, <email T.ALDER@soc.example>!');
    assert.equal(marked('at.alder t.alders t_alder ok 1198.51.100.7'), 'at.alder t.alders t_alder ok 1198.51.100.7');
    assert.equal(marked('t.alder@elsewhere.example'), '<user t.alder>@elsewhere.example');
    const hostile = findPersonal([{ type: 'user', value: '(a+)+$[' }]);
    assert.equal(
      hostile('(a+)+$[', () => 'x'),
      'x',
    );
    assert.equal(
      hostile('a'.repeat(5000), () => 'x'),
      'a'.repeat(5000),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^\S{3,12}$/), fc.string(), (value, text) => {
        const one = findPersonal([{ type: 'user', value }]);
        assert.ok(!one(text, () => '').includes(` ${value} `));
        assert.equal(
          one(` ${value} `, () => 'x'),
          ' x ',
        );
      }),
    );
  });

  it('has tokens that only the salt ties to a value', () => {
    const [one] = VALUES;
    assert.ok(one);
    assert.match(tokenOf(one, '11'.repeat(32)), /^\[user:[0-9a-f]{64}\]$/);
    assert.notEqual(tokenOf(one, '11'.repeat(32)), tokenOf(one, '22'.repeat(32)));
    assert.equal(digestOf(1).length, 71);
  });
});
