// `npm run soak -- [--edits N] [--seed S]`: a day of typing in a few minutes, and whether the language server's memory grew.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = (program, words, options = {}) =>
  spawnSync(program, words, { cwd: root, stdio: 'inherit', ...options }).status ?? 2;

const shell = process.platform === 'win32';
const built = run('npm', ['run', '-s', 'generate'], { shell }) || run('npx', ['tsc', '-b', 'test'], { shell });
process.exitCode = built || run(process.execPath, ['--expose-gc', 'out/test/soak/main.js', ...process.argv.slice(2)]);
