import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkFile } from '../language/check-file.js';
import { nodeFiles } from '../runner/node-files.js';
import { repository } from './platform/repository.js';

/**
 * "Your first playbook" in docs/language.md, done as it says: files are written and added to, commands run, and what the page
 * shows of their output has to come.
 */
const PROGRAM = path.join(repository, 'out/cli/main.js');

type Deed =
  | { readonly kind: 'write' | 'append'; readonly file: string; readonly text: string }
  | { readonly kind: 'run'; readonly args: readonly string[]; readonly shows: readonly string[] };

describe('The guide "Your first playbook"', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-guide-'));
    cpSync(path.join(repository, 'playbooks'), path.join(folder, 'playbooks'), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const deeds = deedsOf(guide());

  it('has files, additions and commands', () => {
    for (const kind of ['write', 'append', 'run'] as const)
      assert.ok(
        deeds.some((deed) => deed.kind === kind),
        kind,
      );
  });

  for (const [index, deed] of deeds.entries()) {
    if (deed.kind === 'run') {
      it(`${index + 1}. ${deed.args.join(' ')} says what the page shows`, () => {
        const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...deed.args], {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, NO_COLOR: '1' },
        });
        const lines = stdout.split('\n').map((line) => line.trim());
        for (const line of deed.shows) assert.ok(lines.includes(line), `"${line}" is not in:\n${stdout}${stderr}`);
      });
    } else {
      it(`${index + 1}. ${deed.kind}s ${deed.file}`, () => {
        const file = path.join(folder, deed.file);
        writeFileSync(file, deed.kind === 'write' ? deed.text : readFileSync(file, 'utf8') + deed.text);
        // Whatever is written whole is complete, and has nothing wrong with it.
        if (deed.kind !== 'write') return;
        const { problems } = checkFile(pathToFileURL(file).href, readFileSync(file, 'utf8'), nodeFiles());
        assert.deepEqual(problems, []);
      });
    }
  }
});

function guide(): string {
  const page = readFileSync(path.join(repository, 'docs/language.md'), 'utf8');
  const [, rest = ''] = page.split(/^## Your first playbook$/m);
  return rest.split(/^## /m)[0] ?? '';
}

/** What a reader does, in order: `<!-- guide: write FILE -->` or `append` before a block, and the commands shown. */
function deedsOf(text: string): readonly Deed[] {
  const block = /(?:^<!-- guide: (write|append) (\S+) -->\n\n)?^```(\w+)\n([\s\S]*?)^```$/gm;
  return [...text.matchAll(block)].flatMap(([, kind, file = '', language, body = '']): Deed[] => {
    if (kind === 'write' || kind === 'append') return [{ kind, file, text: body }];
    if (language !== 'console') throw new Error(`A block of the guide has no mark:\n${body}`);
    const [command = '', ...output] = body.trimEnd().split('\n');
    const args = /^\$ node dist\/cli\.cjs (.+)$/.exec(command)?.[1];
    if (args === undefined) throw new Error(`"${command}" is no command of Countersign.`);
    const shows = output.map((line) => line.trim()).filter((line) => line !== '…' && line !== '');
    return [{ kind: 'run', args: args.split(' '), shows }];
  });
}
