// How long the extension keeps VS Code at its start: loading its code, and the call of `activate`, by VS Code's own report
// (Developer: Startup Performance), in windows of their own.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { SetupError, setUpEditor } from '../setup.mjs';
import { median, ms, say, title } from './figures.mjs';

const WINDOWS = 5;

export function activation({ root, scratch }) {
  title('Activation in VS Code, with a folder of playbooks opened: a window of its own each time.');
  try {
    setUpEditor(console.log);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.log(`  Left out: ${error.message}`);
    return;
  }
  const found = [];
  const figures = path.join(scratch, 'activation.json');
  for (let window = 0; window < WINDOWS; window++) {
    const words = [path.join(root, 'out/test/editor/run.js'), 'tells how long the activation took'];
    const env = { ...process.env, COUNTERSIGN_FIGURES: figures };
    const { stderr } = spawnSync(process.execPath, words, { cwd: root, env, encoding: 'utf8' });
    if (!existsSync(figures)) throw new Error(`VS Code did not tell:\n${stderr.slice(-2000)}`);
    found.push(JSON.parse(readFileSync(figures, 'utf8')));
    rmSync(figures);
  }
  const all = found.map(({ load, call, finish }) => load + call + finish);
  const of = (name) => ms(median(found.map((one) => one[name])));
  say('activation', ms(median(all)), `loading ${of('load')}, calling ${of('call')}; ${all.join(', ')} ms`);
}
