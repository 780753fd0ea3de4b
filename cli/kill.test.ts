import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Folder } from './command.test.js';

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));
const LIBRARY = fileURLToPath(new URL('../../playbooks', import.meta.url));

describe('countersign kill', () => {
  it('ends a run that waits at a gate, by the id that "runs" lists', async () => {
    const folder = new Folder({});
    cpSync(LIBRARY, folder.file('playbooks'), { recursive: true });
    const words = ['run', 'playbooks/phishing-triage.playbook.yaml', '--approvals', 'ask'];
    const child = spawn(
      process.execPath,
      [PROGRAM, ...words, '--case', 'playbooks/cases/credential-phish.case.yaml', '--format', 'json'],
      { cwd: folder.path, stdio: ['pipe', 'pipe', 'pipe'] },
    );
    const exited = once(child, 'exit');
    try {
      let out = '';
      let err = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
      });
      while (!err.includes('APPROVAL')) await once(child.stderr, 'data');
      const listed = JSON.parse(folder.run('runs', '--format', 'json').out);
      assert.deepEqual(
        [listed.runs.length, listed.runs[0]?.playbook, listed.runs[0]?.alive],
        [1, 'phishing-triage', true],
      );
      const killed = folder.run('kill', listed.runs[0].run, '--reason', 'a drill');
      assert.equal(killed.code, 0, killed.err);
      assert.deepEqual(await exited, [4, null]);
      const result = JSON.parse(out);
      assert.equal(result.outcome, 'cancelled');
      assert.match(result.reason, /a drill/);
      assert.equal(folder.run('verify', listed.runs[0].trace).code, 0);
      assert.equal(folder.run('runs').out, 'No run goes on.\n');
      assert.equal(folder.run('kill', listed.runs[0].trace).code, 3);
    } finally {
      child.kill('SIGKILL');
      await exited;
      folder.remove();
    }
  });
});
