// `npm run soundness -- [--playbooks N] [--seed S] [--jobs J] [--runs R]`: what the analysis proves of random playbooks, against
// what an interpreter without a decision point does with them. `--exhaustive SIZE` takes every playbook of up to so many
// steps over a small alphabet instead, and every run of each. `--mutants` plants known faults into the analysis, and tells
// how many playbooks it took to find each. `--runner N [--from K]` runs random playbooks on the real runner, against an adversary and
// random people, and has every run audited. Exit code 1 when an act was executed outside what was proven, or a fault survives.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = (program, words, options = {}) =>
  spawnSync(program, words, { cwd: root, stdio: 'inherit', ...options }).status ?? 2;

const shell = process.platform === 'win32';
const built = run('npm', ['run', '-s', 'generate'], { shell }) || run('npx', ['tsc', '-b', 'test'], { shell });
process.exitCode = built || run(process.execPath, ['out/test/soundness/main.js', ...process.argv.slice(2)]);
