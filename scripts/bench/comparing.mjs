// `countersign diff` of two commits: of one playbook, and of 1,000 with 20 changed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { median, ms, say, times, title } from './figures.mjs';
import { run } from './processes.mjs';
import { FILES, playbook } from './texts.mjs';

const STEPS = 30;
/** Something widens: the command then ends with 20. */
const WIDENED = 20;

export async function comparing({ root, program, scratch }) {
  title('countersign diff HEAD~1 HEAD, playbooks of 30 steps: a process of its own each.');
  for (const [count, changed, rounds] of [
    [1, 1, 15],
    [1_000, 20, 5],
  ]) {
    const folder = repository(path.join(scratch, `compared-${count}`), count, changed);
    // The code is kept, after a first run that is not counted; or each time compiled anew.
    const kept = { ...process.env, XDG_CACHE_HOME: mkdtempSync(path.join(scratch, 'cache-')) };
    const cold = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
    const diff = async (env) => {
      const ended = await run([program, 'diff', 'HEAD~1', 'HEAD'], folder, scratch, env);
      if (ended.code !== WIDENED) throw new Error(`countersign diff ended with ${ended.code}`);
      return ended;
    };
    await diff(kept);
    const runs = { warm: [], cold: [], peer: [], node: [] };
    for (let round = 0; round < rounds; round++) {
      runs.warm.push(await diff(kept));
      runs.cold.push(await diff(cold));
      runs.peer.push(await run(['-e', peer(root)], folder, scratch));
      runs.node.push(await run(['-e', '0'], folder, scratch));
    }
    const of = (name, what) => median(runs[name].map((one) => one[what]));
    const many = count === 1 ? '1 playbook' : `${count.toLocaleString('en')} playbooks, ${changed} changed`;
    const peak = Math.max(...runs.warm.map(({ peakMB }) => peakMB));
    const figure = (name) => `processor ${ms(of(name, 'cpu'))}`;
    say(`${many}, kept code`, ms(of('warm', 'ms')), `${figure('warm')}; most memory at a time: ${peak.toFixed(0)} MB`);
    say(`${many}, nothing kept`, ms(of('cold', 'ms')), figure('cold'));
    say(
      'peer, git diff and yaml over what changed',
      ms(of('peer', 'ms')),
      `${figure('peer')}; diff is ${times(of('warm', 'ms') / of('peer', 'ms'))}`,
    );
    say('peer, Node with nothing to do', ms(of('node', 'ms')), figure('node'));
  }
}

/** A repository with two commits. */
function repository(folder, count, changed) {
  mkdirSync(folder);
  const git = (...words) => {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@soc.example', '-c', 'commit.gpgsign=false'];
    const { status, stderr } = spawnSync('git', ['-C', folder, ...who, ...words], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${words[0]}: ${stderr}`);
  };
  const write = (at, text) => writeFileSync(path.join(folder, `p-${at}.playbook.yaml`), text);
  const text = (at) => playbook(STEPS, `p-${at}`);
  git('init', '--quiet');
  for (const [name, content] of Object.entries(FILES)) writeFileSync(path.join(folder, name), content);
  for (let at = 0; at < count; at++) write(at, text(at));
  git('add', '--all');
  git('commit', '--quiet', '--message', 'first');
  for (let at = 0; at < count; at += count / changed) write(at, text(at).replace('expires: 1h', 'expires: 2h'));
  git('commit', '--quiet', '--all', '--message', 'second');
  return folder;
}

function peer(root) {
  return `const { execFileSync } = require('node:child_process'), { parseDocument } = require(${JSON.stringify(path.join(root, 'node_modules/yaml'))});
    const git = (...words) => execFileSync('git', words, { encoding: 'utf8', maxBuffer: 1e9 });
    for (const file of git('diff', '--name-only', 'HEAD~1', 'HEAD').trim().split('\\n'))
      for (const side of ['HEAD~1', 'HEAD']) parseDocument(git('show', side + ':' + file));`;
}
