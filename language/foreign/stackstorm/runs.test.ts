import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foreignBoundary } from '../boundary.js';
import { readAll } from '../lines.test.js';

/** A workflow drawn at random; tasks only lead further on. */
interface Task {
  readonly kind: 'ask' | 'act' | 'look';
  readonly joins: boolean;
  readonly next: readonly { readonly when: 'succeeded' | 'failed' | 'yes' | 'always'; readonly to: number }[];
}

/** How a task ends in a run: of a question, with a yes, with a no, or with nobody. */
type Outcome = 'yes' | 'no' | 'failed';

const MOST = 8;
const task = (at: number): fc.Arbitrary<Task> =>
  fc.record({
    kind: fc.constantFrom<Task['kind'][]>('ask', 'ask', 'act', 'look'),
    joins: fc.boolean(),
    next:
      at === MOST - 1
        ? fc.constant([])
        : fc.array(
            fc.record({
              when: fc.constantFrom<Task['next'][number]['when'][]>('succeeded', 'failed', 'yes', 'always'),
              to: fc.integer({ min: at + 1, max: MOST - 1 }),
            }),
            { maxLength: 3 },
          ),
  });
const workflows = fc.tuple(...Array.from({ length: MOST }, (_, at) => task(at)));
const WHEN = {
  succeeded: '<% succeeded() %>',
  failed: '<% failed() %>',
  yes: '<% succeeded() and result().response.approved = true %>',
  always: '<% completed() %>',
};

function written(tasks: readonly Task[]): string {
  const actions = { ask: 'core.ask', act: 'edr.block_host', look: 'edr.get_host' };
  const lines = tasks.flatMap(({ kind, joins, next }, at) => [
    `  t${at}:`,
    `    action: ${actions[kind]}`,
    ...(joins ? ['    join: all'] : []),
    ...(next.length === 0 ? [] : ['    next:']),
    ...next.flatMap(({ when, to }) => [`      - when: ${WHEN[when]}`, `        do: t${to}`]),
  ]);
  return `version: 1.0\ntasks:\n${lines.join('\n')}\n`;
}

/** The acts that run, and whether anybody had said yes, or come by, before each. */
function run(
  tasks: readonly Task[],
  outcomes: readonly Outcome[],
): readonly { readonly act: number; readonly yes: boolean; readonly people: boolean }[] {
  const acts: { act: number; yes: boolean; people: boolean }[] = [];
  const leadTo = (to: number): ReadonlySet<number> =>
    new Set(tasks.flatMap(({ next }, from) => (next.some((one) => one.to === to) ? [from] : [])));
  const arrived = tasks.map(() => new Set<number>());
  const started = new Set(tasks.flatMap((_, at) => (leadTo(at).size === 0 ? [at] : [])));
  let yes = false;
  let people = false;
  for (const at of started) {
    const one = tasks[at];
    const outcome = outcomes[at] ?? 'no';
    if (!one) continue;
    if (one.kind === 'act') acts.push({ act: at, yes, people });
    if (one.kind === 'ask' && outcome !== 'failed') people = true;
    if (one.kind === 'ask' && outcome === 'yes') yes = true;
    for (const { when, to } of one.next) {
      const taken =
        when === 'always' ||
        (when === 'failed'
          ? outcome === 'failed'
          : when === 'succeeded'
            ? outcome !== 'failed'
            : one.kind === 'ask' && outcome === 'yes');
      if (!taken) continue;
      arrived[to]?.add(at);
      if (!tasks[to]?.joins || arrived[to]?.size === leadTo(to).size) started.add(to);
    }
  }
  return acts;
}

describe('What is said of StackStorm workflows', () => {
  it('holds in every run, those that join included', () => {
    let proven = 0;
    const runs = fc.array(
      fc.array(fc.constantFrom<Outcome[]>('yes', 'no', 'failed'), { minLength: MOST, maxLength: MOST }),
      { minLength: 8, maxLength: 8 },
    );
    fc.assert(
      fc.property(workflows, runs, (tasks, all) => {
        const [read] = readAll({ 'a.yaml': written(tasks) });
        assert.ok(read);
        const { findings } = foreignBoundary(read, () => undefined, { of: () => [] });
        const levelOf = new Map(findings.map(({ cell, level }) => [Number(cell.step.slice(1)), level]));
        proven += [...levelOf.values()].filter((level) => level === 2).length;
        for (const outcomes of all) {
          for (const { act, yes, people } of run(tasks, outcomes)) {
            assert.notEqual(levelOf.get(act), 'unreached', `t${act} ran`);
            if (levelOf.get(act) === 2) assert.ok(yes, `t${act} ran and nobody said yes`);
            if (levelOf.get(act) === 1) assert.ok(people, `t${act} ran and nobody came by`);
          }
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(proven > 0);
  });
});
