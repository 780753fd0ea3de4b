import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from './repository.js';

describe('The build', function () {
  this.timeout(60_000); // it bundles, several times, on a machine that may be busy
  let copy: string;
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    writeFileSync(path.join(copy, file), text);
  };
  const build = () => spawnSync(process.execPath, ['esbuild.mjs'], { cwd: copy, encoding: 'utf8' });

  beforeEach(() => {
    copy = mkdtempSync(path.join(tmpdir(), 'countersign-build-'));
    const kept = ['esbuild.mjs', 'package.json', 'package-lock.json', 'tsconfig.base.json', 'scripts', 'schemas'];
    for (const file of [...kept, 'playbooks/catalogs/foreign'])
      cpSync(path.join(repository, file), path.join(copy, file), { recursive: true });
    symlinkSync(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'));
    for (const folder of ['model', 'foreign/effects'])
      mkdirSync(path.join(copy, 'language', folder), { recursive: true });
    write('client/extension.ts', `import * as vscode from 'vscode'; export const activate = () => vscode.version;`);
    write('server/main.ts', `console.log('server');`);
    write('runner/process/main.ts', `console.log('runner');`);
    cpSync(path.join(repository, 'launch'), path.join(copy, 'launch'), { recursive: true });
    write('cli/main.ts', `import { word } from './word.js'; console.log(word, import.meta.url);`);
    write('cli/word.ts', `export const word: string = 'cli';`);
    write('cli/check-thread.ts', `console.log('thread');`);
    write('cli/action/main.ts', `console.log('action');`);
    write('revisions/comparing.ts', `export const compared = true;`);
    write('server/foreign/reading.ts', `export const read = true;`);
    write('runner/tools/evidence/thread.ts', `console.log('thread');`);
    write('client/libraries/language-client.ts', `export const language = 1;`);
    write('client/libraries/rpc.ts', `export const rpc = 1;`);
    write('client/viewer/main.ts', `document.title = 'viewer';`);
    write('client/viewer/viewer.css', `@import './parts.css'; body { color: red; }`);
    write('client/viewer/viewer-file.css', `@import './parts.css'; body { margin: 0; }`);
    write('client/viewer/graph/main.ts', `document.title = 'graph';`);
    write('client/viewer/graph.css', `@import './parts.css'; body { margin: 0; }`);
    write('client/viewer/boundary/main.ts', `document.title = 'boundary';`);
    write('client/viewer/boundary/boundary.css', `@import '../parts.css';`);
    write('client/viewer/parts.css', `p { color: blue; }`);
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  it('makes a command line program that runs on its own and knows where it is', () => {
    assert.equal(build().stderr, '');
    const program = path.join(copy, 'dist/cli.cjs');
    assert.ok(statSync(program).mode & 0o100, 'not executable');
    const env = { ...process.env, XDG_CACHE_HOME: path.join(copy, 'cache'), LOCALAPPDATA: path.join(copy, 'cache') };
    // Compiled, and then from what was kept.
    for (const time of ['first', 'second'])
      assert.match(
        spawnSync(process.execPath, [program], { encoding: 'utf8', env }).stdout,
        /^cli file:\/\/.*\/dist\/core\.cjs\n$/,
        time,
      );
  });

  it('runs of the programs that share a bundle only the one that is asked for', () => {
    assert.equal(build().stderr, '');
    const run = (name: string) =>
      spawnSync(process.execPath, [path.join(copy, 'dist', name)], { encoding: 'utf8' }).stdout;
    assert.equal(run('runner.cjs'), 'runner\n');
    assert.equal(run('check-thread.cjs'), 'thread\n');
    assert.equal(run('action.cjs'), 'action\n');
    assert.equal(run('core.cjs'), '');
  });

  it('makes of an import what also works in a program whose compiled code is kept', () => {
    write('cli/main.ts', `import(process.argv[2] ?? '').then(({ word }) => console.log(word));`);
    write('word.cjs', `exports.word = 'beside';`);
    assert.equal(build().stderr, '');
    const words = [path.join(copy, 'dist/cli.cjs'), path.join(copy, 'word.cjs')];
    assert.deepEqual(spawnSync(process.execPath, words, { encoding: 'utf8' }).stdout, 'beside\n');
  });

  it('does nothing when nothing changed, and builds again when a source did or an output is gone', () => {
    assert.match(build().stdout, /Built in/);
    assert.match(build().stdout, /up to date/);
    write('cli/word.ts', `export const word: string = 'other';`);
    assert.match(build().stdout, /Built in/);
    rmSync(path.join(copy, 'dist/codicon.ttf'));
    write('dist/of-an-earlier-version.cjs', '');
    assert.match(build().stdout, /Built in/);
    assert.ok(existsSync(path.join(copy, 'dist/codicon.ttf')));
    assert.ok(!existsSync(path.join(copy, 'dist/of-an-earlier-version.cjs')));
  });

  it('names the entry point that is missing', () => {
    rmSync(path.join(copy, 'server/main.ts'));
    const result = build();
    assert.equal(result.status, 1);
    assert.match(result.stderr, /server\/main\.ts \(for dist\/server\.program\.cjs\) is missing/);
  });

  it('does not take a failed build for a finished one', () => {
    assert.equal(build().status, 0);
    write('cli/word.ts', 'export const word = (');
    assert.match(build().stderr, /cli\/word\.ts/);
    assert.equal(build().status, 1);
  });
});
