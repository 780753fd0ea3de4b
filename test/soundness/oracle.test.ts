import assert from 'node:assert/strict';
import { monitorOf, type Reason } from './monitor.js';
import type { ActionStep, GateStep, Handler, Playbook, Policy, Program, Step } from './playbook.js';
import { actOut, type WitnessStep } from './replay.js';

/**
 * The interpreter and the monitor against cases a person can judge: one program, one path, and whether the act `a` is seen
 * executed without approval, and why. Were these wrong, nothing the random test says would mean anything.
 */

const MINUTE = 60_000;
const GOES_ON: Handler = { then: 'continue', steps: [] };
const OPEN: Policy = { name: 'open', ceilings: [], alwaysGate: [] };
const act: ActionStep = { kind: 'action', id: 'a', tool: 't.suspend', x: [{ from: 'alert' }] };
const gate: GateStep = { kind: 'gate', id: 'g', grants: ['a'], stands: 5 * MINUTE };
const read: ActionStep = { kind: 'action', id: 'r', tool: 't.look', x: [{ from: 'alert' }] };
const readsIt: ActionStep = { ...act, x: [{ from: 'output', step: 'r' }] };
const wait = (minutes: number): Step => ({ kind: 'manual', id: 'm', timeout: minutes * MINUTE });
const loop = (steps: readonly Step[], id = 'f', item = 'it'): Step => ({
  kind: 'for-each',
  id,
  item,
  in: { from: 'alert', entities: 'users' },
  max: 3,
  steps,
});
const parallel = (join: 'all' | 'any', one: readonly Step[], other: readonly Step[]): Step => ({
  kind: 'parallel',
  id: 'p',
  join,
  branches: [
    { name: 'b1', steps: one },
    { name: 'b2', steps: other },
  ],
});

interface Rest {
  readonly policy?: Policy | undefined;
  readonly main?: Partial<Playbook>;
  readonly callee?: Partial<Playbook>;
  readonly act?: string;
  readonly tool?: string;
}

/** Why the act is executed without approval when the run goes along `path` (`g rejected, a failed`); `undefined`: it is not. */
function seen(steps: readonly Step[], path: string, rest: Rest = {}): Reason | undefined {
  const main: Playbook = { name: 'main', inputs: [], defaults: {}, steps, ...rest.main };
  const callee: Playbook = { name: 'c1', inputs: [], defaults: {}, steps: [], ...rest.callee };
  const policy = 'policy' in rest ? rest.policy : OPEN;
  const program: Program = { main, callees: rest.callee ? [callee] : [], policy };
  const witness = path
    .split(', ')
    .filter((one) => one !== '')
    .map((one): WitnessStep => {
      const [step = '', edge = ''] = one.split(' ');
      return { step, edge };
    });
  const target = { step: rest.act ?? 'a', tool: rest.tool ?? 't.suspend' };
  const acted = actOut(program, monitorOf(program), target, witness);
  return 'violation' in acted ? acted.violation.reason : undefined;
}

describe('soundness: the interpreter and the monitor', () => {
  it('an approved gate covers its act, once', () => {
    assert.equal(seen([gate, act], 'g approved, a ok'), undefined);
    assert.equal(seen([gate, { ...act, retry: { attempts: 2 } }], 'g approved, a retry'), 'used up');
    assert.equal(
      seen(
        [
          { ...gate, uses: 2 },
          { ...act, retry: { attempts: 2 } },
        ],
        'g approved, a retry',
      ),
      undefined,
    );
  });

  it('an act nobody was asked about is never approved', () => {
    assert.equal(seen([act], ''), 'never approved');
    assert.equal(seen([{ ...gate, grants: ['m'] }, wait(1), act], 'g approved, m ok'), 'never approved');
  });

  it('a refusal that goes on is no approval', () => {
    assert.equal(seen([{ ...gate, onReject: GOES_ON }, act], 'g rejected'), 'never approved');
    assert.equal(seen([gate, act], 'g rejected'), undefined);
  });

  it('silence that goes on is no approval', () => {
    assert.equal(seen([{ ...gate, onTimeout: GOES_ON }, act], 'g timed-out'), 'never approved');
    assert.equal(seen([gate, act], 'g timed-out'), undefined);
  });

  it('a modification is no approval, and the call as modified is what is approved', () => {
    const steps = [{ ...gate, onReject: GOES_ON }, act];
    assert.equal(seen(steps, 'g modified, g rejected'), 'never approved');
    assert.equal(seen([gate, act], 'g modified'), undefined);
  });

  it('a gate that fails before anybody is asked is no approval', () => {
    assert.equal(seen([{ ...gate, onError: GOES_ON }, act], 'g failed'), 'never approved');
  });

  it('a skipped gate is no approval', () => {
    assert.equal(seen([{ ...gate, when: { from: 'alert' } }, act], 'g skipped'), 'never approved');
  });

  it('an act in a handler is reached when the step fails', () => {
    const failing: Step = { ...read, onError: { then: 'stop', steps: [act] } };
    assert.equal(seen([failing], 'r failed'), 'never approved');
    assert.equal(seen([failing], 'r ok'), undefined);
    assert.equal(seen([{ ...gate, onReject: { then: 'stop', steps: [act] } }], 'g rejected'), 'never approved');
  });

  it('a branch without the gate is another path', () => {
    const steps: Step[] = [{ kind: 'if', id: 'i', condition: { from: 'alert' }, then: [gate] }, act];
    assert.equal(seen(steps, 'i then, g approved'), undefined);
    assert.equal(seen(steps, 'i else'), 'never approved');
  });

  it('a stop ends the run', () => {
    assert.equal(seen([{ kind: 'stop', id: 'x', outcome: 'completed' }, act], 'x stopped'), undefined);
  });

  it('an approval expires while the run waits', () => {
    const expiring = { ...gate, expires: 7.5 * MINUTE };
    assert.equal(seen([expiring, wait(10), act], 'g approved, m ok'), 'expired');
    assert.equal(seen([expiring, wait(5), act], 'g approved, m ok'), undefined);
    assert.equal(seen([expiring, { kind: 'manual', id: 'm' }, act], 'g approved, m ok'), 'expired');
    // The time until people answer is before the approval.
    assert.equal(seen([{ ...expiring, stands: 60 * MINUTE }, act], 'g approved'), undefined);
  });

  it('a step that gives another value voids what was approved with the old one', () => {
    assert.equal(seen([read, gate, readsIt], 'r ok, g approved'), undefined);
    assert.equal(seen([gate, read, readsIt], 'g approved, r ok'), 'rebound');
    assert.equal(seen([gate, { ...read, when: { from: 'alert' } }, readsIt], 'g approved, r skipped'), undefined);
  });

  it('an execution that failed may have had its effect and uses the approval', () => {
    const steps = [gate, { ...act, retry: { attempts: 2, delay: MINUTE } }];
    assert.equal(seen(steps, 'g approved, a failed-after, a ok'), 'used up');
  });

  it('a loop executes its act once for each item', () => {
    assert.equal(seen([{ ...gate, grants: ['a'] }, loop([act])], 'g approved, f item, a ok, f item'), undefined);
    assert.equal(seen([loop([gate, act])], 'f item, g approved, a ok, f item, g approved, a ok'), undefined);
    const guarded = { ...gate, when: { from: 'alert' } } as const;
    assert.equal(seen([loop([guarded, act])], 'f item, g approved, a ok, f item, g skipped'), 'used up');
  });

  it('an approval for one item is not one for the next', () => {
    const guarded = { ...gate, uses: 3, when: { from: 'alert' } } as const;
    const onItem: Step = { ...act, x: [{ from: 'item', name: 'it' }] };
    const path = 'f item, g approved, a ok, f item, g skipped';
    assert.equal(seen([loop([guarded, onItem])], path), 'approved for other calls');
    assert.equal(seen([loop([guarded, act])], path), undefined);
  });

  it('a gate before a loop approves each call of it; a list that changes afterwards voids that', () => {
    const onItem: Step = { ...act, x: [{ from: 'item', name: 'it' }] };
    assert.equal(seen([gate, loop([onItem])], 'g approved, f item, a ok, f item, a ok'), undefined);
    const over: Step = {
      kind: 'for-each',
      id: 'f',
      item: 'it',
      in: { from: 'output', step: 'r' },
      max: 3,
      steps: [onItem],
    };
    assert.equal(seen([read, gate, over], 'r ok, g approved, f item, a ok, f item'), undefined);
    // There was nothing to show.
    assert.equal(seen([gate, read, over], 'g approved, r ok, f item'), 'never approved');
  });

  it('a gate asked again answers anew', () => {
    const again = { ...gate, uses: 3, onReject: GOES_ON };
    assert.equal(seen([loop([again, act])], 'f item, g approved, a ok, f item, g rejected'), 'asked again');
  });

  it('a list longer than the loop allows fails before its first item', () => {
    const steps: Step[] = [{ ...loop([act]), max: 1 } as Step];
    assert.equal(seen(steps, 'f item, a ok, f item, a ok'), undefined);
  });

  it('after "all" every branch has ended; after "any" only one has', () => {
    const [all, any] = (['all', 'any'] as const).map((join) => [parallel(join, [gate], [wait(1)]), act]);
    assert.equal(seen(all ?? [], 'p begin, m ok, g approved'), undefined);
    assert.equal(seen(any ?? [], 'p begin, m ok, p joined'), 'never approved');
    assert.equal(seen(any ?? [], 'p begin, g approved, p joined'), undefined);
  });

  it('what another branch does may come at any time', () => {
    const steps = [parallel('all', [gate, readsIt], [read])];
    assert.equal(seen(steps, 'p begin, g approved, r ok'), 'rebound');
    assert.equal(seen([parallel('all', [gate], [act])], 'p begin, a ok, g approved'), 'never approved');
  });

  it('a branch that stops the run ends the others before their next effect', () => {
    const stop: Step = { kind: 'stop', id: 'x', outcome: 'failed' };
    assert.equal(seen([parallel('all', [stop], [act])], 'p begin, x stopped'), undefined);
  });

  it('approvals do not pass a call, and calls have their own', () => {
    const call: Step = { kind: 'call', id: 'c', playbook: 'c1', inputs: {} };
    const inside = { callee: { steps: [act] }, act: 'c/a' };
    assert.equal(seen([gate, call], 'g approved, c begin', inside), 'never approved');
    const own = { callee: { steps: [gate, act] }, act: 'c/a' };
    assert.equal(seen([call], 'c begin, c/g approved', own), undefined);
    const twice = { callee: { steps: [{ ...gate, uses: 3, when: { from: 'alert' } } as const, act] }, act: 'c/a' };
    const path = 'f item, c begin, c/g approved, c/a ok, c ok, f item, c begin, c/g skipped';
    assert.equal(seen([loop([call])], path, twice), 'never approved');
  });

  it('what is given to a called playbook is as it was when it was called', () => {
    const call: Step = { kind: 'call', id: 'c', playbook: 'c1', inputs: { host: [{ from: 'output', step: 'r' }] } };
    const onInput: Step = { ...act, x: [{ from: 'input', name: 'host' }] };
    const inside = { callee: { inputs: ['host'], steps: [gate, onInput] }, act: 'c/a' };
    assert.equal(seen([read, call], 'r ok, c begin, c/g approved', inside), undefined);
  });

  it('a called playbook that stops is over, and its caller goes on when it is no failure', () => {
    const call: Step = { kind: 'call', id: 'c', playbook: 'c1', inputs: {} };
    const ends = (outcome: 'completed' | 'failed'): Rest => ({
      callee: { steps: [{ kind: 'stop', id: 'x', outcome }] },
    });
    assert.equal(seen([call, act], 'c begin, c/x stopped', ends('completed')), 'never approved');
    assert.equal(seen([call, act], 'c begin, c/x stopped', ends('failed')), undefined);
  });

  it('an approval of its own is asked for right before each call', () => {
    const own: Step = { ...act, approval: {}, retry: { attempts: 2 } };
    assert.equal(seen([own], 'a retry, a ok'), undefined);
    const agent: Step = { kind: 'agent', id: 'a', grants: [{ tool: 't.suspend' }] };
    assert.equal(seen([{ ...agent, approval: {} }], ''), undefined);
    assert.equal(seen([agent], ''), 'never approved');
    assert.equal(seen([gate, agent], 'g approved'), 'never approved');
  });

  it('what cannot be undone needs two people, unless the policy says otherwise', () => {
    const evict: Step = { ...act, tool: 't.delete' };
    assert.equal(seen([gate, evict], 'g approved', { tool: 't.delete' }), undefined);
    const policy: Policy = {
      name: 'open',
      ceilings: [{ effect: 'evict', autonomy: 'approve', quorum: 3 }],
      alwaysGate: [],
    };
    assert.equal(seen([gate, evict], 'g approved', { tool: 't.delete', policy }), undefined);
  });

  it('at "autonomous" nobody is asked, unless a limit says so', () => {
    const free: Step = { ...act, autonomy: 'autonomous' };
    assert.equal(seen([free], ''), undefined);
    assert.equal(seen([free], '', { main: { autonomy: 'approve' } }), 'never approved');
    assert.equal(seen([free], '', { policy: undefined }), 'never approved');
    const gated: Policy = { ...OPEN, alwaysGate: ['t.suspend'] };
    assert.equal(seen([free], '', { policy: gated }), 'never approved');
    const contained: Policy = { ...OPEN, ceilings: [{ effect: 'contain', autonomy: 'approve' }] };
    assert.equal(seen([free], '', { policy: contained }), 'never approved');
    const ghost: Step = { ...free, tool: 't.ghost' };
    assert.equal(seen([ghost], '', { tool: 't.ghost' }), 'never approved');
    const call: Step = { kind: 'call', id: 'c', playbook: 'c1', inputs: {}, autonomy: 'approve' };
    assert.equal(seen([call], 'c begin', { callee: { steps: [free] }, act: 'c/a' }), 'never approved');
  });

  it('at "notify" somebody is told, and it can be undone', () => {
    const told: Step = { ...act, autonomy: 'notify', notify: true };
    assert.equal(seen([told], ''), undefined);
    assert.equal(seen([{ ...act, autonomy: 'notify' }], ''), 'never approved');
    assert.equal(seen([{ ...told, tool: 't.page' } as Step], '', { tool: 't.page' }), 'never approved');
  });

  it('an agent at "autonomous" is held to its bounds', () => {
    const agent = (where: boolean): Step => ({
      kind: 'agent',
      id: 'a',
      autonomy: 'autonomous',
      grants: [{ tool: 't.suspend', where }],
    });
    assert.equal(seen([agent(true)], ''), undefined);
    assert.equal(seen([agent(true)], 'a outside'), 'bounds');
    assert.equal(seen([agent(false)], ''), 'never approved');
  });

  it('at "manual" and "assist" people act, and no tool does', () => {
    for (const autonomy of ['manual', 'assist'] as const) assert.equal(seen([{ ...act, autonomy }], ''), undefined);
  });

  it('without a policy nobody can approve', () => {
    assert.equal(seen([{ ...gate, onReject: GOES_ON }, act], 'g rejected', { policy: undefined }), 'never approved');
    assert.equal(seen([gate, act], 'g approved', { policy: undefined }), undefined);
  });
});
