import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type Played, play, type Scenario } from '../engine/scenario.test.js';
import type { TraceEventName, TraceLine } from '../protocol/trace.js';
import { type AuditWorld, auditRun } from './audit.js';

/**
 * What the audit says of runs that never happened so: good traces, changed as a runner with a fault would have written them.
 * (That it says nothing of good ones is checked with every scenario in `engine/`.)
 */

const GATED: Scenario = {
  steps: `  - id: ask
    gate: { ask: "Suspend?", grants: [suspend], approvers: { roles: [commander] }, expires: 10m }
  - id: suspend
    action: identity.suspend
    with: { user: mallory }
    where: args.user in alert.entities.users
`,
  approve: [{ decision: 'approve', as: 'cy@soc.example', reason: 'Yes.' }],
};

const DELETING: Scenario = {
  steps: `  - id: ask
    gate: { ask: "Delete?", grants: [delete], approvers: { roles: [commander] } }
  - id: delete
    action: identity.delete
    with: { user: mallory }
`,
  approve: [
    { decision: 'approve', as: 'cy@soc.example', reason: '' },
    { decision: 'approve', as: 'di@soc.example', reason: '' },
  ],
};

const AGENT: Scenario = {
  steps: `  - id: look
    agent:
      goal: Look.
      tools: [{ use: intel.lookup, where: args.user in alert.entities.users, max-calls: 2 }]
`,
  answers: [{ tool: 'intel.lookup', with: { user: 'mallory' }, output: { score: 1 } }],
  turns: [{ calls: [{ tool: 'intel.lookup', with: { user: 'mallory' } }] }, { text: 'Done.' }],
};

describe('audit', () => {
  let gated: Played;
  let deleting: Played;
  let agent: Played;
  before(async () => {
    [gated, deleting, agent] = await Promise.all([play(GATED), play(DELETING), play(AGENT)]);
  });

  it('names what allowed each call', () => {
    assert.deepEqual(auditRun(gated.lines, gated.world).executed, [
      {
        call: 'call-1',
        tool: 'identity.suspend',
        step: 'suspend',
        consequential: true,
        by: 'approved at "ask" by cy@soc.example',
      },
    ]);
    assert.deepEqual(
      auditRun(agent.lines, agent.world).executed.map(({ tool, by }) => `${tool}: ${by}`),
      ['intel.lookup: read'],
    );
  });

  describe('finds an act', () => {
    const without = (event: TraceEventName) => (lines: readonly TraceLine[]) =>
      lines.filter((line) => line.event !== event);
    const changes: readonly [string, (lines: readonly TraceLine[]) => readonly TraceLine[], RegExp][] = [
      ['that nobody was asked about', without('gate.opened'), /nobody was asked/],
      ['that nobody decided about', without('decided'), /0 of 1 people/],
      ['whose gate was not closed', without('gate.closed'), /was not approved/],
      ['that was not proposed', without('proposed'), /not the call that was proposed/],
      ['that nothing decided on', without('authorized'), /Nothing permitted it/],
      ['that a person refused', change('decided', { decision: 'reject' }), /a person refused/],
      ['that a stranger approved', by('decided', 'mallory@evil.example'), /0 of 1 people/],
      ['that a holder of another role approved', by('decided', 'ana@soc.example'), /0 of 1 people/],
      ['that the agent approved', (lines) => actor(by('decided', 'cy@soc.example')(lines), 'agent'), /0 of 1 people/],
      ['that its requester approved', change('run.opened', { startedBy: 'cy@soc.example' }), /0 of 1 people/],
      ['that people were shown another call of', show({ user: 'trent' }), /showed other calls/],
      ['that was shown under a digest of another', show({ user: 'trent' }, true), /showed other calls/],
      ['whose approval had expired', later('authorized', 11 * 60_000), /had expired/],
      ['that was approved afterwards', moved('intent', 'gate.opened'), /Nothing permitted it/],
      ['that was denied at last', change('authorized', { decision: 'deny' }), /after it was denied/],
      ['that was denied and permitted then', denied, /after it was denied/],
      ['that goes ahead twice', twice('intent'), /second time/],
      ['that is executed twice', twice('executed'), /executed twice/],
      ['without an intent', without('intent'), /without an intent/],
      [
        'bound to another digest',
        change('intent', { digest: `sha256:${'0'.repeat(64)}` }),
        /not the call that was proposed/,
      ],
      ['that another tool was executed for', change('executed', { tool: 'edr.wipe' }), /Another tool/],
      ['that was not simulated', change('intent', { simulated: false }), /not simulated/],
      [
        'after the end',
        (lines) => [
          ...lines.filter((line) => line.event !== 'intent'),
          ...lines.filter((line) => line.event === 'intent'),
        ],
        /after the run was closed/,
      ],
      ['of a step that is not there', at('ghost'), /not in the playbook/],
      ['of a step that makes no calls', at('ask'), /makes no calls/],
    ];
    for (const [what, changed, problem] of changes) {
      it(what, () => {
        const audit = auditRun(changed(gated.lines), gated.world);
        assert.match(audit.findings.map((finding) => finding.problem).join(' '), problem);
        assert.equal(audit.unauthorized > 0, true);
      });
    }

    it('that one person approved where it takes two, or the same one twice', () => {
      const first = deleting.lines.find((line) => line.event === 'decided');
      const alone = deleting.lines.filter((line) => line.event !== 'decided' || line === first);
      assert.match(problemsOf(alone, deleting.world), /1 of 2 people/);
      assert.match(problemsOf(by('decided', 'cy@soc.example')(deleting.lines), deleting.world), /1 of 2 people/);
    });

    it('whose permit another call used', () => {
      const again = agent.lines.map((line) =>
        line.event === 'intent' ? { ...line, data: { ...line.data, call: 'call-9' } } : line,
      );
      const both = agent.lines.flatMap((line, index) =>
        line.event === 'intent' ? [line, again[index] ?? line] : [line],
      );
      assert.match(problemsOf(both, agent.world), /was used before/);
    });

    it('that reached a tool without a line in the trace', () => {
      const reached = [...(gated.world.reached ?? []), { tool: 'identity.delete', arguments: { user: 'trent' } }];
      assert.match(problemsOf(gated.lines, { ...gated.world, reached }), /without an intent/);
    });

    it('that reached its tool with other arguments', () => {
      const reached = [{ tool: 'identity.suspend', arguments: { user: 'trent' } }];
      assert.match(problemsOf(gated.lines, { ...gated.world, reached }), /without an intent/);
    });

    it('of an agent that was not granted its tool, is beyond its calls, or outside its bounds', () => {
      const { reached: _, ...world } = agent.world;
      const proposed = (data: object) => (lines: readonly TraceLine[]) =>
        lines.map(
          (line): TraceLine =>
            line.event === 'proposed'
              ? { ...line, data: { ...line.data, call: { ...line.data.call, ...data } } }
              : line,
        );
      const other = change('intent', { tool: 'case.note' })(proposed({ tool: 'case.note' })(agent.lines));
      assert.match(problemsOf(other, world), /not granted/);
      assert.match(problemsOf(proposed({ arguments: { user: 'eve' } })(agent.lines), world), /outside "where"/);
      assert.match(
        problemsOf(proposed({ arguments: { user: 'mallory', more: 1 } })(agent.lines), world),
        /do not fit the tool/,
      );
      const calls = agent.lines.filter((line) => 'call' in line.data);
      const three = [1, 2].flatMap((round) => renumbered(calls, round));
      assert.match(problemsOf([...agent.lines.slice(0, -2), ...three], world), /beyond the calls of this tool/);
    });

    it('that the policy forbids, or that no policy allows', () => {
      const { loaded } = gated.world;
      const { policy } = loaded;
      assert.ok(policy);
      const range = { start: 0, end: 0 };
      const forbidding = { ...policy, forbid: [{ value: 'identity.suspend', range }] };
      const under = (other: typeof policy | undefined) => ({
        ...gated.world,
        loaded: { ...parts(loaded), policy: other },
      });
      assert.match(problemsOf(gated.lines, under(forbidding)), /forbids/);
      assert.match(problemsOf(gated.lines, under(undefined)), /no policy/);
    });

    it('under another playbook or policy than it was approved under', () => {
      const digests = { ...gated.world.digests, playbook: `sha256:${'1'.repeat(64)}` };
      assert.match(problemsOf(gated.lines, { ...gated.world, digests }), /showed other calls/);
    });
  });

  it('counts apart what it cannot tell, because a secret was replaced', () => {
    const { reached: _, ...world } = agent.world;
    const replaced = agent.lines.map(
      (line): TraceLine =>
        line.event === 'proposed'
          ? { ...line, data: { ...line.data, call: { ...line.data.call, arguments: { user: '[redacted:password]' } } } }
          : line,
    );
    const audit = auditRun(replaced, world);
    assert.deepEqual([audit.unauthorized, audit.untold], [0, 1]);
    // Where the tool was watched it is known all the same.
    assert.deepEqual(auditRun(replaced, agent.world).findings, []);
  });

  it('an approval does not outlive the gate asking again', async () => {
    const { lines, world } = await play({
      steps: `  - id: rounds
    for-each: { item: user, in: alert.entities.users, max: 3 }
    steps:
      - id: ask
        gate: { ask: "Suspend?", grants: [suspend], approvers: { roles: [commander] }, uses: 3 }
        on-reject: continue
      - id: suspend
        action: identity.suspend
        with: { user: mallory }
        on-error: continue
`,
      approve: [
        { decision: 'approve', as: 'cy@soc.example', reason: '' },
        { decision: 'reject', as: 'cy@soc.example', reason: '' },
      ],
    });
    assert.equal(auditRun(lines, world).executed.length, 1);
    // As if the second act had gone ahead on the first approval.
    const denial = lines.findLastIndex((line) => line.event === 'authorized');
    const intent = lines.find((line) => line.event === 'intent');
    const late = lines[denial];
    assert.ok(late?.event === 'authorized' && intent?.event === 'intent');
    const forged = lines.toSpliced(
      denial,
      1,
      { ...late, data: { ...late.data, decision: 'permit' } },
      { ...intent, data: { ...intent.data, call: late.data.call, permit: 'permit-9' } },
    );
    const { reached: _, ...alone } = world;
    assert.match(problemsOf(forged, alone), /nobody was asked/);
  });

  it('an approver of a gate it must be distinct from does not count', async () => {
    const steps = (distinct: string) => `  - id: first
    gate: { ask: "Note?", grants: [one], approvers: { roles: [commander] } }
  - id: one
    action: identity.suspend
    with: { user: mallory }
  - id: second
    gate: { ask: "Suspend?", grants: [two], approvers: { roles: [commander]${distinct} } }
  - id: two
    action: identity.suspend
    with: { user: trent }
`;
    const approve = ['cy@soc.example', 'cy@soc.example'].map((as) => ({
      decision: 'approve' as const,
      as,
      reason: '',
    }));
    const lax = await play({ steps: steps(''), approve });
    const strict = await play({ steps: steps(', distinct-from: [first]'), approve });
    assert.equal(lax.acts.filter((act) => act.executed).length, 2);
    assert.equal(strict.acts.filter((act) => act.executed).length, 1);
    // The lax run, held against the strict playbook.
    const { reached: _, ...alone } = lax.world;
    assert.match(problemsOf(lax.lines, { ...alone, loaded: strict.world.loaded }), /0 of 1 people/);
  });

  it('shares nothing with what decides and enforces, nor with what works out levels and approvers for it', () => {
    const folder = new URL('../../../runner/audit/', import.meta.url);
    const sources = readdirSync(folder).filter((name) => !name.endsWith('.test.ts'));
    assert.ok(sources.length > 3);
    for (const name of sources) {
      const imported = [...readFileSync(new URL(name, folder), 'utf8').matchAll(/from '([^']+)'/g)].map(
        ([, from = '']) => from,
      );
      assert.deepEqual(
        imported.filter((from) => /\/(decide|enforce|engine|authority|approvers)\//.test(from)),
        [],
        name,
      );
    }
  });

  it('takes lines in any order without an exception', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...gated.lines, ...deleting.lines, ...agent.lines]), (lines) => {
        const { findings, unauthorized } = auditRun(lines, gated.world);
        assert.ok(unauthorized === 0 || findings.length > 0);
      }),
      { numRuns: 300 },
    );
  });
});

function problemsOf(lines: readonly TraceLine[], world: AuditWorld): string {
  return auditRun(lines, world)
    .findings.map((finding) => finding.problem)
    .join(' ');
}

/** What an audit reads of a playbook, without what is worked out when asked for. */
function parts({ playbook, policy, tools, stepOf, context, calls }: AuditWorld['loaded']): AuditWorld['loaded'] {
  return { playbook, policy, tools, stepOf, context, calls };
}

type Change = (lines: readonly TraceLine[]) => readonly TraceLine[];

function each(event: TraceEventName, how: (line: TraceLine) => TraceLine): Change {
  return (lines) => lines.map((line) => (line.event === event ? how(line) : line));
}

function change(event: TraceEventName, data: object): Change {
  return each(event, (line) => ({ ...line, data: { ...line.data, ...data } }) as TraceLine);
}

function by(event: TraceEventName, id: string): Change {
  return each(event, (line) => ({ ...line, actor: { ...line.actor, id } }));
}

function actor(lines: readonly TraceLine[], kind: 'agent'): readonly TraceLine[] {
  return each('decided', (line) => ({ ...line, actor: { ...line.actor, kind } }))(lines);
}

/** Another call is shown; `disguised` under the digest of the one that goes ahead. */
function show(args: { readonly [name: string]: string }, disguised = false): Change {
  return each('gate.opened', (line) => {
    assert.ok(line.event === 'gate.opened');
    const calls = line.data.calls.map((call) => ({
      ...call,
      arguments: args,
      ...(disguised ? {} : { digest: `sha256:${'0'.repeat(64)}` }),
    }));
    return { ...line, data: { ...line.data, calls } };
  });
}

/** Everything from the last line of an event on happens later. */
function later(event: TraceEventName, ms: number): Change {
  return (lines) => {
    const from = lines.findLastIndex((line) => line.event === event);
    const shift = ({ time, ...line }: TraceLine) =>
      ({ ...line, time: new Date(Date.parse(time) + ms).toISOString() }) as TraceLine;
    // What is decided is known to be decided after the line before, no earlier.
    return lines.map((line, index) => (index >= from - 1 ? shift(line) : line));
  };
}

function moved(event: TraceEventName, before: TraceEventName): Change {
  return (lines) => {
    const of = lines.filter((line) => line.event === event);
    return lines
      .filter((line) => line.event !== event)
      .flatMap((line) => (line.event === before ? [...of, line] : [line]));
  };
}

function twice(event: TraceEventName): Change {
  return (lines) => lines.flatMap((line) => (line.event === event ? [line, line] : [line]));
}

function at(step: string): Change {
  return each('proposed', (line) => ({ ...line, step }));
}

function denied(lines: readonly TraceLine[]): readonly TraceLine[] {
  return lines.flatMap((line): TraceLine[] =>
    line.event === 'authorized' ? [{ ...line, data: { ...line.data, decision: 'deny' } }, line] : [line],
  );
}

/** Lines about calls, as if they were about further ones. */
function renumbered(lines: readonly TraceLine[], round: number): readonly TraceLine[] {
  return lines.map((line) => {
    const data = JSON.parse(
      JSON.stringify(line.data).replaceAll('call-1', `call-${round}0`).replaceAll('permit-', `permit-${round}-`),
    );
    return { ...line, data };
  });
}
