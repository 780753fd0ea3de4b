import assert from 'node:assert/strict';
import type { UndoAnswer, UndoOffer } from '../protocol/messages.js';
import type { ToolAnswer } from '../tools/port.js';
import { approval, type Played, play } from './scenario.test.js';

const NOTIFY = `  - id: suspend
    action: identity.suspend
    autonomy: notify
    with: { user: mallory }
    notify: { roles: [analyst] }
    undo-within: 1h
`;
const NOTE = `  - id: after
    action: case.note
    with: { text: after }
`;
const as = (who: string): UndoAnswer => ({ as: `${who}@soc.example`, reason: 'she is on the night shift' });
const ran = ({ reached }: Played) => reached.map(({ tool, arguments: args }) => [tool, args.user ?? args.text]);

describe('an act at level notify', () => {
  it('can be taken back by whoever is told: by the tool the catalog names, through the same decisions', async () => {
    const offers: UndoOffer[] = [];
    const played = await play({
      steps: NOTIFY + NOTE,
      undo: (offer) => {
        offers.push(offer);
        return as('ana');
      },
    });
    assert.equal(played.outcome, 'completed', played.reason);
    assert.deepEqual(ran(played), [
      ['identity.suspend', 'mallory'],
      ['identity.restore', 'mallory'],
      ['case.note', 'after'],
    ]);
    assert.deepEqual(
      [offers[0]?.people, offers[0]?.undo.tool, { ...offers[0]?.undo.arguments }, offers[0]?.until],
      [['ana@soc.example', 'bo@soc.example'], 'identity.restore', { user: 'mallory' }, '2026-01-01T01:00:00.000Z'],
    );
    const [undone] = played.of('undone');
    const events = played.lines
      .filter(
        ({ data }) =>
          'call' in data && (data.call === undone?.by || JSON.stringify(data.call).includes(`"${undone?.by}"`)),
      )
      .map(({ event }) => event);
    assert.deepEqual(events, ['proposed', 'authorized', 'intent', 'executed']);
    assert.deepEqual(
      played.acts.map(({ tool, rule, approvedBy }) => [tool, rule, ...approvedBy]),
      [
        ['identity.suspend', 'notify'],
        ['identity.restore', 'undo', 'ana@soc.example'],
      ],
    );
    assert.deepEqual([undone?.ok, undone?.reason, played.undo], [true, 'she is on the night shift', []]);
  });

  it('is not taken back by anybody else, nor when the policy forbids the tool that undoes it', async () => {
    const stranger = await play({ steps: NOTIFY, undo: () => as('eli') });
    assert.deepEqual(ran(stranger), [['identity.suspend', 'mallory']]);
    assert.equal(stranger.acts[1]?.rule, 'undo-not-authorized');
    const forbidden = await play({
      steps: NOTIFY,
      policy: `policy: test
roles: { analyst: [ana@soc.example] }
ceilings: [{ effect: contain, autonomy: notify }]
forbid: [identity.restore]
`,
      undo: () => as('ana'),
    });
    assert.deepEqual(ran(forbidden), [['identity.suspend', 'mallory']]);
    assert.equal(forbidden.acts[1]?.rule, 'forbidden-by-policy');
  });

  it('may be taken back while the run waits for people, and not once the time for it is over', async () => {
    const gate = `  - id: ask
    gate: { ask: Close?, grants: [close], approvers: { roles: [analyst] }, timeout: 15m }
  - id: close
    action: case.close
    with: { reason: done }
`;
    const playLate = (minutes: number) => {
      let undo = (_: UndoAnswer): void => undefined;
      const answered = new Promise<UndoAnswer>((resolve) => {
        undo = resolve;
      });
      let restored = (): void => undefined;
      const done = new Promise<void>((resolve) => {
        restored = resolve;
      });
      return play({
        steps: NOTIFY.replace('1h', '10m') + gate,
        undo: () => answered,
        approve: async (_, clock) => {
          clock.advance(minutes * 60_000);
          undo(as('bo'));
          await done;
          return approval('ana');
        },
        watch: ({ event, data }) => {
          if (event === 'undone' || (event === 'authorized' && 'rule' in data && data.rule === 'undo-closed'))
            restored();
        },
      });
    };
    assert.deepEqual(
      ran(await playLate(5)).map(([tool]) => tool),
      ['identity.suspend', 'identity.restore', 'case.close'],
    );
    assert.deepEqual(
      ran(await playLate(11)).map(([tool]) => tool),
      ['identity.suspend', 'case.close'],
    );
  });

  it('does not keep the run: what nobody took back is open when it ends', async () => {
    let asked: AbortSignal | undefined;
    const played = await play({
      steps: NOTIFY,
      undo: (_, signal) => {
        asked = signal;
        return new Promise(() => undefined);
      },
    });
    assert.equal(played.outcome, 'completed');
    assert.ok(asked?.aborted);
    assert.deepEqual(
      played.undo.map(({ tool, target, undo, until }) => [tool, target, undo, until]),
      [['identity.suspend', 'mallory', 'identity.restore', '2026-01-01T01:00:00.000Z']],
    );
  });

  it('is taken back once, and says so when that fails', async () => {
    const failing = async (): Promise<ToolAnswer> => ({ ok: false, error: 'the directory is down', source: 'test' });
    const played = await play({
      steps: NOTIFY,
      undo: () => as('ana'),
      tool: async ({ tool }) => (tool.name.value === 'identity.restore' ? failing() : undefined),
    });
    assert.deepEqual([played.outcome, played.of('undone')[0]?.ok], ['completed', false]);
    assert.deepEqual(
      played.undo.map(({ tool }) => tool),
      ['identity.suspend'],
      'that is still open, and "countersign undo" takes it',
    );
  });

  it('asks for approval all the same where nobody could take it back', async () => {
    const catalog = `catalog: odd
tools:
  mail.block:
    { description: Block., effect: contain, reversible: true, undo: mail.unblock, idempotent: true, target: sender, input: { sender: { type: string } }, output: {} }
  mail.unblock:
    { description: Unblock., effect: restore, reversible: true, idempotent: true, input: { ticket: { type: string } }, output: {} }
  mail.hold:
    { description: Hold., effect: contain, reversible: true, undo: mail.gone, idempotent: true, target: sender, input: { sender: { type: string } }, output: {} }
`;
    for (const tool of ['mail.block', 'mail.hold']) {
      const steps = `  - id: act
    action: ${tool}
    autonomy: notify
    with: { sender: a@b.example }
    notify: { roles: [analyst] }
`;
      const played = await play({ steps, catalogs: { 'odd.tools.yaml': catalog } });
      assert.deepEqual([played.acts[0]?.rule, ran(played)], ['notify-bounds', []]);
    }
  });

  it('is undone with what the act returned where its arguments do not say it', async () => {
    const catalog = `catalog: tickets
tools:
  mail.block:
    { description: Block., effect: contain, reversible: true, undo: mail.unblock, idempotent: true, target: sender, input: { sender: { type: string } }, output: { ticket: { type: string } } }
  mail.unblock:
    { description: Unblock., effect: restore, reversible: true, idempotent: true, input: { ticket: { type: string } }, output: {} }
`;
    const steps = `  - id: act
    action: mail.block
    autonomy: notify
    with: { sender: a@b.example }
    notify: { roles: [analyst] }
`;
    const played = await play({
      steps,
      catalogs: { 'tickets.tools.yaml': catalog },
      undo: () => as('ana'),
      tool: async ({ tool }) =>
        tool.name.value === 'mail.block' ? { ok: true, output: { ticket: 'T-7' }, source: 'test' } : undefined,
    });
    assert.deepEqual({ ...played.reached[1]?.arguments }, { ticket: 'T-7' });
  });

  it('can no longer be taken back within a run that is being ended', async () => {
    const stop = new AbortController();
    const played = await play({
      steps: NOTIFY,
      signal: stop.signal,
      undo: () => {
        stop.abort('ended');
        return as('ana');
      },
    });
    assert.deepEqual([played.outcome, ran(played)], ['completed', [['identity.suspend', 'mallory']]]);
  });
});

describe('review', () => {
  const act = (more: string) => `  - id: suspend
    action: identity.suspend
    autonomy: autonomous
    with: { user: mallory }
    accountable: manager
${more}`;

  it('draws the share that the step or the policy asks for, and names who is to look', async () => {
    const all = await play({ steps: act('    review: 100%\n') });
    assert.deepEqual(
      all.of('review.requested').map(({ roles, people, rate, call }) => [roles, people, rate, call]),
      [[['manager'], ['eli@soc.example'], 1, 'call-1']],
    );
    assert.deepEqual(
      all.reviews.map(({ step, tool, target }) => [step, tool, target]),
      [['suspend', 'identity.suspend', 'mallory']],
    );
    assert.deepEqual((await play({ steps: act('') })).reviews, []);
    const policy = `policy: test
roles: { manager: [eli@soc.example] }
ceilings: [{ effect: contain, autonomy: autonomous, review: 100% }]
`;
    assert.equal((await play({ steps: act(''), policy })).reviews.length, 1);
  });

  it('draws about as many as the share says, each time anew', async () => {
    const twenty = JSON.stringify([...Array(20).keys()]);
    const steps = `  - id: each
    for-each: { item: a, in: "${twenty}", max: 20 }
    steps:
      - id: and_each
        for-each: { item: b, in: "${twenty}", max: 20 }
        steps:
          - id: suspend
            action: identity.suspend
            autonomy: autonomous
            with: { user: "\${{ string(a) + '-' + string(b) }}" }
            review: 25%
`;
    const { reviews } = await play({ steps });
    assert.ok(reviews.length > 60 && reviews.length < 140, String(reviews.length));
  });

  it('of a case may be settled, for the sake of the case', async () => {
    assert.equal((await play({ steps: act('    review: 1%\n'), sampled: ['suspend'] })).reviews.length, 1);
    assert.deepEqual((await play({ steps: act('    review: 100%\n'), sampled: [] })).reviews, []);
  });

  it('is of what an agent came to, as well', async () => {
    const steps = `  - id: think
    agent: { goal: Think., output: { found: { type: boolean } } }
    review: 100%
`;
    const played = await play({ steps, turns: [{ output: { found: true } }] });
    assert.deepEqual(
      played.reviews.map(({ step, call }) => [step, call]),
      [['think', null]],
    );
    const refused = await play({ steps, turns: [{ stop: 'refusal' }] });
    assert.deepEqual(refused.reviews, []);
  });

  it('is for acts without a person: what somebody approved was looked at', async () => {
    const steps = `  - id: suspend
    action: identity.suspend
    with: { user: mallory }
    approval: { roles: [analyst], timeout: 5m }
    review: 100%
`;
    const played = await play({ steps, approve: [approval('ana')] });
    assert.deepEqual([played.reviews, played.acts.length], [[], 1]);
  });
});

describe('an act that is under way when the run is ended', () => {
  it('is no longer waited for, is said to be unknown, and nothing follows it', async () => {
    const stop = new AbortController();
    const steps = `  - id: suspend
    action: identity.suspend
    autonomy: autonomous
    with: { user: mallory }
${NOTE}`;
    const played = await play({
      steps,
      signal: stop.signal,
      tool: () => {
        setImmediate(() => stop.abort('The run was ended by root'));
        return new Promise(() => undefined);
      },
    });
    assert.deepEqual([played.outcome, ran(played)], ['cancelled', [['identity.suspend', 'mallory']]]);
    const [executed] = played.of('executed');
    assert.match(JSON.stringify(executed?.result), /ended by root while .* took effect is not known/);
  });
});
