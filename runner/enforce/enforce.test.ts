import assert from 'node:assert/strict';
import { buildCatalog } from '../../language/model/build-catalog.js';
import { buildPolicy } from '../../language/model/build-policy.js';
import { parseYaml } from '../../language/syntax/parse.js';
import { newCall, type RunBinding } from '../decide/call.js';
import type { DecideInput } from '../decide/decide.js';
import { testClock } from '../engine/scenario.test.js';
import type { JsonObject } from '../protocol/trace.js';
import type { ToolHost } from '../tools/port.js';
import { sha256 } from '../trace/canonical.js';
import { JournalError } from '../trace/journal.js';
import { createEnforcer, type Enforcer } from './enforce.js';

const TEXT = `catalog: c
tools:
  intel.lookup: { description: d, effect: read, reversible: true, idempotent: true, input: { user: { type: string } }, output: {} }
  intel.other: { description: d, effect: read, reversible: true, idempotent: true, input: { user: { type: string } }, output: {} }
`;
const SUSPEND = buildCatalog(
  'file:///d.tools.yaml',
  parseYaml(
    'catalog: d\ntools:\n  identity.suspend: { description: d, effect: contain, reversible: true, undo: identity.restore, idempotent: true, input: { user: { type: string } }, output: {} }\n',
  ).root,
).tools.get('identity.suspend');
const TOOLS = buildCatalog('file:///c.tools.yaml', parseYaml(TEXT).root).tools;
const BINDING: RunBinding = { run: 'run-1', playbook: sha256('playbook'), policy: null };
const BY = { kind: 'engine', id: 'countersign' } as const;

const callOf = (args: JsonObject, id = 'call-1', binding = BINDING) =>
  newCall(id, 'intel.lookup', TOOLS.get('intel.lookup'), args, binding);

function inputFor(args: JsonObject, part: Partial<DecideInput['step']> = {}): Parameters<Enforcer['authorize']>[0] {
  return {
    call: callOf(args),
    tool: TOOLS.get('intel.lookup'),
    step: {
      id: 'look',
      kind: 'action',
      grants: ['intel.lookup'],
      argumentsProblem: null,
      where: { kind: 'none' },
      calls: 0,
      maxCalls: null,
      told: [],
      undoProblem: null,
      ...part,
    },
    effective: { level: 'autonomous', because: 'the step says autonomous' },
    policy: undefined,
    approvals: [],
    asked: { kind: 'cannot' },
    budgetExceeded: null,
  };
}

function setUp(
  part: {
    readonly binding?: RunBinding;
    readonly failAt?: string;
    readonly call?: ToolHost['call'];
    readonly stopped?: () => string | undefined;
    readonly written?: (event: string) => unknown;
  } = {},
) {
  const events: string[] = [];
  const reached: JsonObject[] = [];
  const clock = testClock();
  const enforcer = createEnforcer({
    binding: part.binding ?? BINDING,
    clock,
    ...(part.stopped ? { stopped: part.stopped } : {}),
    ids: { next: (prefix) => `${prefix}-1` },
    journal: {
      async write(event) {
        if (event === part.failAt) throw new JournalError('the disk is full');
        events.push(event);
        part.written?.(event);
        return Promise.reject(new Error('not a line')).catch(() => JSON.parse('{}'));
      },
    },
    host: {
      call(request, signal) {
        events.push('call');
        reached.push(request.arguments);
        return part.call?.(request, signal) ?? Promise.resolve({ ok: true, output: { score: 1 }, source: 'test' });
      },
    },
  });
  return { enforcer, events, reached, clock };
}

const signal = (): AbortSignal => new AbortController().signal;

describe('enforcement', () => {
  it('makes no call once the run was stopped while its intent went to the disk, and says that it did not', async () => {
    let order: string | undefined;
    const { enforcer, events } = setUp({
      stopped: () => order,
      written: (event) => {
        if (event === 'intent') order = 'The run was ended by ana';
      },
    });
    const { permit } = await enforcer.authorize(inputFor({ user: 'ana' }), null);
    assert.ok(permit);
    const execution = await enforcer.execute(permit, callOf({ user: 'ana' }), BY, signal());
    assert.deepEqual(execution, {
      kind: 'refused',
      rule: 'cancelled',
      reason: 'The run was ended by ana before the call.',
    });
    assert.deepEqual(events, ['authorized', 'intent', 'withheld']);
    const again = await enforcer.execute(permit, callOf({ user: 'ana' }), BY, signal());
    assert.equal(again.kind, 'refused');
  });

  it('makes no call once the approval it rests on has expired', async () => {
    const { enforcer, events, clock } = setUp();
    const call = newCall('call-1', 'identity.suspend', SUSPEND, { user: 'ana' }, BINDING);
    const approval = {
      gate: 'ask',
      step: 'look',
      call: 'call-1',
      digest: call.digest,
      approvers: ['ana'],
      roles: ['analyst'],
      excluded: [],
      quorum: 1,
      expires: clock.now() + 1000,
      usesLeft: 1,
    };
    const { permit, decision } = await enforcer.authorize(
      {
        ...inputFor({ user: 'ana' }, { grants: ['identity.suspend'] }),
        call,
        tool: SUSPEND,
        policy: buildPolicy('file:///p.policy.yaml', parseYaml('policy: p\nroles: { analyst: [ana] }\n').root),
        effective: { level: 'approve', because: 'the step says approve' },
        approvals: [approval],
      },
      null,
    );
    assert.ok(permit, decision.reason);
    clock.advance(1000);
    const execution = await enforcer.execute(permit, call, BY, signal());
    assert.equal(execution.kind === 'refused' && execution.rule, 'permit-expired');
    assert.ok(!events.includes('intent'));
  });

  it('withholds a call as well when its signal aborts while the intent is written', async () => {
    const stop = new AbortController();
    const { enforcer, events } = setUp({ written: (event) => event === 'intent' && stop.abort('Enough') });
    const { permit } = await enforcer.authorize(inputFor({ user: 'ana' }), null);
    assert.ok(permit);
    await enforcer.execute(permit, callOf({ user: 'ana' }), BY, stop.signal);
    assert.deepEqual(events, ['authorized', 'intent', 'withheld']);
  });

  it('writes the intent before it reaches the tool, and what came of it after', async () => {
    const { enforcer, events } = setUp();
    const { permit } = await enforcer.authorize(inputFor({ user: 'a' }), null);
    assert.ok(permit);
    const executed = await enforcer.execute(permit, callOf({ user: 'a' }), BY, signal());
    assert.equal(executed.kind, 'executed');
    assert.deepEqual(events, ['authorized', 'intent', 'call', 'executed']);
  });

  it('gives no permit without a permitting decision', async () => {
    const { enforcer } = setUp();
    const { decision, permit } = await enforcer.authorize(inputFor({ user: 'a' }, { grants: [] }), null);
    assert.deepEqual([decision.rule, permit], ['not-granted', undefined]);
  });

  it('refuses a permit that was used, made up, copied or given elsewhere', async () => {
    const { enforcer, reached } = setUp();
    const elsewhere = await setUp().enforcer.authorize(inputFor({ user: 'a' }), null);
    const { permit } = await enforcer.authorize(inputFor({ user: 'a' }), null);
    assert.ok(permit && elsewhere.permit);
    const call = callOf({ user: 'a' });
    for (const forged of [{ id: permit.id }, { ...permit }, Object.create(permit), elsewhere.permit]) {
      const refused = await enforcer.execute(forged, call, BY, signal());
      assert.equal(refused.kind === 'refused' && refused.rule, 'permit-unknown');
    }
    assert.equal((await enforcer.execute(permit, call, BY, signal())).kind, 'executed');
    const again = await enforcer.execute(permit, call, BY, signal());
    assert.equal(again.kind === 'refused' && again.rule, 'permit-used');
    assert.equal(reached.length, 1);
  });

  it('refuses a call that is not the one decided on, and spends the permit', async () => {
    const other = callOf({ user: 'b' });
    const honest = callOf({ user: 'a' });
    const altered = [
      other,
      { ...other, digest: honest.digest },
      { ...honest, id: 'call-2' },
      { ...honest, tool: 'intel.other' },
      { ...honest, target: 'b' },
      callOf({ user: 'a' }, 'call-1', { ...BINDING, policy: sha256('another policy') }),
    ];
    for (const call of altered) {
      const { enforcer, reached } = setUp();
      const { permit } = await enforcer.authorize(inputFor({ user: 'a' }), null);
      assert.ok(permit);
      const refused = await enforcer.execute(permit, call, BY, signal());
      assert.equal(refused.kind === 'refused' && refused.rule, 'permit-of-another-call');
      assert.equal((await enforcer.execute(permit, honest, BY, signal())).kind, 'refused');
      assert.deepEqual(reached, []);
    }
  });

  it('runs what was decided on even when the object it came in is changed afterwards', async () => {
    const { enforcer, reached } = setUp();
    const args: { user: string } = { user: 'a' };
    const input = inputFor(args);
    const { permit } = await enforcer.authorize(input, null);
    assert.ok(permit);
    args.user = 'b';
    assert.equal((await enforcer.execute(permit, input.call, BY, signal())).kind, 'refused');
    assert.deepEqual(reached, []);
  });

  it('denies a call whose digest is not that of its content', async () => {
    const { enforcer } = setUp();
    const input = inputFor({ user: 'a' });
    const { decision, permit } = await enforcer.authorize(
      { ...input, call: { ...input.call, digest: sha256('x') } },
      null,
    );
    assert.deepEqual([decision.decision, permit], ['deny', undefined]);
  });

  it('reaches no tool when the intent cannot be written, nor after the run was cancelled', async () => {
    const full = setUp({ failAt: 'intent' });
    const first = await full.enforcer.authorize(inputFor({ user: 'a' }), null);
    assert.ok(first.permit);
    await assert.rejects(full.enforcer.execute(first.permit, callOf({ user: 'a' }), BY, signal()), JournalError);
    const cancelled = setUp();
    const second = await cancelled.enforcer.authorize(inputFor({ user: 'a' }), null);
    assert.ok(second.permit);
    const refused = await cancelled.enforcer.execute(second.permit, callOf({ user: 'a' }), BY, AbortSignal.abort());
    assert.equal(refused.kind === 'refused' && refused.rule, 'cancelled');
    assert.deepEqual([full.reached, cancelled.reached], [[], []]);
  });

  it('waits for a tool no longer than it may, and says so', async () => {
    const { enforcer, clock, events } = setUp({
      call: () => new Promise(() => queueMicrotask(() => clock.advance(1000))),
    });
    const { permit } = await enforcer.authorize(inputFor({ user: 'a' }), null);
    assert.ok(permit);
    const late = await enforcer.execute(permit, callOf({ user: 'a' }), BY, signal(), 1000);
    assert.ok(late.kind === 'executed' && !late.ok && /did not answer in time/.test(late.error));
    assert.equal(events.at(-1), 'executed');
  });
});
