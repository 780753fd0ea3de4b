import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { moduleAddress } from './repository.js';

interface CommandLine {
  readonly flag: (name: string) => string | undefined;
  readonly all: (name: string) => readonly string[];
  readonly has: (name: string) => boolean;
  readonly paths: readonly string[];
}

describe("The launcher's command line", () => {
  let parse: (words: readonly string[]) => CommandLine;
  let pageAddress: (authority: string, commandLine: CommandLine, environment?: Record<string, string>) => string;
  let folder: string;
  before(async () => {
    parse = (await import(moduleAddress('test/host/command-line.mjs'))).parseCommandLine;
    pageAddress = (await import(moduleAddress('test/host/page-address.mjs'))).pageAddress;
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-launcher-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('takes a value after = or as the next word, and keeps every value of a repeated flag', () => {
    const line = parse([
      '--user-data-dir=/u',
      '--extensions-dir',
      '/e',
      '--extensionDevelopmentPath=/a',
      '--extensionDevelopmentPath=/b',
    ]);
    assert.equal(line.flag('user-data-dir'), '/u');
    assert.equal(line.flag('extensions-dir'), '/e');
    assert.deepEqual(line.all('extensionDevelopmentPath'), ['/a', '/b']);
  });

  it('does not take the folder after a switch for its value', () => {
    const line = parse(['--no-sandbox', '/folder', '--disable-workspace-trust']);
    assert.deepEqual(line.paths, ['/folder']);
    assert.ok(line.has('disable-workspace-trust'));
  });

  it('opens the folder, with the extension and the tests in the payload', () => {
    const tests = path.join(folder, 'tests.cjs');
    writeFileSync(tests, '');
    const line = parse([folder, '--extensionDevelopmentPath=/an extension', `--extensionTestsPath=${tests}`]);
    const address = new URL(pageAddress('127.0.0.1:1234', line, { A: 'b' }));
    assert.equal(address.searchParams.get('folder'), folder);
    assert.deepEqual(JSON.parse(address.searchParams.get('payload') ?? ''), [
      ['extensionDevelopmentPath', 'vscode-remote://127.0.0.1:1234/an%20extension'],
      ['extensionTestsPath', `vscode-remote://127.0.0.1:1234${tests}`],
      ['extensionEnvironment', '{"A":"b"}'],
    ]);
  });

  it('opens an empty window when no folder is named', () => {
    const address = new URL(pageAddress('127.0.0.1:1234', parse([])));
    assert.equal(address.searchParams.get('ew'), 'true');
  });
});
