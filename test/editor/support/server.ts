import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

/** The process of the language server, which the extension starts from the process that tests run in as well. */
export function languageServer(): number | undefined {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const found = processes.flatMap((line) => {
    const [, pid, parent, words] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === process.pid && /[\\/]dist[\\/]server\.cjs/.test(words ?? '') ? [Number(pid)] : [];
  });
  assert.ok(found.length <= 1, `one language server runs, and not ${found.length}`);
  return found[0];
}
