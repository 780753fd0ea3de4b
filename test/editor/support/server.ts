import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The process of the language server, which the extension starts from the process that tests run in as well. */
export function languageServer(): number | undefined {
  const found = processes().filter(
    ({ parent, words }) => parent === process.pid && /[\\/]dist[\\/]server\.cjs/.test(words),
  );
  assert.ok(found.length <= 1, `one language server runs, and not ${found.length}`);
  return found[0]?.pid;
}

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly words: string;
}

function processes(): readonly Running[] {
  // A small Debian has no `ps`.
  return existsSync('/proc/self/stat') ? inProc() : byPs();
}

function inProc(): readonly Running[] {
  return readdirSync('/proc').flatMap((name): readonly Running[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      // Behind the name, which may have brackets and blanks in it: the state, then the parent.
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\)\s*/s, '')
        .split(' ');
      return [{ pid: Number(name), parent: Number(parent), words }];
    } catch {
      // It has ended since.
      return [];
    }
  });
}

function byPs(): readonly Running[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, words = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return [{ pid: Number(pid), parent: Number(parent), words }];
  });
}
