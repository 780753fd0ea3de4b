import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from './repository.js';

describe('The build', function () {
  this.timeout(20_000); // it bundles, several times, on a machine that may be busy
  let copy: string;
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    writeFileSync(path.join(copy, file), text);
  };
  const build = () => spawnSync(process.execPath, ['esbuild.mjs'], { cwd: copy, encoding: 'utf8' });

  beforeEach(() => {
    copy = mkdtempSync(path.join(tmpdir(), 'countersign-build-'));
    for (const file of ['esbuild.mjs', 'package.json', 'package-lock.json', 'tsconfig.base.json', 'scripts', 'schemas'])
      cpSync(path.join(repository, file), path.join(copy, file), { recursive: true });
    symlinkSync(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'));
    mkdirSync(path.join(copy, 'language/model'), { recursive: true });
    write('client/extension.ts', `import * as vscode from 'vscode'; export const activate = () => vscode.version;`);
    write('server/main.ts', `console.log('server');`);
    write('runner/process/main.ts', `console.log('runner');`);
    write('cli/main.ts', `import { word } from './word.js'; console.log(word, import.meta.url);`);
    write('cli/word.ts', `export const word: string = 'cli';`);
    write('cli/check-thread.ts', `console.log('thread');`);
    write('runner/tools/evidence/thread.ts', `console.log('thread');`);
    write('runner/tools/live/mcp.ts', `export const connect = () => undefined;`);
    write('client/viewer/main.ts', `document.title = 'viewer';`);
    write('client/viewer/viewer.css', `@import './parts.css'; body { color: red; }`);
    write('client/viewer/viewer-file.css', `@import './parts.css'; body { margin: 0; }`);
    write('client/viewer/boundary/main.ts', `document.title = 'boundary';`);
    write('client/viewer/boundary/boundary.css', `@import '../parts.css';`);
    write('client/viewer/parts.css', `p { color: blue; }`);
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  it('makes a command line program that runs on its own and knows where it is', () => {
    assert.equal(build().stderr, '');
    const program = path.join(copy, 'dist/cli.cjs');
    assert.ok(statSync(program).mode & 0o100, 'not executable');
    assert.match(spawnSync(program, { encoding: 'utf8' }).stdout, /^cli file:\/\/.*\/dist\/cli\.cjs\n$/);
  });

  it('does nothing when nothing changed, and builds again when a source did or an output is gone', () => {
    assert.match(build().stdout, /Built in/);
    assert.match(build().stdout, /up to date/);
    write('cli/word.ts', `export const word: string = 'other';`);
    assert.match(build().stdout, /Built in/);
    rmSync(path.join(copy, 'dist/codicon.ttf'));
    assert.match(build().stdout, /Built in/);
    assert.ok(existsSync(path.join(copy, 'dist/codicon.ttf')));
  });

  it('names the entry point that is missing', () => {
    rmSync(path.join(copy, 'server/main.ts'));
    const result = build();
    assert.equal(result.status, 1);
    assert.match(result.stderr, /server\/main\.ts \(for dist\/server\.cjs\) is missing/);
  });

  it('does not take a failed build for a finished one', () => {
    assert.equal(build().status, 0);
    write('cli/word.ts', 'export const word = (');
    assert.match(build().stderr, /cli\/word\.ts/);
    assert.equal(build().status, 1);
  });
});
