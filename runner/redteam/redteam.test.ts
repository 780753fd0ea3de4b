import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { knowledgeOf } from '../models/adversary/knowledge.js';
import { createModel } from '../models/index.js';
import type { ModelProvider } from '../protocol/messages.js';
import { systemClock } from '../system.js';
import { verifyTrace } from '../trace/verify.js';
import { fieldsOf, type Outside, placed } from './fields.js';
import { BUILT_IN_INJECTIONS } from './injections.js';
import { type Part, type RedTeamOptions, runRedTeam } from './redteam.js';
import type { RedTeamResult } from './report.js';
import { virtualClock } from './virtual-clock.js';

const LIBRARY = fileURLToPath(new URL('../../../playbooks', import.meta.url));

const every = (stride: number) => (): Part => ({ offset: 0, stride });

function options(model: ModelProvider, more: Partial<RedTeamOptions> = {}): RedTeamOptions {
  let ids = 0;
  return {
    playbookPath: path.join(LIBRARY, 'phishing-triage.playbook.yaml'),
    casePath: path.join(LIBRARY, 'cases/credential-phish.case.yaml'),
    injections: BUILT_IN_INJECTIONS,
    model: (sample, loaded, seed) =>
      createModel(model, { case: sample, clock: systemClock, seed, knowledge: knowledgeOf(loaded) }),
    seed: 1,
    people: 'case',
    clock: (idle) => virtualClock(Date.UTC(2026, 10, 25), idle),
    ids: { next: (prefix) => `${prefix}-${++ids}` },
    user: 'tester',
    signal: new AbortController().signal,
    parallel: 1,
    part: every(41),
    ...more,
  };
}

async function play(...given: Parameters<typeof options>): Promise<RedTeamResult> {
  const result = await runRedTeam(options(...given));
  assert.ok(result.ok, result.ok ? '' : result.message);
  return result;
}

describe('red team', () => {
  it('nothing goes ahead without authority, whatever is tried, and the report counts what was', async () => {
    const { report, attempts, findings } = await play('adversary');
    const { rows, summary } = report;
    assert.deepEqual(findings, []);
    assert.equal(summary.unauthorized, 0);
    assert.equal(summary.runs, rows.length);
    assert.equal(
      summary.attempts,
      rows.reduce((sum, row) => sum + row.attempts, 0),
    );
    assert.equal(summary.wrongVerdicts, rows.filter((row) => row.wrongVerdict).length);
    assert.ok(summary.attempts > rows.length);
    for (const strategy of [
      'a tool that was not granted',
      'a look-alike of a tool',
      'arguments that do not fit',
    ] as const) {
      const { proposed = 0, executed } = attempts.byStrategy[strategy] ?? {};
      assert.ok(proposed > 0, strategy);
      assert.equal(executed, 0);
    }
    assert.deepEqual(Object.keys(report), ['version', 'playbook', 'case', 'model', 'rows', 'summary']);
    const [row = {}] = rows;
    assert.deepEqual(Object.keys(row).sort(), [
      'attempts',
      'field',
      'injection',
      'outcome',
      'unauthorized',
      'wrongVerdict',
    ]);
  });

  it('begins with the case as it is, which ends as its author says', async () => {
    const { report } = await play('rehearsal', { part: every(1_000_000) });
    assert.deepEqual(report.rows, [
      { field: '', injection: '', outcome: 'completed', attempts: 0, unauthorized: 0, wrongVerdict: false },
    ]);
  });

  it('the same seed makes the same report, another seed another', async () => {
    const reports = await Promise.all(
      [1, 1, 2].map(async (seed) => (await play('adversary', { seed, part: every(97) })).report),
    );
    assert.deepEqual(reports[0], reports[1]);
    assert.notDeepEqual(reports[0], reports[2]);
  });

  it('people who approve everything answer for what runs; people who are not there let nothing run', async () => {
    const { attempts: approving, report } = await play('adversary', { people: 'approve-all' });
    assert.ok(Object.keys(approving.acts).some((by) => by.startsWith('approved at')));
    assert.equal(report.summary.unauthorized, 0);
    const { attempts: silent } = await play('adversary', { people: 'deny' });
    assert.deepEqual(
      Object.keys(silent.acts).filter((by) => by !== 'notify'),
      [],
    );
  });

  it('keeps a trace of each run where it is asked to, and each verifies', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'countersign-redteam-'));
    try {
      const traces = path.join(folder, 'traces');
      const kept = await play('adversary', { traces, parallel: 4, part: every(401) });
      const files = readdirSync(traces).filter((name) => name.endsWith('.trace.jsonl'));
      assert.equal(files.length, kept.report.rows.filter((row) => row.outcome !== 'refused').length);
      for (const file of files) assert.equal((await verifyTrace(path.join(traces, file))).firstBad, null);
      const { report } = await play('adversary', { part: every(401) });
      assert.deepEqual(kept.report, report, 'the same as without');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const { report } = await play('rehearsal', {
      signal: stop.signal,
      onProgress: (done) => (done === 3 ? stop.abort() : undefined),
    });
    assert.equal(report.rows.length, 3);
  });

  it('a playbook that cannot be run is refused, with the reason', async () => {
    const result = await runRedTeam(options('rehearsal', { playbookPath: path.join(LIBRARY, 'none.playbook.yaml') }));
    assert.match(result.ok ? '' : result.message, /cannot be run/);
  });
});

describe('fields from outside', () => {
  const at = { start: 0, end: 0 };
  const located = <T>(value: T) => ({ value, range: at });
  const outside: Outside = {
    alert: { title: 'T', observables: [{ type_id: 4, value: 'mallory' }], empty: '', number: 1 },
    case: {
      uri: 'file:///c',
      id: undefined,
      title: undefined,
      description: undefined,
      playbook: undefined,
      truth: undefined,
      injected: undefined,
      alert: undefined,
      inputs: {},
      events: [],
      answers: [
        { tool: located('t.look'), with: { user: 'mallory' }, output: { notes: ['a'] }, error: undefined, range: at },
        { tool: located('t.look'), with: { user: 'trent' }, output: undefined, error: 'Gone.', range: at },
      ],
      turns: new Map([
        ['look', [{ text: undefined, calls: [{ tool: 't.look', with: { user: 'mallory' } }], output: undefined }]],
      ]),
      approvals: [],
      tasks: [],
      undo: [],
      sampled: undefined,
      feedback: undefined,
      expect: undefined,
    },
    events: {
      tables: [
        {
          name: 'signins',
          columns: [
            { name: 'at', type: 'time' },
            { name: 'city', type: 'text' },
            { name: 'tries', type: 'integer' },
          ],
          rows: [
            ['2026-01-01T00:00:00Z', null, 1],
            ['2026-01-01T00:00:01Z', 'Oslo', 2],
          ],
        },
      ],
      schema: [],
      sources: [],
    },
  };

  it('are every text of the alert, of answers, of errors, and of each column of event data', () => {
    assert.deepEqual(
      fieldsOf(outside).map(({ name, value }) => `${name} = ${value}`),
      [
        'alert.title = T',
        'alert.observables[0].value = mallory',
        'alert.empty = ',
        'answers[0].output.notes[0] = a',
        'answers[1].error = Gone.',
        'events.signins[1].city = Oslo',
      ],
    );
  });

  it('take a text after what stood there, and change nothing else', () => {
    for (const field of fieldsOf(outside)) {
      const after = placed(outside, field, 'INJECTED');
      const values = fieldsOf(after).map(({ name, value }) => [name, value]);
      const expected = fieldsOf(outside).map(({ name, value }) => [
        name,
        name !== field.name ? value : value === '' ? 'INJECTED' : `${value} INJECTED`,
      ]);
      assert.deepEqual(values, expected);
    }
  });

  it('an entity is known by its changed name to tools and written turns', () => {
    const field = fieldsOf(outside).find(({ name }) => name === 'alert.observables[0].value');
    assert.ok(field);
    const { case: sample } = placed(outside, field, 'X');
    assert.deepEqual(
      sample.answers.map((answer) => answer.with.user),
      ['mallory X', 'trent'],
    );
    assert.equal(sample.turns.get('look')?.[0]?.calls[0]?.with.user, 'mallory X');
  });
});
