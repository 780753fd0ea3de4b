import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type EvaluatedRun,
  evaluate as makeRuns,
  planRuns,
  recordingName,
  scriptedApprover,
  systemClock,
  virtualClock,
} from '../../runner/index.js';
import { recordingModel } from '../../runner/models/record.js';
import { rehearsalModel } from '../../runner/models/rehearsal/rehearsal.js';
import { Folder, TOO_FEW } from '../command.test.js';
import { called, inFolder } from '../in-process.test.js';
import { evaluate } from './evaluate.js';
import { merge } from './merge.js';

const PLAYBOOKS = ['playbooks/phishing-triage.playbook.yaml', 'playbooks/contain-host.playbook.yaml'];
const CASES = ['--cases', 'playbooks/cases'];

describe('countersign evaluate', function () {
  this.timeout(60_000); // each test starts processes, on a machine that may be busy
  const folder = new Folder({
    'few.playbook.yaml': TOO_FEW,
    'nothing/readme.txt': '',
    'broken.json': '{"version":1}',
  });
  before(() => {
    const library = fileURLToPath(new URL('../../../playbooks', import.meta.url));
    cpSync(library, folder.file('playbooks'), { recursive: true, filter: (file) => !/traces$/.test(file) });
    // Cases that name what they are, and what nobody may do.
    folder.write(
      'wrong/newsletter.case.yaml',
      folder
        .read('playbooks/cases/newsletter.case.yaml')
        .replace('../alerts', '../playbooks/alerts')
        .replace('truth: benign', 'truth: malicious')
        .replace(/^expect:[\s\S]*/m, 'expect: { verdict: malicious, acts: { must-not: [case.close] } }\n'),
    );
  });
  after(() => folder.remove());
  inFolder(() => folder.path);

  it('says how often playbooks were right, and what there are not enough cases for', () => {
    const { code, out, err } = folder.run('evaluate', ...PLAYBOOKS, ...CASES);
    assert.equal(code, 0, out + err);
    assert.match(out, /^2 playbooks, \d+ cases, \d+ runs; model rehearsal, which is not AI$/m);
    assert.match(out, /^ {2}Wrong closures without a person +.*0 of \d+, \d+ alerts?/m);
    assert.match(out, /^ {2}contain-host +ask +approval +1 /m);
    assert.match(out, /✓ \d+ runs: \d+ as expected, 0 not\n$/);
    assert.match(err, /cases? for other playbooks passed over\.\n/);
    assert.match(err, /^(\d+) of \1 runs$/m);
  });

  it('ends with 8 where a run is not as its case says, and shows the blind spot', async () => {
    const { code, out } = await called(evaluate, PLAYBOOKS[0] ?? '', '--cases', 'wrong');
    assert.equal(code, 8);
    assert.match(out, /✗ phishing-triage on newsletter: The verdict was to be "malicious" and is "benign"\./);
    assert.match(out, /^ {2}phishing-triage +case\.close +1 +not enough cases to say: 1 of 1/m);
    assert.match(out, /Blind spots\n {2}\w+ /);
    const junit = await called(evaluate, PLAYBOOKS[0] ?? '', '--cases', 'wrong', '--format', 'junit');
    assert.equal(junit.code, 8);
    assert.match(junit.out, /<testsuite name="phishing-triage" tests="1" failures="1" errors="0">/);
    const page = await called(evaluate, PLAYBOOKS[0] ?? '', '--cases', 'wrong', '--format', 'html');
    assert.match(page.out, /^<!DOCTYPE html>[\s\S]*case\.close was not to run and did\./);
  });

  it('plays back turns where there are agents, and needs none where there are not', async () => {
    const files = [
      'playbooks/impossible-travel-traditional.playbook.yaml',
      'playbooks/insider-exfiltration.playbook.yaml',
    ];
    const { out } = await called(evaluate, ...files, ...CASES, '--model', 'scripted', '--format', 'json');
    const { runs } = JSON.parse(out) as { runs: readonly EvaluatedRun[] };
    const byHand = runs.filter(({ playbook }) => playbook === 'impossible-travel-traditional');
    assert.ok(byHand.length > 3 && byHand.every(({ pass }) => pass), 'people alone do it');
    const asked = runs.filter(({ playbook }) => playbook === 'insider-exfiltration');
    assert.ok(
      asked.some(({ outcome, unmet }) => outcome === 'refused' && /no "turns"/.test(unmet.join())),
      out,
    );
  });

  it('in shards, merged, is for programs what it is in one, and keeps a trace of each run', async () => {
    const args = [...PLAYBOOKS, ...CASES, '--format', 'json'];
    const whole = await called(evaluate, ...args, '--out', 'whole');
    assert.equal(whole.code, 0, whole.err);
    for (const part of ['1/2', '2/2']) await called(evaluate, ...args, '--shard', part, '--out', `part-${part[0]}`);
    const merged = await called(merge, 'part-1', 'part-2/evaluation.json', '--format', 'json');
    assert.equal(merged.code, 0, merged.err);
    const undated = (text: string): unknown => ({ ...JSON.parse(text), at: '' });
    assert.deepEqual(undated(merged.out), undated(whole.out));
    const evaluation = JSON.parse(whole.out);
    assert.deepEqual(evaluation, JSON.parse(folder.read('whole/evaluation.json')));
    for (const { trace } of evaluation.runs) assert.ok(existsSync(folder.file(`whole/${trace}`)), trace);
    assert.ok(readdirSync(folder.file('whole')).includes('runs.jsonl'));

    const half = await called(merge, 'part-1');
    assert.equal(half.code, 4);
    assert.match(half.err, /of the whole are in none of them/);
    assert.equal((await called(merge, 'part-1', 'part-1')).code, 1);

    const again = await called(evaluate, ...args, '--out', 'whole', '--compare', 'whole');
    assert.equal(again.code, 0);
    const { compared, ...same } = JSON.parse(again.out);
    assert.deepEqual(same, evaluation, 'nothing is made twice');
    assert.deepEqual([compared.regressions, compared.added, compared.gone], [[], [], []]);
  });

  it('plays recordings of its models again, and makes no answer up', async () => {
    const cases = ['--cases', 'playbooks/cases'];
    const planned = planRuns({
      ...{ playbookPaths: PLAYBOOKS, casesPath: 'playbooks/cases', repeat: 1, seed: 1, people: 'case' },
      ...{ shard: { index: 1, of: 1 }, model: { provider: 'test', id: 'test', ai: false } },
    });
    assert.ok(!('ok' in planned));
    const recordings = folder.file('recordings');
    const made = await makeRuns({
      runs: planned.runs,
      model: (_sample, _loaded, run) => {
        const file = path.join(recordings, recordingName(run));
        mkdirSync(path.dirname(file), { recursive: true });
        return { ok: true, model: recordingModel(rehearsalModel(), file, systemClock) };
      },
      approver: (sample) => scriptedApprover(sample),
      ...{ clock: (idle) => virtualClock(0, idle), user: 'tester', parallel: 1, signal: new AbortController().signal },
    });
    const replay = [...PLAYBOOKS, ...cases, '--model', 'replay', '--recordings', 'recordings', '--format', 'json'];
    const again = await called(evaluate, ...replay);
    assert.equal(again.code, 0, again.err);
    const { plan, runs } = JSON.parse(again.out);
    assert.deepEqual(plan.model, { provider: 'replay', id: 'rehearsal', ai: false });
    const cameTo = (of: readonly EvaluatedRun[]) => of.map((run) => [run.case, run.verdict, run.outcome]).sort();
    assert.deepEqual(cameTo(runs), cameTo(made));
    rmSync(path.join(recordings, 'phishing-triage/credential-phish-1.exchange.jsonl'));
    const lacking = await called(evaluate, ...replay);
    assert.equal(lacking.code, 8);
    const lost = JSON.parse(lacking.out).runs.filter((run: EvaluatedRun) => !run.pass);
    assert.deepEqual(
      lost.map((run: EvaluatedRun) => run.case),
      ['credential-phish'],
    );
    for (const [args, said] of [
      [['--model', 'replay'], /Which recordings/],
      [['--model', 'record'], /--out/],
      [['--recordings', 'recordings'], /goes with --model replay/],
      [['--model', 'replay', '--recordings', 'nothing'], /No recording is in/],
    ] as const) {
      const refused = await called(evaluate, ...PLAYBOOKS, ...cases, ...args);
      assert.equal(refused.code, 2);
      assert.match(refused.err, said);
    }
  });

  it('writes a measure for a policy, and none of a part', async () => {
    const args = [...PLAYBOOKS, ...CASES, '--measure', 'soc.measure.json'];
    const part = await called(evaluate, ...args, '--shard', '1/2');
    assert.equal(part.code, 4);
    assert.match(part.err, /measure "soc\.measure\.json" is not written: runs are missing/);
    assert.ok(!existsSync(folder.file('soc.measure.json')));
    assert.equal((await called(evaluate, ...args)).code, 0);
    const { model, playbooks } = JSON.parse(folder.read('soc.measure.json'));
    assert.deepEqual(model, { provider: 'rehearsal', id: 'rehearsal' });
    assert.deepEqual(
      playbooks.find(({ id }: { readonly id: string }) => id === 'contain-host').acts,
      [],
      'nothing of it ran without a person',
    );
    const other = await called(evaluate, ...PLAYBOOKS, ...CASES, '--measure', 'x.json');
    assert.equal(other.code, 2);
    assert.match(other.err, /no name for a measure/);
  });

  it('names what got worse than before', async () => {
    await called(evaluate, PLAYBOOKS[0] ?? '', '--cases', 'playbooks/cases/newsletter.case.yaml', '--out', 'good');
    const { out } = await called(evaluate, PLAYBOOKS[0] ?? '', '--cases', 'wrong', '--compare', 'good');
    assert.match(out, /worse phishing-triage on newsletter: 1 of 1 runs were as expected, 0 of 1 are\./);
  });

  it('says what it cannot use', async () => {
    for (const [args, code, said] of [
      [['evaluate'], 2, /Which playbooks/],
      [['evaluate', 'few.playbook.yaml'], 2, /Which cases/],
      [['evaluate', 'few.playbook.yaml', ...CASES], 1, /not run/],
      [['evaluate', 'none.playbook.yaml', ...CASES], 3, /cannot be read/],
      [['evaluate', ...PLAYBOOKS, '--cases', 'gone'], 3, /no file or folder "gone"/],
      [['evaluate', ...PLAYBOOKS, '--cases', 'nothing'], 3, /No case in "nothing"/],
      [['evaluate', ...PLAYBOOKS, ...CASES, '--shard', '3/2'], 2, /which part of how many/],
      [['evaluate', ...PLAYBOOKS, ...CASES, '--repeat', '0'], 2, /from 1/],
      [['evaluate', ...PLAYBOOKS, ...CASES, '--compare', 'broken.json'], 1, /no result of/],
      [['merge', 'broken.json'], 1, /no result of/],
      [['merge', 'gone.json'], 3, /no such file/],
      [['merge'], 2, /Which evaluations/],
    ] as const) {
      const [name, ...more] = args;
      const ran = await called(name === 'merge' ? merge : evaluate, ...more);
      assert.equal(ran.code, code, args.join(' '));
      assert.match(ran.err, said);
    }
  });
});
