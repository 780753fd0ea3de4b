import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EXAMPLE_FILES } from '../language/index.js';

/** A repository of its own, with one commit on `main`. */
export class Repository {
  readonly path = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign git ')));

  constructor(files: { readonly [name: string]: string } = {}) {
    this.git('init', '--quiet', '--initial-branch=main');
    this.write({ ...EXAMPLE_FILES, ...files });
    this.commit('first');
  }

  write(files: { readonly [name: string]: string }): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(this.path, name)), { recursive: true });
      writeFileSync(path.join(this.path, name), text);
    }
  }

  commit(message: string): void {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
  }

  git(...args: readonly string[]): string {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@soc.example', '-c', 'commit.gpgsign=false'];
    const { status, stdout, stderr } = spawnSync('git', ['-C', this.path, ...who, ...args], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
