import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Folder } from './command.test.js';

const LIBRARY = fileURLToPath(new URL('../../playbooks', import.meta.url));

/** What people answer, take back and are to look at, as a case says it and the command line shows it. */
describe('people at the command line', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder({});
    cpSync(LIBRARY, folder.file('playbooks'), { recursive: true });
  });
  afterEach(() => folder.remove());

  const run = (playbook: string, sample: string, more = '') => {
    const file = folder.file(`playbooks/cases/${sample}.case.yaml`);
    if (more !== '') writeFileSync(file, readFileSync(file, 'utf8').replace(/^expect:[\s\S]*$/m, '') + more);
    return folder.run('run', `playbooks/${playbook}.playbook.yaml`, '--case', `playbooks/cases/${sample}.case.yaml`);
  };
  const traces = () =>
    readdirSync(folder.file('traces'))
      .filter((name) => name.endsWith('.trace.jsonl'))
      .map((name) => `traces/${name}`);

  it('take back an act of a run that is over, once, within its time, in a trace of its own', () => {
    const ran = run('phishing-triage', 'newsletter');
    assert.equal(ran.code, 0, ran.err);
    const [, trace = '', call = ''] = /countersign undo (\S+) (\S+) --as PERSON/.exec(ran.out) ?? [];
    assert.notEqual(call, '', ran.out);
    assert.equal(folder.run('undo', trace, call, '--as', 'eve@soc.example').code, 4);
    assert.equal(folder.run('undo', trace, 'call-0', '--as', 'ana@soc.example').code, 2);
    const undone = folder.run('undo', trace, call, '--as', 'ana@soc.example', '--reason', 'it is ours');
    assert.equal(undone.code, 0, undone.err);
    assert.match(undone.out, /Taken back with case\.reopen/);
    const again = folder.run('undo', trace, call, '--as', 'bo@soc.example');
    assert.match(again.err, /taken back before/);
    assert.equal(again.code, 2);
    for (const one of traces()) assert.equal(folder.run('verify', one).code, 0, one);
    const own = readFileSync(folder.file(traces().find((name) => name.includes('-2.'))!), 'utf8').split('\n');
    const last = JSON.parse(readFileSync(folder.file(trace), 'utf8').trimEnd().split('\n').at(-1)!);
    assert.deepEqual(JSON.parse(own[0]!).data.undoes, { run: last.run, call, last: last.hash });
  });

  it('take nothing back once the policy is another', () => {
    const ran = run('phishing-triage', 'newsletter');
    const [, trace = '', call = ''] = /countersign undo (\S+) (\S+) --as PERSON/.exec(ran.out) ?? [];
    appendFileSync(folder.file('playbooks/policies/default.policy.yaml'), '# changed\n');
    const denied = folder.run('undo', trace, call, '--as', 'ana@soc.example');
    assert.match(denied.err, /was changed since the run/);
    assert.equal(traces().length, 1);
  });

  it('do so while it goes on, and look at what is drawn, where the case says so', () => {
    const more = `undo:
  - { step: close, as: ana@soc.example, after: 5m, reason: it is ours }
sampled: [close]
`;
    const { out, code } = run('phishing-triage', 'newsletter', more);
    assert.equal(code, 0);
    assert.match(out, /case\.reopen.* takes it back for ana@soc\.example/);
    assert.match(out, /1 outcome drawn for review\n +case\.close/);
    assert.doesNotMatch(out, /countersign undo/);
    const late = run('phishing-triage', 'newsletter', more.replace('5m', '2d'));
    assert.doesNotMatch(late.out, /case\.reopen/);
  });

  it('do so while it goes on, where the terminal asks them, at the prompt of another question', () => {
    const playbook = folder.file('playbooks/phishing-triage.playbook.yaml');
    const step = `              review: 10%
            - id: look
              manual: { task: Look at it., role: analyst }
`;
    writeFileSync(playbook, readFileSync(playbook, 'utf8').replace('              review: 10%\n', step));
    const typed = ['undo 1', 'ana@soc.example', 'it is ours', 'done', 'ana@soc.example', ''].join('\n');
    const words = ['run', 'playbooks/phishing-triage.playbook.yaml', '--approvals', 'ask'];
    const sample = 'playbooks/cases/newsletter.case.yaml';
    const { out, err } = folder.runTyping(typed, ...words, '--case', sample);
    assert.match(err, /case\.close was run.* without asking.*type "undo 1".*TASK.*Who takes it back\?/s);
    assert.match(out, /case\.reopen.* takes it back for ana@soc\.example/);
    assert.match(out, /Outcome {3}(completed|escalated)/);
  });
});

describe('countersign kill and runs', () => {
  it('say so when there is nothing to end', () => {
    const folder = new Folder({});
    assert.deepEqual([folder.run('runs').out, folder.run('runs').code], ['No run goes on.\n', 0]);
    assert.equal(folder.run('kill', 'run-x').code, 3);
    assert.equal(folder.run('kill').code, 2);
    folder.remove();
  });
});
