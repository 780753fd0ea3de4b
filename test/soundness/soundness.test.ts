import assert from 'node:assert/strict';
import { analyse, FAULTS, LANGUAGE } from './adapter.js';
import { compareCells, explainBroken, noFigures } from './compare.js';
import { exhaust } from './exhaust.js';
import { generate } from './generate.js';
import { inlined, renamed, reordered, type Variation } from './metamorphic.js';
import type { Program } from './playbook.js';
import { printProgram } from './print.js';
import { randomOf } from './random.js';
import { spread } from './spread.js';

const PLAYBOOKS = 20_000;
const SEED = 20_261;
const RUNS = 12;

describe('soundness of the analysis', function () {
  this.timeout(240_000);

  it(`no act is executed outside what is proven of ${PLAYBOOKS} random playbooks, and counterexamples can be acted out`, async () => {
    const figures = await spread({
      seed: SEED,
      runs: RUNS,
      jobs: 2,
      playbooks: PLAYBOOKS,
      faults: [],
      untilBroken: false,
    });
    assert.deepEqual(figures.errors, [], 'what is generated is the language');
    const [first] = figures.broken;
    if (first) assert.fail(await explainBroken(first, { seed: SEED, runs: RUNS }));
    assert.equal(figures.playbooks, PLAYBOOKS);
    // That there was something to be found.
    const { proven = 0, violated = 0, runtime = 0, unknown = 0, overlooked } = figures.verdicts;
    for (const count of [proven, violated, runtime, unknown]) assert.ok(count > PLAYBOOKS / 50);
    assert.equal(overlooked, undefined);
    assert.ok(figures.actedOut >= 0.95 * violated, `${figures.actedOut} of ${violated} counterexamples acted out`);
  });

  it('every playbook of up to 3 steps, and every run of each', () => {
    for (const size of [1, 2, 3]) {
      const found = exhaust(size);
      assert.deepEqual(found.broken, []);
      assert.equal(found.unfinished, 0);
      // Where it is more careful than need be, it is in few.
      assert.ok(found.careful <= 0.01 * found.playbooks, `${found.careful} of ${found.playbooks}`);
    }
  });

  it('finds a planted fault', () => {
    assert.ok(FAULTS.includes('rebinding-ignored'));
    const figures = noFigures();
    const options = { seed: SEED, runs: RUNS, faults: new Set(['rebinding-ignored'] as const) };
    for (let index = 0; index < 1000 && figures.broken.length === 0; index++) {
      const program = generate(SEED, index, LANGUAGE);
      compareCells(program, analyse(program, options.faults).cells, index, options, figures);
    }
    assert.ok(figures.broken.length > 0);
  });

  it('the same number makes the same playbook', () => {
    const text = (index: number): string => [...printProgram(generate(3, index, LANGUAGE)).values()].join('\n');
    assert.equal(text(17), text(17));
    assert.notEqual(text(17), text(18));
  });

  const variations: readonly [string, (program: Program, index: number) => Variation | undefined, number][] = [
    ['renaming steps', renamed, 400],
    ['another order of parallel branches', (program, index) => reordered(program, randomOf(SEED, index)), 400],
    ['inlining a call', inlined, 2000],
  ];
  for (const [what, vary, count] of variations) {
    it(`${what} changes no verdict`, () => {
      let compared = 0;
      for (let index = 0; index < count; index++) {
        const program = generate(SEED + 1, index, LANGUAGE);
        const variation = vary(program, index);
        if (!variation) continue;
        compared++;
        const after = new Map(
          analyse(variation.program).cells.map((cell) => [`${cell.step} ${cell.tool}`, cell.verdict]),
        );
        for (const { step, tool, verdict } of analyse(variation.before ?? program).cells) {
          assert.equal(
            after.get(`${variation.pathOf(step)} ${tool}`),
            verdict,
            `playbook ${index}: ${tool} at ${step}`,
          );
        }
      }
      assert.ok(compared >= 50, `${compared}`);
    });
  }
});
