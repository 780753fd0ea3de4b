import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../ports.js';
import type { Actor } from '../protocol/trace.js';
import { canonical, digestOf, sha256 } from './canonical.js';
import { type Journal, openJournal } from './journal.js';
import { privateKeyOf, type Signer, signerFrom } from './note.js';

// What the tests of this folder share: a small run, written by the journal. No tests of its own.

export const ENGINE: Actor = { kind: 'engine', id: 'countersign' };
export const USAGE = { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0 };

export function fakeClock(): Clock {
  let ticks = 0;
  return {
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) + ticks,
    monotonic: () => 100 + ticks++ * 1.5,
    sleep: async () => {},
  };
}

/** A key that signs in tests: whoever reads this has it. */
export function testSigner(name = 'soc.example/test', byte = 7): Signer {
  const signer = signerFrom(privateKeyOf(name, Buffer.alloc(32, byte)));
  assert.ok(signer);
  return signer;
}

export async function open(path: string, run = 'run-1', signer?: Signer, checkpointEvery?: number): Promise<Journal> {
  const opened = await openJournal(path, { run, clock: fakeClock(), signer, checkpointEvery });
  assert.ok(opened.ok, opened.ok ? '' : opened.message);
  return opened.journal;
}

export const call = (id: string, effect: string) => ({
  id,
  tool: 'identity.suspend',
  arguments: { user: 'ana' },
  effect,
  target: 'ana',
  digest: digestOf({ tool: 'identity.suspend', user: 'ana' }),
});

export const openRun = (journal: Journal) =>
  journal.write('run.opened', null, ENGINE, {
    playbook: { id: 'p', version: '1.0.0', file: 'p.playbook.yaml', digest: sha256('p') },
    policy: null,
    catalogs: [],
    case: { id: 'c', file: 'c.case.yaml', digest: sha256('c') },
    alert: { file: 'a.json', digest: sha256('a') },
    engine: '0.1.0',
    model: { provider: 'rehearsal', id: 'rehearsal', ai: false, note: 'not AI' },
    approvals: 'case',
    dryRun: true,
    startedBy: 'ana “é” 😀',
  });

export const closeRun = (journal: Journal) =>
  journal.write('run.closed', null, ENGINE, {
    outcome: 'completed',
    verdict: 'benign',
    reason: 'done',
    usage: USAGE,
    lines: journal.lines + 1,
  });

export const execute = async (
  journal: Journal,
  id: string,
  effect: string,
  permit: boolean,
  times = 1,
): Promise<void> => {
  const it = call(id, effect);
  await journal.write('proposed', 's', ENGINE, { call: it, untrusted: [] });
  const reason = 'because';
  if (permit) {
    await journal.write('authorized', 's', ENGINE, {
      call: id,
      tool: it.tool,
      decision: 'permit',
      rule: 'r',
      reason,
      place: null,
    });
  }
  await journal.write('intent', 's', ENGINE, {
    call: id,
    tool: it.tool,
    digest: it.digest,
    permit: 'permit-1',
    simulated: true,
  });
  for (let i = 0; i < times; i++) {
    const result = { state: 'suspended' };
    await journal.write('executed', 's', ENGINE, {
      call: id,
      tool: it.tool,
      simulated: true,
      ok: true,
      result,
      source: 'simulated',
    });
  }
};

/** A whole small run. */
export async function sampleTrace(path: string, run = 'run-1'): Promise<Buffer> {
  const journal = await open(path, run);
  await openRun(journal);
  await execute(journal, 'call-1', 'contain', true);
  await closeRun(journal);
  await journal.close();
  return readFile(path);
}

export const ask = async (journal: Journal, decision: 'approve' | 'reject' = 'approve'): Promise<void> => {
  await journal.write('gate.opened', 'g', ENGINE, {
    gate: 'g',
    ask: 'Suspend her?',
    evidence: [],
    calls: [call('call-1', 'contain')],
    roles: ['lead'],
    approvers: ['cy@soc.example'],
    quorum: 1,
    timeoutMs: null,
  });
  const actor = { kind: 'human', id: 'cy@soc.example', how: 'scripted' } as const;
  await journal.write('decided', 'g', actor, { gate: 'g', decision, reason: 'Looked at it.', calls: ['call-1'] });
  const outcome = decision === 'approve' ? 'approved' : 'rejected';
  await journal.write('gate.closed', 'g', ENGINE, { gate: 'g', outcome, approvedBy: [], because: 'enough' });
};

/** A whole small run with a gate, whose checkpoints are signed: after lines 1, 4, 8 and 9 when there is one every 4. */
export async function signedTrace(path: string, signer = testSigner(), run = 'run-1', every = 4): Promise<Buffer> {
  const journal = await open(path, run, signer, every);
  await openRun(journal);
  await ask(journal);
  await execute(journal, 'call-1', 'contain', true);
  await closeRun(journal);
  await journal.close();
  return readFile(path);
}

export const linesOf = (bytes: Buffer): string[] => bytes.toString('utf8').split('\n').slice(0, -1);
export const joined = (lines: readonly string[]): Buffer[] => [Buffer.from(lines.map((line) => `${line}\n`).join(''))];

/** Rewrites lines as somebody who owns the file could: with fitting hashes. */
export function rewritten(
  lines: readonly string[],
  edit: (line: Record<string, unknown>, index: number) => void,
): Buffer[] {
  let prev = sha256('');
  return joined(
    lines.map((text, index) => {
      const { hash: _, ...line } = JSON.parse(text);
      edit(line, index);
      line.prev = prev;
      const done = canonical({ ...line, hash: digestOf(line) });
      prev = sha256(done);
      return done;
    }),
  );
}
