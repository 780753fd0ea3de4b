import assert from 'node:assert/strict';
import { countsAsWidened } from '../../language/authority/diff/order.js';
import { generate, WHOLE_LANGUAGE } from '../soundness/generate.js';
import { inlined, renamed, reordered, type Variation } from '../soundness/metamorphic.js';
import type { Program } from '../soundness/playbook.js';
import { printProgram } from '../soundness/print.js';
import { randomOf } from '../soundness/random.js';
import { compared, sideOfProgram, told } from './compared.js';
import { edited } from './random-edit.js';

const SEED = 70_261;

function text(program: Program): string {
  return [...printProgram(program)]
    .filter(([name]) => name.includes('playbook'))
    .map(([, text]) => text)
    .join('---\n');
}

describe('the boundary diff of random playbooks', function () {
  this.timeout(120_000);

  it('is empty of a playbook and itself', () => {
    for (let index = 0; index < 500; index++) {
      const program = generate(SEED, index, WHOLE_LANGUAGE);
      const changed = compared(sideOfProgram(program), sideOfProgram(program)).filter(
        (one) => one.class !== 'unchanged',
      );
      assert.deepEqual(changed.map(told), [], `playbook ${index}`);
    }
  });

  const variations: readonly [string, (program: Program, index: number) => Variation | undefined, number][] = [
    ['renaming every step', renamed, 500],
    ['another order of parallel branches', (program, index) => reordered(program, randomOf(SEED, index)), 500],
    ['inlining a call', inlined, 1500],
  ];
  for (const [what, vary, count] of variations) {
    it(`is empty after ${what}`, () => {
      let looked = 0;
      for (let index = 0; index < count; index++) {
        const program = generate(SEED + 1, index, WHOLE_LANGUAGE);
        const variation = vary(program, index);
        if (!variation) continue;
        looked++;
        const before = variation.before ?? program;
        const changed = compared(sideOfProgram(before), sideOfProgram(variation.program)).filter(
          // What machines wait for in a call is not added up, so there an expiry is left to the run.
          (one) => one.class !== 'unchanged' && one.base?.cell.verdict !== 'runtime',
        );
        assert.deepEqual(
          changed.map(told),
          [],
          `playbook ${index}\n${text(before)}\n=====\n${text(variation.program)}`,
        );
      }
      assert.ok(looked >= 50, `${looked}`);
    });
  }

  it('says the opposite the other way round', () => {
    let widened = 0;
    for (let index = 0; index < 600; index++) {
      const program = generate(SEED + 2, index, WHOLE_LANGUAGE);
      const [a, b] = [sideOfProgram(program), sideOfProgram(edited(program, randomOf(SEED, index)))];
      const [there, back] = [compared(a, b), compared(b, a)];
      const count = (changes: typeof there, of: string): number => changes.filter((one) => one.class === of).length;
      const why = `playbook ${index}\n${there.map(told).join('\n')}\n=====\n${back.map(told).join('\n')}`;
      assert.equal(count(there, 'widened'), count(back, 'narrowed'), why);
      assert.equal(count(there, 'narrowed'), count(back, 'widened'), why);
      assert.equal(count(there, 'incomparable'), count(back, 'incomparable'), why);
      widened += count(there, 'widened');
    }
    assert.ok(widened > 50, `${widened}`);
  });

  it('composes: what widens nothing twice widens nothing at once', () => {
    let chains = 0;
    for (let index = 0; index < 1200; index++) {
      const first = generate(SEED + 3, index, WHOLE_LANGUAGE);
      const second = edited(first, randomOf(SEED + 4, index));
      const third = edited(second, randomOf(SEED + 5, index));
      const [a, b, c] = [sideOfProgram(first), sideOfProgram(second), sideOfProgram(third)];
      const [ab, bc] = [compared(a, b), compared(b, c)];
      if ([...ab, ...bc].some((one) => countsAsWidened(one.class))) continue;
      const ac = compared(a, c);
      const bad = ac.filter((one) => countsAsWidened(one.class));
      assert.deepEqual(
        bad.map(told),
        [],
        `playbook ${index}\n${text(first)}\n=====\n${text(second)}\n=====\n${text(third)}`,
      );
      const moved = [...ab, ...bc].some((one) => one.class !== 'unchanged');
      if (!moved) assert.deepEqual(ac.filter((one) => one.class !== 'unchanged').map(told), [], `playbook ${index}`);
      chains++;
    }
    assert.ok(chains > 150, `${chains}`);
  });
});
