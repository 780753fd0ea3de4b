import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../runner/ports.js';
import type { Actor, Call } from '../../runner/protocol/trace.js';
import { canonical, digestOf, sha256 } from '../../runner/trace/canonical.js';
import { notesIn } from '../../runner/trace/checkpoint.js';
import { type Journal, openJournal } from '../../runner/trace/journal.js';
import { privateKeyOf, type Signer, signerFrom } from '../../runner/trace/note.js';
import { reopenJournal } from '../../runner/trace/reopen.js';

/**
 * Makes the vectors: small traces, good and bad, for programs that verify traces. Each is a folder with `run.trace.jsonl`,
 * what lies beside it, and `expect.json`: whether it is valid, the first bad line, and the key and checkpoints to give.
 */
export interface Expected {
  readonly about: string;
  readonly valid: boolean;
  /** From 1; `null` where no line is bad. */
  readonly line: number | null;
  readonly key?: string;
  /** File in the folder. */
  readonly checkpoint?: string;
}

const ENGINE: Actor = { kind: 'engine', id: 'countersign' };
const PERSON: Actor = { kind: 'human', id: 'cy@soc.example', how: 'scripted' };
const TOOL = 'identity.suspend';
const DIGEST = sha256('of the call');

/** The key is no secret: whoever reads this has it. */
function signer(name: string, byte: number): Signer {
  const made = signerFrom(privateKeyOf(name, Buffer.alloc(32, byte)));
  assert.ok(made);
  return made;
}

function clock(): Clock {
  let ticks = 0;
  return {
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) + ticks,
    monotonic: () => 100 + ticks++ * 1.5,
    sleep: async () => undefined,
  };
}

export async function makeVectors(folder: string): Promise<readonly string[]> {
  const own = signer('soc.example/traces', 1);
  const other = signer('soc.example/traces', 2);
  rmSync(folder, { recursive: true, force: true });
  const names: string[] = [];
  const trace = (name: string) => path.join(folder, name, 'run.trace.jsonl');
  const expect = (name: string, expected: Expected): void => {
    names.push(name);
    writeFileSync(path.join(folder, name, 'expect.json'), `${JSON.stringify(expected, null, 2)}\n`);
  };
  const write = async (name: string, by: Signer | undefined, large = 1): Promise<void> => {
    const opened = await openJournal(trace(name), { run: 'run-1', clock: clock(), signer: by, checkpointEvery: 4 });
    assert.ok(opened.ok, opened.ok ? '' : opened.message);
    await wholeRun(opened.journal, large);
  };
  const beside = (name: string) => trace(name).replace('.jsonl', '.checkpoints');
  const linesOf = (name: string) => readFileSync(trace(name), 'utf8').split('\n').slice(0, -1);
  const save = (name: string, lines: readonly string[]): void =>
    writeFileSync(trace(name), lines.map((line) => `${line}\n`).join(''));
  const edit = (name: string, index: number, from: string, to: string): void => {
    const lines = linesOf(name);
    const line = lines[index];
    if (!line?.includes(from)) throw new Error(`${name} has no ${from} in line ${index + 1}`);
    save(name, lines.with(index, line.replace(from, to)));
  };

  await write('plain', undefined);
  expect('plain', { about: 'A whole run, nothing beside it.', valid: true, line: null });
  await write('signed', own);
  expect('signed', {
    about: 'With checkpoints, by the key that is given.',
    valid: true,
    line: null,
    key: own.public.vkey,
  });
  await write('blobs', own, 700);
  expect('blobs', { about: 'A value is kept beside the trace.', valid: true, line: null });
  await write('kept-elsewhere', own);
  writeFileSync(
    path.join(folder, 'kept-elsewhere', 'kept.txt'),
    notesIn(readFileSync(beside('kept-elsewhere'), 'utf8')).at(-1) ?? '',
  );
  expect('kept-elsewhere', {
    about: 'A checkpoint that was kept elsewhere fits.',
    valid: true,
    line: null,
    checkpoint: 'kept.txt',
  });
  await recovered(trace('recovered'), own);
  expect('recovered', { about: 'Goes on after a crash, with a torn line set aside.', valid: true, line: null });
  await numbers(trace('numbers'));
  expect('numbers', { about: 'Numbers, names and texts that are easily written otherwise.', valid: true, line: null });

  await write('withheld', undefined);
  const replaced = (name: string, event: string, data: object): void =>
    save(
      name,
      rehashed(linesOf(name), 7, (line) => ({ ...line, event, data })),
    );
  replaced('withheld', 'withheld', { call: 'call-1', tool: TOOL, reason: 'The run was ended.' });
  expect('withheld', { about: 'An act whose run was ended before it was made.', valid: true, line: null });

  const bad = async (
    name: string,
    about: string,
    line: number | null,
    change: (name: string) => void,
    more: { readonly by?: Signer; readonly large?: number; readonly key?: string; readonly checkpoint?: string } = {},
  ): Promise<void> => {
    const { by, large, ...given } = more;
    await write(name, by, large);
    change(name);
    expect(name, { about, valid: false, line, ...given });
  };
  await bad('edited', 'One byte is another.', 5, (name) => edit(name, 4, 'run-1', 'run-2'));
  await bad('not-canonical', 'A space is between two members.', 3, (name) => edit(name, 2, ',"data"', ', "data"'));
  await bad('escaped', 'A letter is written as an escape.', 3, (name) => edit(name, 2, 'Looked', '\\u004cooked'));
  await bad('twice-the-member', 'A member is there twice.', 2, (name) =>
    edit(name, 1, '"event"', '"event":"x","event"'),
  );
  await bad('number-otherwise', 'A number is written otherwise.', 3, (name) => edit(name, 2, '"seq":2,', '"seq":2.0,'));
  await bad('removed', 'A line is missing.', 3, (name) => save(name, linesOf(name).toSpliced(2, 1)));
  await bad('repeated', 'A line is there twice.', 4, (name) =>
    save(name, linesOf(name).toSpliced(3, 0, linesOf(name)[2] ?? '')),
  );
  await bad('cut', 'The last lines are missing.', 7, (name) => save(name, linesOf(name).slice(0, 6)));
  await bad('torn', 'The last line is torn.', 8, (name) =>
    writeFileSync(trace(name), `${linesOf(name).slice(0, 7).join('\n')}\n{"actor":{"id"`),
  );
  await bad('no-newline', 'The last newline is missing.', 9, (name) =>
    writeFileSync(trace(name), linesOf(name).join('\n')),
  );
  await bad('empty', 'There is no line.', 1, (name) => save(name, []));
  await bad('newer', 'The version is newer than 1.', 1, (name) =>
    save(
      name,
      rehashed(linesOf(name), 0, (line) => ({ ...line, v: 2 })),
    ),
  );
  await bad('no-permit', 'An act went ahead that was denied.', 7, (name) =>
    save(
      name,
      rehashed(linesOf(name), 5, (line) => ({ ...line, data: { ...(line.data as object), decision: 'deny' } })),
    ),
  );
  await bad('no-intent', 'Something was executed that nobody was about to do.', 8, (name) =>
    save(
      name,
      rehashed(linesOf(name), 7, (line) => ({ ...line, data: { ...(line.data as object), call: 'call-9' } })),
    ),
  );
  await bad('withheld-other', 'Something is withheld that nobody was about to do.', 8, (name) =>
    replaced(name, 'withheld', { call: 'call-9', tool: TOOL, reason: '' }),
  );
  await bad('undone-by-nothing', 'An act is taken back by a call that was not executed.', 8, (name) =>
    replaced(name, 'undone', { call: 'call-1', by: 'call-9', ok: true, reason: '' }),
  );
  await bad('another-count', 'The end counts other lines than there are.', 9, (name) =>
    save(
      name,
      rehashed(linesOf(name), 8, (line) => ({ ...line, data: { ...(line.data as object), lines: 8 } })),
    ),
  );
  await bad('blob-missing', 'A value beside the trace is missing.', 8, (name) => rmSync(blobOf(trace(name))), {
    large: 700,
  });
  await bad('blob-changed', 'A value beside the trace is another.', 8, (name) => {
    const file = blobOf(trace(name));
    writeFileSync(file, readFileSync(file, 'utf8').replace('suspended', 'suspendet'));
  }, { large: 700 }); // biome-ignore format: a call
  await bad('blob-elsewhere', 'A value would belong where none can be.', 8, (name) =>
    save(name, rehashed(linesOf(name), 7, (line) => ({ ...line, blobs: (line.blobs as object[]).map((ref) => ({ ...ref, at: '/tool' })) }))), { large: 700 }); // biome-ignore format: a call
  const rewrite = (name: string): void =>
    save(
      name,
      rehashed(linesOf(name), 5, (line) => ({ ...line, actor: { kind: 'human', id: 'eve' } })),
    );
  await bad('rewritten', 'Written anew from line 6 on, hashes and all; the checkpoints tell.', 5, rewrite, { by: own });
  await bad(
    'checkpoints-gone',
    'The checkpoints that it announces are missing.',
    null,
    (name) => rmSync(beside(name)),
    { by: own },
  );
  await bad('checkpoint-gone', 'One of them is missing.', null, (name) =>
    writeFileSync(beside(name), notesIn(readFileSync(beside(name), 'utf8')).toSpliced(1, 1).join('\n')), { by: own }); // biome-ignore format: a call
  await bad('checkpoint-changed', 'One of them says something else than was signed.', null, (name) =>
    writeFileSync(beside(name), readFileSync(beside(name), 'utf8').replace('\n4\n', '\n5\n')), { by: own }); // biome-ignore format: a call
  await bad('another-key', 'Signed, but not by the key that is given.', null, () => undefined, {
    by: other,
    key: own.public.vkey,
  });
  await bad('unsigned', 'Not signed at all, though a key is given.', null, () => undefined, { key: own.public.vkey });
  await bad('not-announced', 'Checkpoints lie beside it that it does not announce.', null, (name) =>
    writeFileSync(beside(name), readFileSync(beside('signed'), 'utf8')),
  );
  await bad('signed-anew', 'Written and signed anew; only what was kept elsewhere tells.', 1, (name) => {
    writeFileSync(path.join(folder, name, 'kept.txt'), readFileSync(path.join(folder, 'kept-elsewhere', 'kept.txt')));
  }, { by: own, large: 2, checkpoint: 'kept.txt' }); // biome-ignore format: a call
  await bad('cut-and-closed', 'Its end was replaced by another end.', 7, (name) => {
    const lines = linesOf(name);
    const last: { [member: string]: unknown } = JSON.parse(lines[8] ?? '');
    const closed = { ...last, seq: 5, data: { ...(last.data as object), lines: 6 } };
    save(name, rehashed([...lines.slice(0, 5), JSON.stringify(closed)], 5, (line) => line));
    writeFileSync(beside(name), notesIn(readFileSync(beside(name), 'utf8')).slice(0, 2).join('\n'));
    writeFileSync(path.join(folder, name, 'kept.txt'), readFileSync(path.join(folder, 'kept-elsewhere', 'kept.txt')));
  }, { by: own, checkpoint: 'kept.txt' }); // biome-ignore format: a call
  return names;
}

function blobOf(trace: string): string {
  const store = trace.replace('.jsonl', '.blobs');
  const [name = ''] = readdirSync(store);
  return path.join(store, name);
}

/** Lines written anew from one on, as somebody who owns the file could. */
function rehashed(
  lines: readonly string[],
  from: number,
  change: (line: { readonly [member: string]: unknown }) => object,
): readonly string[] {
  let prev = sha256(from === 0 ? '' : (lines[from - 1] ?? ''));
  return lines.map((text, index) => {
    if (index < from) return text;
    const { hash: _, ...line } = JSON.parse(text);
    const next = { ...(index === from ? change(line) : line), prev };
    const done = canonical({ ...next, hash: digestOf(next) });
    prev = sha256(done);
    return done;
  });
}

const opening = {
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
} as const;

async function close(journal: Journal): Promise<void> {
  const usage = { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0 };
  await journal.write('run.closed', null, ENGINE, {
    outcome: 'completed',
    verdict: null,
    reason: 'done',
    usage,
    lines: journal.lines + 1,
  });
  await journal.close();
}

/** Nine lines: a gate at which a call is approved, and the call. Its result is as large as is asked for. */
async function wholeRun(journal: Journal, large: number): Promise<void> {
  const call: Call = {
    id: 'call-1',
    tool: TOOL,
    arguments: { user: 'ana' },
    effect: 'contain',
    target: 'ana',
    digest: DIGEST,
  };
  const names = { call: call.id, tool: TOOL };
  const asked = {
    ask: 'Suspend her?',
    evidence: [],
    calls: [call],
    roles: ['lead'],
    approvers: [PERSON.id],
    quorum: 1,
  };
  await journal.write('run.opened', null, ENGINE, opening);
  await journal.write('gate.opened', 'g', ENGINE, { gate: 'g', ...asked, timeoutMs: null });
  await journal.write('decided', 'g', PERSON, {
    gate: 'g',
    decision: 'approve',
    reason: 'Looked at it.',
    calls: [call.id],
  });
  await journal.write('gate.closed', 'g', ENGINE, {
    gate: 'g',
    outcome: 'approved',
    approvedBy: [PERSON.id],
    because: 'enough',
  });
  await journal.write('proposed', 's', ENGINE, { call, untrusted: [] });
  await journal.write('authorized', 's', ENGINE, {
    ...names,
    decision: 'permit',
    rule: 'approved',
    reason: 'by one',
    place: null,
  });
  await journal.write('intent', 's', ENGINE, { ...names, digest: DIGEST, permit: 'permit-1', simulated: true });
  const result = { states: Array.from({ length: large }, () => 'suspended') };
  await journal.write('executed', 's', ENGINE, { ...names, simulated: true, ok: true, result, source: 'simulated' });
  await close(journal);
}

async function recovered(trace: string, by: Signer): Promise<void> {
  const opened = await openJournal(trace, { run: 'run-1', clock: clock(), signer: by, checkpointEvery: 4 });
  assert.ok(opened.ok);
  const { journal } = opened;
  await journal.write('run.opened', null, ENGINE, opening);
  const call: Call = { id: 'call-1', tool: TOOL, arguments: {}, effect: 'read', target: null, digest: DIGEST };
  await journal.write('proposed', 's', ENGINE, { call, untrusted: [] });
  await journal.write('intent', 's', ENGINE, {
    call: call.id,
    tool: TOOL,
    digest: DIGEST,
    permit: 'p',
    simulated: false,
  });
  await journal.close();
  writeFileSync(trace, '{"actor":{"id":"countersign"', { flag: 'a' });
  const again = await reopenJournal(trace, { clock: clock(), signer: by });
  assert.ok(again.ok, again.ok ? '' : again.message);
  await again.journal.write('resumed', null, ENGINE, { fromLine: 2, by: 'ana' });
  await again.journal.write('outcome.unknown', 's', ENGINE, {
    call: call.id,
    tool: TOOL,
    because: 'The run broke off.',
  });
  await again.journal.write('intent', 's', ENGINE, {
    call: call.id,
    tool: TOOL,
    digest: DIGEST,
    permit: 'q',
    simulated: false,
  });
  await close(again.journal);
}

async function numbers(trace: string): Promise<void> {
  const opened = await openJournal(trace, { run: 'run-1', clock: clock() });
  assert.ok(opened.ok);
  await opened.journal.write('run.opened', null, ENGINE, opening);
  const output = {
    numbers: [0, -0, 1, -1.5, 0.1, 1e21, 123456789012345680000, 1e-6, 1.5e-7, 5e-324, 1.7976931348623157e308, 4.35, 2 ** 53],
    texts: ['\b\t\n\f\r"\\/', '\u0000\u001f\u007f\u0080', '\u2028\u2029', 'é😀', '</script>'],
    10: 1, 9: 2, '😀': 3, '\ufb33': 4, A: 5, a: 6, '': 7, ö: 8,
  }; // biome-ignore format: a table
  await opened.journal.write('task.done', 's', PERSON, { performed: true, output });
  await close(opened.journal);
}
