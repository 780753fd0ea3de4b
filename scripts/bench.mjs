// `npm run bench`: how fast it is, each figure with a peer measured in the same run, so that what is slow about a machine
// cancels out. It asserts nothing. docs/speed.md says what the figures mean.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { actsOf } from '../out/language/authority/acts.js';
import { proverOf } from '../out/language/authority/approvals.js';
import { flowOf } from '../out/language/authority/flow.js';
import { keptFiles, loadPlaybook } from '../out/language/index.js';
import { createModel, denyingApprover, randomIds, runPlaybook, systemClock } from '../out/runner/index.js';
import { activation } from './bench/activation.mjs';
import { compareAgents } from './bench/agents.mjs';
import { comparing } from './bench/comparing.mjs';
import { compareEditors } from './bench/editors.mjs';
import { median, ms, say, times, title } from './bench/figures.mjs';
import { run } from './bench/processes.mjs';
import { calls, FILES, playbook } from './bench/texts.mjs';
import { traces } from './bench/traces.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const program = (name) => path.join(root, 'dist', name);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'countersign-bench-'));

/** The median of what some work takes, once it is warm. */
function timeOf(work, { rounds, warm }) {
  for (let round = 0; round < warm; round++) work();
  return median(
    Array.from({ length: rounds }, () => {
      const started = performance.now();
      work();
      return performance.now() - started;
    }),
  );
}

function analysis() {
  title('Analysis of one playbook: levels in force, control flow, and a proof for every act. Without parsing.');
  const host = { read: (uri) => FILES[uri.slice('file:///bench/'.length)], kept: keptFiles() };
  let before;
  for (const steps of [100, 1_000, 10_000]) {
    const text = playbook(steps);
    const uri = 'file:///bench/x.playbook.yaml';
    const loaded = loadPlaybook(uri, text, host);
    const analyse = () => {
      const acts = actsOf(loaded, loaded.tools, loaded);
      const flow = flowOf(loaded.playbook, loaded.sites, acts, () => true);
      const prove = proverOf(flow);
      return acts.map((act) => prove(act).kind);
    };
    const wrong = analyse().filter((kind) => kind !== 'proven').length;
    if (wrong > 0) throw new Error(`${wrong} acts of the benchmark's own playbook are not proven`);
    const often = steps > 1_000 ? { rounds: 7, warm: 2 } : { rounds: 60, warm: 40 };
    const seldom = steps > 1_000 ? { rounds: 3, warm: 1 } : { rounds: 9, warm: 5 };
    const took = {
      analysis: timeOf(analyse, often),
      load: timeOf(() => loadPlaybook(uri, text, host), seldom),
      yaml: timeOf(() => parseDocument(text), seldom),
    };
    const name = `${steps.toLocaleString('en')} steps`;
    const growth = (key) => (before ? `${times(took[key] / before[key])} for 10 times the steps` : '');
    say(`${name}: analysis`, ms(took.analysis), growth('analysis'));
    say(`${name}: reading and checking it all`, ms(took.load), growth('load'));
    say(
      `${name}: peer, the package yaml alone`,
      ms(took.yaml),
      `analysis is ${(took.analysis / took.yaml).toFixed(3)} of it, reading and checking ${(took.load / took.yaml).toFixed(2)}`,
    );
    before = took;
  }
}

async function checkOfMany() {
  title('countersign check of 1,000 playbooks of 30 steps: a process of its own, cold.');
  const folder = path.join(scratch, 'many');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
  for (let index = 0; index < 1_000; index++)
    writeFileSync(path.join(folder, `p-${index}.playbook.yaml`), playbook(30, `p-${index}`));
  const peer = `const fs = require('node:fs'), { parseDocument } = require(${JSON.stringify(path.join(root, 'node_modules/yaml'))});
    for (const file of fs.readdirSync('.')) parseDocument(fs.readFileSync(file, 'utf8'));`;
  const runs = { check: [], yaml: [], node: [] };
  for (let round = 0; round < 3; round++) {
    runs.check.push(await run([program('cli.cjs'), 'check', '.'], folder, scratch));
    runs.yaml.push(await run(['-e', peer], folder, scratch));
    runs.node.push(await run(['-e', '0'], folder, scratch));
  }
  if (runs.check.some(({ code }) => code !== 0)) throw new Error('check found errors in the benchmark’s own playbooks');
  const [check, yaml, node] = [runs.check, runs.yaml, runs.node].map((some) => median(some.map((one) => one.ms)));
  const peak = Math.max(...runs.check.map(({ peakMB }) => peakMB));
  say('check', ms(check), `most memory at a time: ${peak.toFixed(0)} MB`);
  say('peer, the package yaml over the same files', ms(yaml), `check is ${times(check / yaml)}`);
  say('peer, Node with nothing to do', ms(node));
}

async function editors() {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(scratch, name), text);
  await compareEditors({ root, program: program('server.cjs'), scratch });
}

async function toolCalls() {
  title('One more step that calls a tool: decided, written down, done, written down; on disk before it goes on.');
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(scratch, name), text);
  const took = [];
  const sizes = [50, 250];
  for (const count of sizes) {
    const sample = calls(count);
    writeFileSync(path.join(scratch, 'calls.playbook.yaml'), sample.playbook);
    writeFileSync(path.join(scratch, 'calls.case.yaml'), sample.case);
    writeFileSync(path.join(scratch, 'calls.alert.json'), sample.alert);
    const rounds = [];
    for (let round = 0; round < 5; round++) {
      const started = performance.now();
      const reply = await runPlaybook({
        playbookPath: path.join(scratch, 'calls.playbook.yaml'),
        casePath: path.join(scratch, 'calls.case.yaml'),
        tracePath: path.join(scratch, `${count}-${round}.trace.jsonl`),
        model: (one) => createModel('rehearsal', { case: one }),
        approver: () => denyingApprover(),
        clock: systemClock,
        ids: randomIds,
        user: 'bench',
        signal: new AbortController().signal,
      });
      if (!reply.ok || reply.result.outcome !== 'completed')
        throw new Error(`the run failed: ${JSON.stringify(reply)}`);
      rounds.push(performance.now() - started);
    }
    took.push(median(rounds));
  }
  say('one more call', ms((took[1] - took[0]) / (sizes[1] - sizes[0])), `a run with ${sizes[1]}: ${ms(took[1])}`);
}

const started = performance.now();
const [cpu] = os.cpus();
console.log(
  `${cpu?.model.trim()}, ${os.availableParallelism()} cores, ${(os.totalmem() / 2 ** 30).toFixed(0)} GB, ${os.platform()} ${os.arch()}, Node ${process.version}. Medians.`,
);
try {
  analysis();
  await checkOfMany();
  await comparing({ root, program: program('cli.cjs'), scratch });
  await editors();
  await toolCalls();
  await compareAgents({ root });
  activation({ root, scratch });
  await traces(scratch);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`\nDone in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
