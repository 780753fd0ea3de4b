// How fast a trace is written without waiting for the disk, and verified.

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { openJournal, privateKeyOf, signerFrom, verifyTrace } from '../../out/runner/index.js';
import { ms, say, times, title } from './figures.mjs';

const ENGINE = { kind: 'engine', id: 'countersign' };
const DIGEST = `sha256:${'0'.repeat(64)}`;
const OPENED = {
  playbook: { id: 'bench', version: '1.0.0', file: 'bench.playbook.yaml', digest: DIGEST },
  policy: null,
  catalogs: [],
  case: { id: 'bench', file: 'bench.case.yaml', digest: DIGEST },
  alert: { file: 'alert.json', digest: DIGEST },
  engine: '0.0.0',
  model: { provider: 'rehearsal', id: 'rehearsal', ai: false, note: 'not AI' },
  approvals: 'case',
  dryRun: true,
  startedBy: 'bench',
};

/** Appends events as a run does that reads much: of a call, what is proposed and decided. Nothing waits for the disk. */
async function append(file, count, signer) {
  const clock = { now: Date.now, monotonic: () => performance.now(), sleep: async () => undefined };
  const opened = await openJournal(file, { run: 'run-bench', clock, signer });
  if (!opened.ok) throw new Error(opened.message);
  const { journal } = opened;
  await journal.write('run.opened', null, ENGINE, OPENED);
  const started = performance.now();
  for (let index = 0; index < count; index += 2) {
    const call = { id: `call-${index}`, tool: 'intel.domain_reputation', arguments: { domain: 'example.com', index } };
    const exact = { ...call, effect: 'read', target: 'example.com', digest: DIGEST };
    await journal.write('proposed', 'look_up', ENGINE, { call: exact, untrusted: ['alert.entities.domains[0]'] });
    await journal.write('authorized', 'look_up', ENGINE, {
      call: call.id,
      tool: call.tool,
      decision: 'permit',
      rule: 'read-only',
      reason: 'The tool only reads.',
      place: { file: 'bench.playbook.yaml', line: 10, character: 4 },
    });
  }
  const took = performance.now() - started;
  const usage = { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0 };
  const closed = { outcome: 'completed', verdict: null, reason: 'done', usage, lines: journal.lines + 1 };
  await journal.write('run.closed', null, ENGINE, closed);
  await journal.close();
  return took;
}

/** The least that writing such a file takes: the bytes, one write a line, and one hash of each. */
async function bare(file, count) {
  const line = Buffer.alloc(Math.round(statSync(file).size / count), 0x61);
  const other = `${file}.bare`;
  const target = openSync(other, 'wx');
  const started = performance.now();
  for (let index = 0; index < count; index++) {
    createHash('sha256').update(line).digest('hex');
    writeSync(target, line);
  }
  const took = performance.now() - started;
  closeSync(target);
  rmSync(other);
  return took;
}

async function verified(file, lines) {
  const started = performance.now();
  const found = await verifyTrace(file);
  const took = performance.now() - started;
  if (!found.valid || found.lines !== lines)
    throw new Error(`the benchmark's own trace is broken: ${JSON.stringify(found)}`);
  return took;
}

/** The least that reading it takes: the bytes, parsed line by line. */
async function parsed(file) {
  const started = performance.now();
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) JSON.parse(line);
  }
  return performance.now() - started;
}

export async function traces(scratch) {
  title('A trace: events appended and hashed without waiting for the disk, and a trace verified.');
  const file = path.join(scratch, 'append.trace.jsonl');
  await append(path.join(scratch, 'warm.trace.jsonl'), 20_000);
  const appended = await append(file, 100_000);
  const peer = await bare(file, 100_000);
  say('100,000 events appended', ms(appended), `${times(appended / peer)} of writing and hashing as many bytes`);
  const signer = signerFrom(privateKeyOf('bench', Buffer.alloc(32, 1)));
  const signed = await append(path.join(scratch, 'signed.trace.jsonl'), 100_000, signer);
  say('the same, with a checkpoint every 256 lines', ms(signed), 'each on disk before it goes on');
  const large = path.join(scratch, 'large.trace.jsonl');
  await append(large, 1_000_000);
  const took = await verified(large, 1_000_002);
  say('1,000,000 lines verified', ms(took), `${times(took / (await parsed(large)))} of JSON.parse alone`);
  rmSync(large);
}
