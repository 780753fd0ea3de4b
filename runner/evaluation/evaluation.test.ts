import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { scriptedApprover } from '../approvers/scripted.js';
import type { ModelClient, ModelRequest, ModelResponse } from '../models/port.js';
import { rehearsalModel } from '../models/rehearsal/rehearsal.js';
import { virtualClock } from '../redteam/virtual-clock.js';
import { verifyTrace } from '../trace/verify.js';
import { compareEvaluations } from './compare.js';
import { type EvaluateOptions, evaluate } from './evaluate.js';
import type { EvaluatedRun } from './evaluated-run.js';
import type { Evaluation } from './evaluation.js';
import { openFolder } from './folder.js';
import { mergeEvaluations } from './merge.js';
import { type Planned, type PlanOptions, planRuns } from './planned.js';
import { readEvaluation } from './read-evaluation.js';
import { evaluationOf } from './summary.js';
import { writeEvaluation } from './write-evaluation.js';

const LIBRARY = fileURLToPath(new URL('../../../playbooks', import.meta.url));
const PHISHING = ['phishing-triage.playbook.yaml'];
const AT = '2026-11-25T00:00:00.000Z';

/** Over whatever cases the sample library has of these playbooks. */
function planned(playbooks: readonly string[] = PHISHING, more: Partial<PlanOptions> = {}): Planned {
  const result = planRuns({
    playbookPaths: playbooks.map((name) => path.resolve(LIBRARY, name)),
    casesPath: path.join(LIBRARY, 'cases'),
    model: { provider: 'rehearsal', id: 'rehearsal', ai: false },
    ...{ repeat: 1, shard: { index: 1, of: 1 }, seed: 1, people: 'case', ...more },
  });
  assert.ok(!('ok' in result), 'ok' in result ? result.message : '');
  return result;
}

function options(runs: Planned['runs'], more: Partial<EvaluateOptions> = {}): EvaluateOptions {
  return {
    runs,
    model: () => ({ ok: true, model: rehearsalModel() }),
    approver: (sample, clock) => scriptedApprover(sample, undefined, clock),
    clock: (idle) => virtualClock(Date.parse(AT), idle),
    user: 'tester',
    signal: new AbortController().signal,
    parallel: 2,
    ...more,
  };
}

async function evaluated(model?: () => ModelClient): Promise<Evaluation> {
  const { plan, runs } = planned();
  const made = await evaluate(options(runs, model ? { model: () => ({ ok: true, model: model() }) } : {}));
  return evaluationOf(plan, AT, made);
}

/** A model that looks at nothing and calls everything benign, and is sure of it. */
function alwaysBenign(): ModelClient {
  const usage = { inputTokens: 1, outputTokens: 1, usd: 0.01 };
  return {
    ...{ provider: 'test', id: 'always-benign', ai: false, note: 'A planted fault.' },
    complete: async ({ output }: ModelRequest): Promise<ModelResponse> => ({
      ...{ kind: 'ok', stopReason: 'end', text: '', calls: [], usage },
      output: output === null ? undefined : { verdict: 'benign', confidence: 1, summary: 'Fine.', compromised: [] },
    }),
  };
}

describe('an evaluation', function () {
  this.timeout(30_000);
  let folders: string;
  before(() => {
    folders = mkdtempSync(path.join(tmpdir(), 'countersign-evaluation-'));
  });
  after(() => rmSync(folders, { recursive: true, force: true }));
  const folderOf = (name: string, { plan }: Planned, shard = '1/1') => {
    const opened = openFolder(path.join(folders, name), plan, shard, AT);
    assert.ok(opened.ok, opened.ok ? '' : opened.message);
    return opened.folder;
  };

  it('says of each run what it came to, and of all together how sure that is', async () => {
    const { runs, rates, people, confusion, cases, missing } = await evaluated();
    assert.deepEqual([cases, missing], [runs.length, 0]);
    const refused = runs.find((run) => run.case === 'credential-phish-refused');
    assert.ok(refused);
    assert.deepEqual(
      [refused.pass, refused.outcome, refused.verdict, refused.truth, refused.approvals, refused.source],
      [true, 'stopped', 'malicious', 'malicious', 1, 'Mail Guard'],
    );
    assert.deepEqual(refused.people, [{ step: 'ask_quarantine', kind: 'approval', outcome: 'rejected', waited: 0 }]);
    const silent = runs.find((run) => run.case === 'credential-phish-unanswered');
    assert.equal(silent?.waited, 15 * 60_000, 'who lets the time pass is waited for as long as the gate says');
    const newsletter = runs.find((run) => run.case === 'newsletter');
    assert.deepEqual(
      newsletter?.acts.map(({ tool, alone, right }) => [tool, alone, right]),
      [['case.close', true, true]],
    );
    assert.equal(rates.passed.value, 1);
    assert.ok(rates.passed.n < runs.length, 'three cases over one alert are one piece of evidence');
    assert.deepEqual([rates.falseNegativeClosures.count, rates.falseNegativeClosures.enough], [0, false]);
    assert.ok(people.some(({ step, unanswered }) => step === 'ask_quarantine' && unanswered === 1));
    assert.ok(confusion.every(({ expected, verdict }) => expected === verdict));
  });

  it('shows no agent what people decided over the very alert it is asked about', async () => {
    const seen = new Map<string, boolean>();
    const { runs } = planned(['lateral-movement.playbook.yaml']);
    await evaluate(
      options(runs, {
        model: (sample) => ({
          ok: true,
          model: {
            ...rehearsalModel(),
            async complete(request, signal) {
              const [first] = request.messages;
              seen.set(sample.id?.value ?? '', first?.role === 'user' && /firm-said-no/.test(first.examples ?? ''));
              return rehearsalModel().complete(request, signal);
            },
          },
        }),
      }),
    );
    const without = [...seen].flatMap(([name, shown]) => (shown ? [] : [name])).sort();
    assert.deepEqual(without, ['firm-said-no', 'firm-says-no']);
    assert.ok(seen.size > 5);
  });

  it('shows a model that calls everything benign: attacks missed, by technique, entity and source, and stated too surely', async () => {
    const { rates, blindSpots, runs, calibration, confusion, totals } = await evaluated(alwaysBenign);
    const attacks = runs.filter(({ truth }) => truth === 'malicious' || truth === 'novel');
    assert.ok(attacks.length >= 5);
    // Where headers do not bear the agent out a person judges, and then it is theirs.
    const judged = attacks.filter(({ verdict }) => verdict !== 'benign');
    assert.equal(rates.detection.count, judged.length);
    assert.ok(rates.detection.count < rates.detection.of);
    for (const by of ['technique', 'entity', 'source'] as const)
      assert.ok(
        blindSpots.some((spot) => spot.by === by),
        by,
      );
    const [worst] = blindSpots;
    assert.ok(worst && worst.missed > 0 && worst.cases.length > 0);
    assert.ok((calibration.excess ?? 0) > 0.5);
    assert.ok(confusion.some(({ expected, verdict }) => expected === 'malicious' && verdict !== 'malicious'));
    assert.ok(totals.usage.usd > 0);
  });

  it('that is interrupted and gone on with is the one that was not', async () => {
    const plan = planned();
    const whole = folderOf('whole', plan);
    const all = await evaluate(options(plan.runs, { folder: whole, parallel: 1 }));
    whole.close();
    const stop = new AbortController();
    const part = folderOf('part', plan);
    const first = await evaluate(
      options(plan.runs, {
        ...{ folder: part, parallel: 1, signal: stop.signal },
        onProgress: (done) => {
          if (done === 2) stop.abort();
        },
      }),
    );
    part.close();
    assert.equal(first.length, 2);
    // The power went off in the middle of a line, and of a trace.
    const file = path.join(folders, 'part', 'runs.jsonl');
    appendFileSync(file, '{"playbook":"phishing-triage","cas');
    const traces = path.join(folders, 'part', 'traces', 'phishing-triage');
    for (const one of plan.runs.slice(2, 4)) appendFileSync(path.join(traces, `${one.caseId}-1.trace.jsonl`), '{"v":');
    let asked = 0;
    const again = folderOf('part', plan);
    const rest = await evaluate(
      options(plan.runs, {
        folder: again,
        model: () => {
          asked += 1;
          return { ok: true, model: rehearsalModel() };
        },
      }),
    );
    again.close();
    assert.equal(asked, plan.runs.length - 2, 'what was made is not made again');
    assert.deepEqual(evaluationOf(plan.plan, again.at, rest), evaluationOf(plan.plan, AT, all));
    const read = (name: string, trace: string) => readFileSync(path.join(folders, name, trace), 'utf8');
    for (const { trace } of all) {
      assert.ok(trace !== null);
      // Ids, times and digests are told again; only the path of the folder above differs, which no trace names.
      assert.equal(read('part', trace), read('whole', trace));
      const verified = await verifyTrace(path.join(folders, 'part', trace));
      assert.equal(verified.firstBad, null);
    }
  });

  it('has of a simulated run the trace, to the byte, that it would have if each line waited for the disk', async () => {
    const texts = async (name: string, paid: boolean) => {
      const plan = planned(['quiet-beacon.playbook.yaml', ...PHISHING]);
      const folder = folderOf(name, plan);
      const made = await evaluate(options(plan.runs, { folder, paid }));
      folder.close();
      const files = readdirSync(path.join(folders, name, 'traces'), { recursive: true, encoding: 'utf8' }).sort();
      assert.ok(files.length > made.length && !files.some((file) => /lock|control/.test(file)), files.join(' '));
      return files
        .filter((file) => file.endsWith('.jsonl'))
        .map((file) => [file, readFileSync(path.join(folders, name, 'traces', file), 'utf8')]);
    };
    assert.deepEqual(await texts('simulated', false), await texts('paid', true));
  });

  it('can be cut off at any byte', async () => {
    const plan = planned();
    const whole = folderOf('bytes', plan);
    const all = await evaluate(options(plan.runs, { folder: whole }));
    whole.close();
    const file = path.join(folders, 'bytes', 'runs.jsonl');
    const text = readFileSync(file);
    const lines = text.toString().split('\n').slice(1, -1);
    fc.assert(
      fc.property(fc.nat(text.length), (size) => {
        appendFileSync(file, text.subarray(Math.min(readFileSync(file).length, text.length)));
        truncateSync(file, size);
        const folder = folderOf('bytes', plan);
        const kept = text.subarray(0, size).toString().split('\n').slice(1, -1).length;
        assert.equal(folder.made.length, Math.max(0, kept));
        assert.deepEqual(
          folder.made.map((run) => JSON.stringify(run)),
          lines.slice(0, folder.made.length),
        );
        folder.close();
        rmSync(file);
        appendFileSync(file, text);
      }),
      { numRuns: 50 },
    );
    assert.equal(all.length, plan.runs.length);
  });

  it('is not gone on with when files differ, or it is another part', () => {
    const plan = planned();
    folderOf('other', plan).close();
    const seeded = planned(PHISHING, { seed: 2 });
    const other = openFolder(path.join(folders, 'other'), seeded.plan, '1/1', AT);
    assert.match(other.ok ? '' : other.message, /made of other playbooks, cases/);
    const shard = openFolder(path.join(folders, 'other'), plan.plan, '1/2', AT);
    assert.match(shard.ok ? '' : shard.message, /shard 1\/1, not 1\/2/);
    appendFileSync(path.join(folders, 'other', 'runs.jsonl'), '{}\n');
    const broken = openFolder(path.join(folders, 'other'), plan.plan, '1/1', AT);
    assert.match(broken.ok ? '' : broken.message, /line 2 is no run/);
  });

  it('is of cases whose ids can name files, and lead nowhere else', () => {
    const cases = path.join(folders, 'hostile');
    mkdirSync(cases, { recursive: true });
    for (const id of ['../../out', '/etc/x', 'a/b', 'a b', 'A', '']) {
      writeFileSync(path.join(cases, 'x.case.yaml'), `case: ${JSON.stringify(id)}\nplaybook: phishing-triage\n`);
      const refused = planRuns({
        ...{ playbookPaths: PHISHING.map((name) => path.join(LIBRARY, name)), casesPath: cases, repeat: 1, seed: 1 },
        ...{ shard: { index: 1, of: 1 }, people: 'case', model: { provider: 'test', id: 'test', ai: false } },
      });
      assert.ok('ok' in refused && /has an id that is none|no "case:"/.test(refused.message), id);
    }
  });

  it('in parts put together is the whole, in whatever order', async () => {
    const whole = planned(['phishing-triage.playbook.yaml', 'contain-host.playbook.yaml'], { repeat: 2 });
    const all = evaluationOf(whole.plan, AT, await evaluate(options(whole.runs)));
    const parts: Evaluation[] = [];
    for (const index of [3, 1, 2]) {
      const part = planned(['phishing-triage.playbook.yaml', 'contain-host.playbook.yaml'], {
        ...{ repeat: 2, shard: { index, of: 3 } },
      });
      const made = evaluationOf(part.plan, AT, await evaluate(options(part.runs)));
      assert.equal(made.missing, whole.runs.length - part.runs.length);
      const folder = path.join(folders, `shard-${index}`);
      writeEvaluation(folder, made);
      const read = readEvaluation(folder);
      assert.ok(read.ok, read.ok ? '' : read.message);
      assert.deepEqual(read.evaluation, made);
      parts.push(read.evaluation);
    }
    const merged = mergeEvaluations(parts);
    assert.deepEqual(merged.ok && merged.evaluation, all);
    assert.equal(JSON.stringify(merged.ok && merged.evaluation), JSON.stringify(all));
    const [first] = parts;
    assert.ok(first);
    const twice = mergeEvaluations([first, first]);
    assert.match(twice.ok ? '' : twice.message, /is in two of them/);
    const strange = mergeEvaluations([first, { ...all, plan: { ...all.plan, digest: 'sha256:0' } }]);
    assert.match(strange.ok ? '' : strange.message, /not parts of one evaluation/);
  });

  it('waits for people as long as the case says they take, and no longer than the gate', async () => {
    const library = path.join(folders, 'slow');
    cpSync(LIBRARY, library, { recursive: true, filter: (file) => !/traces$/.test(file) });
    const sample = path.join(library, 'cases/credential-phish.case.yaml');
    const text = readFileSync(sample, 'utf8');
    const slow = async (after: string) => {
      writeFileSync(sample, text.replace('decision: approve\n', `decision: approve\n    after: ${after}\n`));
      const { runs } = planned([path.join(library, 'phishing-triage.playbook.yaml')], { casesPath: sample });
      const [run] = await evaluate(options(runs));
      assert.ok(run);
      return run;
    };
    const inTime = await slow('12m');
    assert.deepEqual([inTime.pass, inTime.waited, inTime.people[0]?.waited], [true, 12 * 60_000, 12 * 60_000]);
    const late = await slow('16m');
    assert.deepEqual(
      [late.outcome, late.people],
      ['stopped', [{ step: 'ask_quarantine', kind: 'approval', outcome: 'timed-out', waited: 15 * 60_000 }]],
    );
  });

  it('repeats are no more evidence than one run of each case', async () => {
    const { plan, runs } = planned(PHISHING, { repeat: 3 });
    const thrice = evaluationOf(plan, AT, await evaluate(options(runs)));
    const once = await evaluated();
    assert.equal(thrice.runs.length, 3 * once.runs.length);
    assert.deepEqual(
      [thrice.rates.passed.n, thrice.rates.passed.low, thrice.cases],
      [once.rates.passed.n, once.rates.passed.low, once.cases],
    );
  });

  it('against an earlier one names what got worse, better, and what only chance may have changed', async () => {
    const [good, bad] = [await evaluated(), await evaluated(alwaysBenign)];
    const worse = compareEvaluations(good, bad);
    assert.ok(worse.regressions.some((one) => one.case === 'credential-phish' && one.unmet.length > 0));
    assert.deepEqual([worse.fixed, worse.added, worse.gone], [[], [], []]);
    assert.ok(worse.rates.some(({ name, before, now }) => name === 'passed' && (now.value ?? 1) < (before.value ?? 0)));
    const better = compareEvaluations(bad, good);
    assert.deepEqual(
      better.fixed.map((one) => one.case),
      worse.regressions.map((one) => one.case),
    );
    const same = compareEvaluations(good, good);
    assert.deepEqual([same.regressions, same.fixed, same.changed, same.rates], [[], [], [], []]);
    const fewer = { ...good, runs: good.runs.slice(1) };
    assert.equal(compareEvaluations(good, fewer).gone.length, 1);
  });

  it('against any earlier one has what people decided as a regression, whether it was worse before, as bad or not there', async () => {
    const bad = await evaluated(alwaysBenign);
    const name = 'credential-phish';
    const runs = bad.runs.map((run) => (run.case === name ? { ...run, feedback: true as const } : run));
    const marked = evaluationOf(bad.plan, AT, runs);
    assert.deepEqual([marked.feedback.cases, marked.feedback.regressions.map((one) => one.case)], [1, [name]]);
    const without = evaluationOf(
      bad.plan,
      AT,
      runs.filter((run) => run.case !== name),
    );
    for (const before of [bad, marked, without, await evaluated()]) {
      const { regressions, fixed, changed } = compareEvaluations(before, marked);
      assert.ok(regressions.some((one) => one.case === name && one.unmet.length > 0));
      assert.ok(![...fixed, ...changed].some((one) => one.case === name));
    }
    assert.deepEqual(compareEvaluations(bad, await evaluated()).regressions, []);
  });

  it('has a run that does not pass where one cannot be made', async () => {
    const { plan, runs } = planned();
    const made = await evaluate(options(runs, { model: () => ({ ok: false, message: 'No model.' }) }));
    const { rates } = evaluationOf(plan, AT, made);
    assert.ok(made.every((run) => run.outcome === 'refused' && !run.pass && run.unmet[0] === 'No model.'));
    assert.equal(rates.passed.value, 0);
    const [first] = runs;
    assert.ok(first);
    const decided = await evaluate(
      options([{ ...first, feedback: true }], { model: () => ({ ok: false, message: 'No model.' }) }),
    );
    assert.equal(
      evaluationOf(plan, AT, decided).feedback.regressions.length,
      1,
      'what people decided is not met either',
    );
  });

  it('does not depend on the order in which runs come', async () => {
    const { plan, runs } = await evaluated(alwaysBenign);
    const straight = JSON.stringify(evaluationOf(plan, AT, runs));
    fc.assert(
      fc.property(fc.shuffledSubarray([...runs], { minLength: runs.length }), (shuffled: readonly EvaluatedRun[]) => {
        assert.equal(JSON.stringify(evaluationOf(plan, AT, shuffled)), straight);
      }),
      { numRuns: 20 },
    );
  });
});
