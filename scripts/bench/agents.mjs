// Our runner beside other agent runners, all with the same scripted model that proposes one call a turn, and the same tool. The others have
// no network. The others decide nothing and keep no record of what they do, so ours is shown with its record and without.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { bundleForNode } from '../../esbuild.mjs';
import { SetupError, setUpPeers } from '../setup.mjs';
import { median, ms, say, times, title } from './figures.mjs';
import { SIZES } from './task.mjs';

const ROUNDS = 3;
const PEERS = ['ai', 'langgraph', 'openai-agents'];

/** Whatever else they would send, and to whom: nothing and nobody. offline.mjs sees to it that this holds. */
const SILENT = {
  OPENAI_AGENTS_DISABLE_TRACING: '1',
  LANGSMITH_TRACING: 'false',
  LANGCHAIN_TRACING_V2: 'false',
  DO_NOT_TRACK: '1',
};

/** @param {{ root: string }} where the traces are written below `out`, on the disk of the project */
export async function compareAgents({ root }) {
  title(
    `A tool call of an agent, one a turn, in runs of ${SIZES.join(', ')} calls: proposed by the model, decided, done, and told to the model.`,
  );
  const folder = mkdtempSync(path.join(root, 'out/bench-'));
  try {
    const here = path.join(root, 'scripts/bench');
    const bundle = path.join(folder, 'countersign.cjs');
    await build(bundleForNode({ from: path.join(here, 'countersign.mjs'), to: bundle }));
    const ours = (journal) => ({ words: [bundle, folder, journal], flags: [] });
    const runners = [
      ours('durable'),
      ours('memory'),
      ...(peersInstalled() ? PEERS : []).map((peer) => ({
        words: [path.join(here, 'peers', `${peer}.mjs`)],
        flags: ['--import', path.join(here, 'offline.mjs')],
      })),
    ];
    const measured = runners.map(() => []);
    // Round by round, so that a busy moment meets all of them.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, runner] of runners.entries())
        measured[index].push(await measure(here, folder, 'times', runner));
    }
    const peaks = [];
    for (const runner of runners) peaks.push((await measure(here, folder, 'memory', runner)).peakMB);
    show(measured, peaks);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function peersInstalled() {
  try {
    setUpPeers((line) => console.log(`  ${line}`));
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.log(`  The other agent runners could not be installed, so ours is shown alone. ${error.message}`);
    return false;
  }
}

async function measure(here, cwd, what, { words, flags }) {
  const { PATH, SystemRoot } = process.env;
  const child = spawn(process.execPath, [...flags, path.join(here, 'measure.mjs'), what, ...words], {
    cwd,
    // No key, endpoint or setting of whoever runs this reaches a peer.
    env: { ...(PATH && { PATH }), ...(SystemRoot && { SystemRoot }), ...SILENT },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${path.basename(words[0])} failed`);
  const found = JSON.parse(out.trim().split('\n').at(-1));
  if (found.sent.length > 0) throw new Error(`${found.name} tried to send something: ${found.sent.join(', ')}`);
  return found;
}

function show(measured, peaks) {
  const figure = (rounds, count, what) => median(rounds.map(({ perCall }) => perCall[count][what]));
  const [durable] = measured;
  for (const [index, rounds] of measured.entries()) {
    for (const count of SIZES) {
      const took = figure(rounds, count, 'ms');
      const processor = `${ms(figure(rounds, count, 'cpu'))} of the processor`;
      const disk = figure(rounds, count, 'disk');
      const without = disk > 0 ? `; ${ms(took - disk)} without the wait for the disk` : '';
      const beside = index === 0 ? '' : `; ${times(took / figure(durable, count, 'ms'))} of ours`;
      say(`${rounds[0].name}: ${count} calls`, ms(took), `${processor}${without}${beside}`);
    }
    say('  most memory at a time', `${peaks[index].toFixed(0)} MB`, `one run of ${SIZES.at(-1)} calls`);
  }
  if (measured.length > 2)
    console.log(
      '  The others decide nothing and record nothing durably; ours with its journal in memory decides all the same.',
    );
}
