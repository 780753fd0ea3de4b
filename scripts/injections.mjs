// `npm run injections -- [--list corpus|own] [--model adversary|rehearsal|scripted] [--people case|deny|approve-all] [--seed S]
// [--every N] [--jobs J]`: every shipped case, with every text of a list in every field that comes from outside, one run each
// (or every N-th). Exit code 1 when anything ran without authority. The corpus is no part of this repository: it is read
// from `shared/corpora` beside the checkout, or from COUNTERSIGN_CORPORA.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = (program, words, options = {}) =>
  spawnSync(program, words, { cwd: root, stdio: 'inherit', ...options }).status ?? 2;

const shell = process.platform === 'win32';
const built = run('npm', ['run', '-s', 'generate'], { shell }) || run('npx', ['tsc', '-b', 'test'], { shell });
process.exitCode = built || run(process.execPath, ['out/test/injections/main.js', ...process.argv.slice(2)]);
