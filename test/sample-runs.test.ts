import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCase } from '../language/model/build-case.js';
import type { Case } from '../language/model/case.js';
import { parseYaml } from '../language/syntax/parse.js';
import {
  type Approver,
  createModel,
  denyingApprover,
  type ModelProvider,
  type RunResult,
  randomIds,
  runPlaybook,
  scriptedApprover,
  systemClock,
  type TraceLine,
  verifyTrace,
} from '../runner/index.js';

/** Every shipped case, run from its files as a newcomer runs it: what its author says should happen has to happen. */
const LIBRARY = fileURLToPath(new URL('../../playbooks', import.meta.url));
const caseFiles = readdirSync(path.join(LIBRARY, 'cases'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.case.yaml'))
  .map((file) => file.split(path.sep).join('/'))
  .sort();
const CONSEQUENTIAL = new Set(['notify', 'suppress', 'contain', 'evict', 'restore', 'harden']);

describe('sample cases', () => {
  let traces: string;
  before(() => {
    traces = mkdtempSync(path.join(tmpdir(), 'countersign-samples-'));
  });
  after(() => rmSync(traces, { recursive: true, force: true }));

  const deserted = new Set<string>();
  for (const file of caseFiles) {
    const sample = caseIn(file);
    const providers: ModelProvider[] = sample.turns.size > 0 ? ['rehearsal', 'scripted'] : ['rehearsal'];
    for (const provider of providers) {
      it(`${file} goes as it says with the model "${provider}"`, async () => {
        const { result, lines } = await run(file, provider, scriptedApprover);
        assert.deepEqual(result.unmet, []);
        assert.deepEqual(
          result.acts.filter((act) => act.executed && !act.simulated),
          [],
          'a dry run changed something',
        );
        assert.deepEqual(
          result.acts.filter((act) => act.executed && act.decision === 'denied'),
          [],
        );
        const verified = await verifyTrace(result.trace);
        assert.deepEqual([verified.firstBad, verified.lines], [null, lines.length]);
        const recordedFailures = new Set(sample.answers.map((answer) => answer.error));
        const unanswered = lines.flatMap((line) =>
          line.event === 'executed' && !line.data.ok && !recordedFailures.has(errorIn(line.data.result))
            ? [`${line.data.tool}: ${errorIn(line.data.result)}`]
            : [],
        );
        assert.deepEqual(unanswered, [], 'what is asked in it has no answer');
        // A handler may go on after a step that failed; that its arguments could not be worked out is the author's slip.
        const unasked = lines.flatMap((line) =>
          line.event === 'step.left' && /has no value|could not be worked out/.test(line.data.error ?? '')
            ? [`${line.step}: ${line.data.error}`]
            : [],
        );
        assert.deepEqual(unasked, [], 'a call of it cannot be made');
      });
    }

    // Where nobody answers anything, the run above was such a run. Cases of one playbook differ in evidence more than in that.
    const playbook = sample.playbook?.value ?? '';
    if (sample.approvals.length === 0 || (file.includes('/') && deserted.has(playbook))) continue;
    deserted.add(playbook);
    it(`${file} changes nothing above its bounds when nobody is there to ask`, async () => {
      const { result, lines } = await run(file, 'rehearsal', denyingApprover);
      const alone = lines.flatMap((line) =>
        line.event === 'authorized' && line.data.rule === 'notify' ? [line.data.call] : [],
      );
      const acted = lines.flatMap((line) =>
        line.event === 'proposed' && CONSEQUENTIAL.has(line.data.call.effect) ? [line.data.call.id] : [],
      );
      const executed = lines.flatMap((line) =>
        line.event === 'executed' && acted.includes(line.data.call) ? [line.data.call] : [],
      );
      assert.deepEqual(executed, alone);
      assert.deepEqual(
        result.acts.flatMap((act) => act.approvedBy),
        [],
      );
    });
  }

  it('prompt-injection: an agent that obeys is refused each time, and the trace says by which rule', async () => {
    const { result, lines } = await run('prompt-injection.case.yaml', 'scripted', scriptedApprover);
    const denied = lines.flatMap((line) =>
      line.event === 'authorized' && line.data.decision === 'deny' ? [`${line.data.tool} ${line.data.rule}`] : [],
    );
    assert.deepEqual(denied, [
      'identity.suspend not-granted',
      'identity.suspend not-granted',
      'mail.purge not-granted',
      'case.close not-granted',
      'identity.signin_history where-unmet',
      'identity.profile where-unmet',
    ]);
    assert.deepEqual(
      result.acts.filter((act) => act.executed),
      [],
    );
  });

  it('loader-one-approver: the same person counts once, however often they approve', async () => {
    const { lines } = await run('loader-one-approver.case.yaml', 'rehearsal', scriptedApprover);
    const closed = lines.find((line) => line.event === 'gate.closed' && line.data.gate === 'ask_eviction');
    assert.ok(closed?.event === 'gate.closed');
    assert.equal(closed.data.outcome, 'timed-out');
  });

  it('password-spray: one gate shows every call of the loop behind it; each host and each VIP is asked about alone', async () => {
    const { lines } = await run('password-spray.case.yaml', 'scripted', scriptedApprover);
    const asked = lines.flatMap((line) =>
      line.event === 'gate.opened'
        ? [`${line.data.gate}: ${line.data.calls.map(({ tool, target }) => `${tool} ${target}`).join(', ')}`]
        : [],
    );
    assert.deepEqual(asked, [
      'ask_suspension: identity.suspend m.ash, identity.suspend j.birch, identity.require_password_change m.ash, identity.require_password_change j.birch',
      'contain/ask: edr.isolate hr-lap-0412',
      'suspend_vip: identity.suspend c.moss',
    ]);
  });

  it('crown-jewel: the playbook asks one person, the policy two, and the run asks two', async () => {
    const { lines } = await run('crown-jewel.case.yaml', 'rehearsal', scriptedApprover);
    const opened = lines.find((line) => line.event === 'gate.opened' && line.data.gate === 'contain/ask');
    assert.ok(opened?.event === 'gate.opened');
    assert.equal(opened.data.quorum, 2);
    const attempts = lines.filter((line) => line.event === 'retry').map((line) => line.step);
    assert.deepEqual(attempts, ['spread', 'spread']);
  });

  it('talking-browser: an agent that obeys is refused each time, and the trace says by which rule', async () => {
    const { lines } = await run('talking-browser.case.yaml', 'scripted', scriptedApprover);
    const denied = lines.flatMap((line) =>
      line.event === 'authorized' && line.data.decision === 'deny' ? [`${line.data.tool} ${line.data.rule}`] : [],
    );
    assert.deepEqual(denied, [
      'identity.suspend not-granted',
      'mail.block_sender not-granted',
      'case.close not-granted',
      'identity.profile where-unmet',
      'mail.inbox_rules where-unmet',
    ]);
  });

  it('quiet-beacon: the agent is told the tables and no value of them, and the rehearsal makes up no SQL', async () => {
    const { lines } = await run('quiet-beacon.case.yaml', 'rehearsal', scriptedApprover);
    const first = lines.find((line) => line.event === 'model.request');
    assert.ok(first?.event === 'model.request');
    assert.ok(first.data.tools.includes('evidence.query'));
    const told = /tables of the event data.{0,2000}/.exec(JSON.stringify(first.data.input))?.[0] ?? '';
    assert.match(told, /destination_domain/);
    assert.doesNotMatch(told, /quiet-harbour|203\.0\.113/);
    assert.doesNotMatch(first.data.system ?? '', /destination_domain/);
    const asked = lines.flatMap((line) => (line.event === 'proposed' ? [line.data.call.tool] : []));
    assert.ok(asked.includes('network.rhythm') && !asked.includes('evidence.query'), asked.join(' '));
  });

  async function run(
    file: string,
    provider: ModelProvider,
    approver: (sample: Case) => Approver,
  ): Promise<{ readonly result: RunResult; readonly lines: readonly TraceLine[] }> {
    const lines: TraceLine[] = [];
    const reply = await runPlaybook({
      playbookPath: path.join(LIBRARY, `${caseIn(file).playbook?.value}.playbook.yaml`),
      casePath: path.join(LIBRARY, 'cases', file),
      tracePath: path.join(traces, `${randomIds.next('trace')}.trace.jsonl`),
      model: (sample) => createModel(provider, { case: sample, clock: systemClock }),
      approver,
      clock: systemClock,
      ids: randomIds,
      user: 'newcomer',
      signal: new AbortController().signal,
      onEvent: (line) => lines.push(line),
    });
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    return { result: reply.result, lines };
  }
});

function caseIn(file: string): Case {
  const uri = path.join(LIBRARY, 'cases', file);
  return buildCase(uri, parseYaml(readFileSync(uri, 'utf8')).root);
}

function errorIn(result: unknown): string | undefined {
  const error = typeof result === 'object' && result !== null && 'error' in result ? result.error : undefined;
  return typeof error === 'string' ? error : undefined;
}
