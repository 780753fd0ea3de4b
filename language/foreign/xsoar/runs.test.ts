import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foreignBoundary } from '../boundary.js';
import { readAll } from '../lines.test.js';

/** A playbook as the product runs it, drawn at random: what is proven of it must hold in every run. */
interface Task {
  readonly kind: 'machine' | 'question' | 'manual' | 'act' | 'title';
  /** Tasks that follow, each further on. */
  readonly next: readonly number[];
  /** Those that follow a no, or the machine's other answer. */
  readonly other: readonly number[];
  /** A question that goes on by itself once its time is over, the way a no goes. */
  readonly impatient: boolean;
}

const MOST = 9;
const task = (at: number): fc.Arbitrary<Task> => {
  const later = Array.from({ length: MOST - at - 1 }, (_, index) => at + index + 1);
  const some = fc.subarray(later, { maxLength: Math.min(2, later.length) });
  return fc.record({
    kind: fc.constantFrom<Task['kind'][]>('machine', 'question', 'question', 'manual', 'act', 'act', 'title'),
    next: some,
    other: some,
    impatient: fc.boolean(),
  });
};
const playbooks = fc.tuple(...Array.from({ length: MOST }, (_, at) => task(at)));

const branches = ({ kind }: Task): boolean => kind === 'machine' || kind === 'question';

function written(tasks: readonly Task[]): string {
  const lines = tasks.flatMap((one, at) => {
    const { kind, next, other, impatient } = one;
    const list = (to: readonly number[]): string => `[${to.map((id) => `"${id}"`).join(', ')}]`;
    const labels = branches(one)
      ? [`Yes: ${list(next)}`, `${kind === 'question' && impatient ? '"#default#"' : 'No'}: ${list(other)}`]
      : [`"#none#": ${list(next)}`];
    return [
      `  "${at}":`,
      `    type: ${branches(one) ? 'condition' : kind === 'title' ? 'title' : 'regular'}`,
      `    task: { name: t${at}${kind === 'act' ? ', script: "|||block-ip"' : ''} }`,
      ...(kind === 'machine' ? ['    conditions: [{ label: "Yes", condition: [] }]'] : []),
      ...(kind === 'question' && impatient ? ['    message: { timings: { completeaftersla: true } }'] : []),
      `    nexttasks: { ${labels.join(', ')} }`,
    ];
  });
  return `name: n\nstarttaskid: "0"\ntasks:\n${lines.join('\n')}\n`;
}

/** The acts of a run and how many people had said yes, and come by at all, when each began; `answers` decides every branch. */
function run(
  tasks: readonly Task[],
  answers: readonly boolean[],
): readonly { readonly act: number; readonly yes: number; readonly people: number }[] {
  const acts: { act: number; yes: number; people: number }[] = [];
  const started = new Set([0]);
  let yes = 0;
  let people = 0;
  for (const at of started) {
    const one = tasks[at];
    if (!one) continue;
    if (one.kind === 'act') acts.push({ act: at, yes, people });
    const answer = answers[at] ?? false;
    if (one.kind === 'question' && (answer || !one.impatient)) people++;
    if (one.kind === 'question' && answer) yes++;
    if (one.kind === 'manual') people++;
    for (const next of branches(one) && !answer ? one.other : one.next) started.add(next);
  }
  return acts;
}

describe('What is said of XSOAR playbooks', () => {
  it('holds in every run: no act that is proven runs before anybody said yes', () => {
    let proven = 0;
    fc.assert(
      fc.property(
        playbooks,
        fc.array(fc.array(fc.boolean(), { minLength: MOST, maxLength: MOST }), { minLength: 8, maxLength: 8 }),
        (tasks, runs) => {
          const [read] = readAll({ 'a.yml': written(tasks) });
          assert.ok(read);
          const { findings } = foreignBoundary(read, () => undefined, { of: () => [] });
          const levelOf = new Map(findings.map(({ cell, level }) => [Number(cell.step.split(' ')[0]), level]));
          proven += [...levelOf.values()].filter((level) => level === 2).length;
          for (const answers of runs) {
            for (const { act, yes, people } of run(tasks, answers)) {
              const level = levelOf.get(act);
              assert.notEqual(level, 'unreached', `t${act} ran`);
              if (level === 2) assert.ok(yes > 0, `t${act} ran and nobody said yes`);
              if (level === 1) assert.ok(people > 0, `t${act} ran and nobody came by`);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
    assert.ok(proven > 0);
  });
});
