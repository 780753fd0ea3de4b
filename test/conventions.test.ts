import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './platform/repository.js';

const manifest = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));

/** Sources of the parts that run on a person's machine, without tests. */
const SOURCES = ['language', 'runner', 'server', 'cli', 'client', 'launch'].flatMap((part) =>
  readdirSync(path.join(repository, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.relative(repository, path.join(entry.parentPath, entry.name)).split(path.sep).join('/')),
);

function filesWith(pattern: RegExp): readonly string[] {
  return SOURCES.filter((file) => pattern.test(readFileSync(path.join(repository, file), 'utf8'))).sort();
}

/** docs/architecture.md has the whole table; what has a test elsewhere is named there. */
describe('The conventions of an extension', () => {
  it('run where the files are: over SSH, in WSL, in containers', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
  });

  it('know a workspace that is not trusted, and have at most twelve settings', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    assert.ok(Object.keys(manifest.contributes.configuration.properties).length <= 12);
  });

  it('listen on no network', () => {
    assert.deepEqual(filesWith(/from '(?:node:)?(?:http|https|http2|net|tls|dgram|inspector)'|createServer\(/), []);
  });

  it('let a page load our own built files alone, and run no text as a program', () => {
    const roots = filesWith(/localResourceRoots/);
    assert.ok(roots.length > 0);
    assert.deepEqual(filesWith(/localResourceRoots: \[dist\]/), roots);
    assert.deepEqual(filesWith(/'unsafe-(?:inline|eval|hashes)|\.innerHTML|unsafeHTML|\beval\(/), []);
  });

  it('show messages and lists through what takes links and icons out of names that others chose', () => {
    assert.deepEqual(filesWith(/\bshow(?:Information|Warning|Error)Message\b/), ['client/notify.ts']);
    assert.deepEqual(filesWith(/\bshowQuickPick\b|\bcreateQuickPick\b/), ['client/pick.ts']);
  });

  it('tell nobody how they are used', () => {
    const packages = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    assert.deepEqual(
      packages.filter((name) => /telemetry|applicationinsights|analytics|sentry|posthog/i.test(name)),
      [],
    );
    assert.deepEqual(filesWith(/TelemetryLogger|TelemetrySender|onDidChangeTelemetryEnabled/), []);
  });

  it('poll nothing in the editor: what is counted down is only while a question waits', () => {
    assert.deepEqual(
      filesWith(/\bsetInterval\(/).filter((file) => file.startsWith('client/') || file.startsWith('server/')),
      ['client/viewer/main.ts'],
    );
  });

  it('leave comparisons of traces with git to the text editor', () => {
    const [editor] = manifest.contributes.customEditors;
    // As a word it is for opening files alone, in versions of VS Code that tell the two apart.
    assert.equal(editor.priority, 'default');
    // In those that do not, a side from git is text, and so the other is, too.
    assert.deepEqual(manifest.contributes.configurationDefaults['workbench.editorAssociations'], {
      '{git,gitlens}:/**/*.trace.jsonl': 'default',
    });
  });

  it('fill the tabs of webviews again after a reload', () => {
    const text = SOURCES.map((file) => readFileSync(path.join(repository, file), 'utf8')).join('\n');
    const made = [...text.matchAll(/createWebviewPanel\(\s*(\w+)/g)].map(([, name = '']) => name);
    assert.ok(made.length >= 3, made.join());
    for (const name of made) {
      const [, id = ''] = new RegExp(`${name} = '([^']+)'`).exec(text) ?? [];
      assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${id}`), name);
      assert.match(text, new RegExp(`registerWebviewPanelSerializer\\(${name}`));
    }
  });
});
