import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { scriptedApprover } from '../approvers/scripted.js';
import { auditRun } from '../audit/audit.js';
import { evaluate } from '../evaluation/evaluate.js';
import type { Evaluation } from '../evaluation/evaluation.js';
import { planRuns } from '../evaluation/planned.js';
import { wilson } from '../evaluation/statistics/wilson.js';
import { evaluationOf } from '../evaluation/summary.js';
import type { ModelClient } from '../models/port.js';
import { prepare, readPlaybook } from '../prepare.js';
import { worldOf } from '../redteam/review.js';
import { countingIds } from '../redteam/simulation.js';
import { virtualClock } from '../redteam/virtual-clock.js';
import { type RunOptions, runPlaybook } from '../run.js';
import { readTrace } from '../trace/read.js';
import { type BreakerSituation, readBreaker } from './breaker.js';
import type { Measure } from './measure.js';
import { measuredDigest } from './measured-digest.js';
import { writeMeasure } from './write-measure.js';

const BEGUN = Date.UTC(2026, 10, 25);
const DAY = 86_400_000;

const PLAYBOOK = `playbook: triage
version: 1.0.0
title: Closes what an agent calls harmless
description: Closes what an agent calls harmless.
operating-model: ai-soc
owner: detection
accountable: soc-manager
catalogs: [test.tools.yaml]
policy: test.policy.yaml
budget: { time: 1h, turns: 5 }
verdict: steps.look.output.verdict
steps:
  - id: look
    agent:
      goal: Is it harmless?
      tools: []
      output: { verdict: { enum: [malicious, benign] } }
    autonomy: autonomous
  - id: route
    if: steps.look.output.verdict == 'benign'
    then:
      - id: close
        action: case.close
        with: { disposition: benign, reason: Harmless. }
        autonomy: notify
        notify: { roles: [analyst] }
        undo-within: 24h
        review: 10%
        approval: { roles: [analyst], timeout: 15m }
    else:
      - id: hand_over
        manual: { task: Look at it., role: analyst }
`;

const POLICY = `policy: test
roles:
  analyst: [ana@soc.example, bo@soc.example]
  soc-manager: [eli@soc.example, gus@soc.example]
breaker:
  measure: test.measure.json
  acts:
    - { effect: suppress, max-error: 20%, max-age: 30d }
ceilings:
  - { effect: suppress, autonomy: notify, review: 10% }
`;

const LIBRARY = fileURLToPath(new URL('../../../playbooks', import.meta.url));
const ALERT = JSON.parse(readFileSync(path.join(LIBRARY, 'alerts/newsletter.alert.json'), 'utf8'));
const CASES = 40;

/** Knows what each case is by its alert: even ones are attacks. Those of `blindTo` it takes for harmless. */
function model(blindTo: number): ModelClient {
  const usage = { inputTokens: 1, outputTokens: 1, usd: 0 };
  return {
    ...{ provider: 'test', id: 'test', ai: false, note: 'A model of a test.' },
    complete: async ({ messages }) => {
      const [first] = messages;
      const number = Number(/ALERT-(\d+)/.exec(first?.role === 'user' ? first.text : '')?.[1]);
      const verdict = number % 2 === 0 && number >= blindTo ? 'malicious' : 'benign';
      return { kind: 'ok', stopReason: 'end', text: '', calls: [], usage, output: { verdict } };
    },
  };
}

describe("a policy's breaker", function () {
  this.timeout(30_000);
  let folder: string;
  const at = (name: string): string => path.join(folder, name);
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-breaker-'));
    writeFileSync(at('triage.playbook.yaml'), PLAYBOOK);
    writeFileSync(at('test.policy.yaml'), POLICY);
    writeFileSync(at('test.tools.yaml'), readFileSync(path.join(LIBRARY, 'catalogs/case.tools.yaml')));
    mkdirSync(at('cases'));
    for (let number = 0; number < CASES; number++) {
      const attack = number % 2 === 0;
      writeFileSync(
        at(`cases/${number}.alert.json`),
        JSON.stringify({ ...ALERT, finding_info: { ...ALERT.finding_info, uid: `ALERT-${number}` } }),
      );
      writeFileSync(
        at(`cases/case-${number}.case.yaml`),
        `case: case-${number}\nplaybook: triage\nalert: ${number}.alert.json\ntruth: ${attack ? 'malicious' : 'benign'}\n` +
          `tasks:\n  - { step: hand_over, as: ana@soc.example }\n` +
          `expect: { verdict: ${attack ? 'malicious' : 'benign'} }\n`,
      );
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function measured(blindTo: number): Promise<Evaluation> {
    const planned = planRuns({
      ...{ playbookPaths: [at('triage.playbook.yaml')], casesPath: at('cases') },
      ...{ repeat: 1, shard: { index: 1, of: 1 }, seed: 1, people: 'case' },
      model: { provider: 'test', id: 'test', ai: false },
    });
    assert.ok(!('ok' in planned), 'ok' in planned ? planned.message : '');
    const runs = await evaluate({
      ...{ runs: planned.runs, model: () => ({ ok: true, model: model(blindTo) }) },
      approver: (sample, clock) => scriptedApprover(sample, undefined, clock),
      ...{ clock: (idle) => virtualClock(BEGUN, idle), user: 'tester', parallel: 1 },
      signal: new AbortController().signal,
    });
    return evaluationOf(planned.plan, new Date(BEGUN).toISOString(), runs);
  }

  let traces = 0;
  /** Dry-runs a benign case, and says what came of its closing. */
  async function closing(days = 1, more: Partial<RunOptions> = {}) {
    const options: RunOptions = {
      ...{ playbookPath: at('triage.playbook.yaml'), casePath: at('cases/case-1.case.yaml') },
      tracePath: at(`traces/${++traces}.trace.jsonl`),
      model: () => ({ ok: true, model: model(0) }),
      ...{ approver: scriptedApprover, clock: virtualClock(BEGUN + days * DAY), ids: countingIds(1), user: 'tester' },
      signal: new AbortController().signal,
      ...more,
    };
    const reply = await runPlaybook(options);
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    const read = await readTrace(reply.result.trace);
    assert.ok(read.ok && read.verification.firstBad === null);
    const prepared = prepare(options);
    assert.ok(!('ok' in prepared));
    assert.deepEqual(auditRun(read.lines, worldOf(prepared)).findings, [], 'the audit agrees');
    const [act] = reply.result.acts;
    const reasons = read.lines.flatMap((line) => (line.event === 'authorized' ? [line.data.reason] : []));
    const [opened] = read.lines;
    return {
      ...{ executed: act?.executed, rule: act?.rule, reasons: reasons.join(' ') },
      asked: read.lines.filter(({ event }) => event === 'gate.opened').length,
      measure: opened?.event === 'run.opened' ? opened.data.measure : undefined,
    };
  }

  it('has people asked where there is no measure', async () => {
    const { executed, rule, asked, measure, reasons } = await closing();
    assert.deepEqual([executed, rule, asked, measure], [false, 'approval-timed-out', 1, null]);
    assert.match(reasons, /breaker for suppress \(.*no such file/);
  });

  it('lets acts run alone while a measure shows that they are seldom wrong, and not once the model drifts', async () => {
    const good = await measured(0);
    assert.deepEqual([good.rates.falseNegativeClosures.count, good.rates.falseNegativeClosures.n], [0, CASES / 2]);
    assert.equal(writeMeasure(at('test.measure.json'), good), undefined);
    const before = await closing();
    assert.deepEqual([before.executed, before.rule, before.asked], [true, 'notify', 0]);
    assert.match(before.measure?.digest ?? '', /^sha256:/);

    // The same model by name, and it no longer sees half of the attacks.
    const drifted = await measured(CASES / 2);
    assert.equal(drifted.rates.falseNegativeClosures.count, CASES / 4);
    assert.ok(drifted.blindSpots.length > 0);
    assert.equal(writeMeasure(at('test.measure.json'), drifted), undefined);
    const after = await closing();
    assert.deepEqual([after.executed, after.asked], [false, 1]);
    assert.match(after.reasons, /10 of 30 wrong over 30 alerts, so up to 51\.\d % may be, and at most 20 % may/);

    // What fell to people is still measured as it would run alone: a model that was mended can show it.
    assert.deepEqual((await measured(0)).alone, good.alone);
  });

  it('a person may approve what fell', async () => {
    const answer = { decision: 'approve', as: 'ana@soc.example', reason: 'Looked at it.' } as const;
    const people = (): ReturnType<RunOptions['approver']> => ({
      how: 'scripted',
      approve: async () => answer,
      task: async () => undefined,
    });
    const { executed, rule, asked } = await closing(1, { approver: people });
    assert.deepEqual([executed, rule, asked], [true, 'approved', 1]);
  });

  it('may fall to a gate before the act as well, and to nobody where nobody is asked, which the check names', async () => {
    const bare = PLAYBOOK.replace(/^ +approval:.*\n/m, '');
    const asking = `    then:
      - id: ask
        gate: { ask: Close it?, grants: [close], approvers: { roles: [analyst] }, timeout: 15m }
`;
    const answer = { decision: 'approve', as: 'ana@soc.example', reason: 'Looked at it.' } as const;
    const approver = (): ReturnType<RunOptions['approver']> => ({
      how: 'scripted',
      approve: async () => answer,
      task: async () => undefined,
    });
    const came = async (text: string) => {
      writeFileSync(at('fallen.playbook.yaml'), text);
      const read = readPlaybook(at('fallen.playbook.yaml'));
      assert.ok(!('ok' in read));
      const named = read.loaded.problems.filter(({ rule }) => rule === 'breaker-without-approval').length;
      const { executed, rule, asked } = await closing(1, { playbookPath: at('fallen.playbook.yaml'), approver });
      return [named, executed, rule, asked];
    };
    rmSync(at('test.measure.json'), { force: true });
    assert.deepEqual(await came(bare), [1, false, 'approval-required', 0]);
    assert.deepEqual(await came(bare.replace('    then:\n', asking)), [0, true, 'approved', 1]);
  });

  it('takes a measure for nothing that is too old, of another model or playbook, from the future, or no measure', async () => {
    const good = await measured(0);
    const playbook = readPlaybook(at('triage.playbook.yaml'));
    assert.ok(!('ok' in playbook));
    const tool = playbook.loaded.tools.get('case.close');
    assert.ok(tool);
    const usual: BreakerSituation = {
      ...{ loaded: playbook.loaded, digest: measuredDigest(playbook), now: BEGUN + DAY },
      model: { provider: 'test', id: 'test' },
    };
    const judged = (change: Partial<BreakerSituation> = {}): string => {
      const [one] = readBreaker({ ...usual, ...change })?.judge(tool) ?? [];
      return one?.holds ? 'holds' : (one?.because ?? 'no rule');
    };
    assert.equal(writeMeasure(at('test.measure.json'), good), undefined);
    assert.equal(judged(), 'holds');
    assert.equal(judged({ now: BEGUN + 30 * DAY }), 'holds');
    assert.match(judged({ now: BEGUN + 30 * DAY + 1 }), /older than 30d/);
    assert.match(judged({ now: BEGUN - DAY }), /dated in the future/);
    assert.match(judged({ model: { provider: 'test', id: 'other' } }), /of the model test, and other answers/);
    assert.match(judged({ digest: 'sha256:0' }), /changed since it was measured/);
    const written: Measure = JSON.parse(readFileSync(at('test.measure.json'), 'utf8'));
    const [first] = written.playbooks;
    assert.ok(first);
    for (const [measure, said] of [
      [{ ...written, playbooks: [] }, /nothing of the playbook/],
      [{ ...written, playbooks: [{ ...first, acts: [] }] }, /never measured for case\.close/],
      [{ ...written, playbooks: [first, first] }, /a playbook twice/],
      [{ ...written, version: 2 }, /is no measure/],
      [{ ...written, at: 'today' }, /is no measure/],
      [
        { ...written, playbooks: [{ ...first, acts: [{ tool: 'case.close', of: 1, wrong: 2, n: 1 }] }] },
        /is no measure/,
      ],
      ['{', /no JSON/],
    ] as const) {
      writeFileSync(at('test.measure.json'), typeof measure === 'string' ? measure : JSON.stringify(measure));
      assert.match(judged(), said);
    }
  });

  it('holds exactly where the upper end of the interval is within the bound', () => {
    const playbook = readPlaybook(at('triage.playbook.yaml'));
    assert.ok(!('ok' in playbook));
    const tool = playbook.loaded.tools.get('case.close');
    assert.ok(tool);
    const digest = measuredDigest(playbook);
    const situation = { loaded: playbook.loaded, digest, now: BEGUN, model: { provider: 'test', id: 'test' } };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(300), (n, some) => {
        const wrong = Math.min(some, n);
        const measure: Measure = {
          ...{ version: 1, at: new Date(BEGUN).toISOString(), engine: 'test', model: situation.model },
          playbooks: [{ id: 'triage', digest, acts: [{ tool: 'case.close', of: n, wrong, n }] }],
        };
        writeFileSync(at('test.measure.json'), JSON.stringify(measure));
        const limits = readBreaker(situation)?.verdictOn(tool).limits ?? [];
        assert.equal(limits.length === 0, wilson(wrong / n, n).high <= 0.2);
      }),
      { numRuns: 50 },
    );
  });

  it('is not fed by an evaluation that lacks runs', async () => {
    const good = await measured(0);
    const part = evaluationOf(good.plan, good.at, good.runs.slice(1));
    assert.match(writeMeasure(at('part.measure.json'), part) ?? '', /runs are missing/);
  });
});
