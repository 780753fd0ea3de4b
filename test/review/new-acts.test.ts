import assert from 'node:assert/strict';
import type { ActFacts } from '../../language/authority/diff/facts.js';
import { countsAsWidened } from '../../language/authority/diff/order.js';
import { drawing, temperOf } from '../soundness/adversary.js';
import { generate, WHOLE_LANGUAGE } from '../soundness/generate.js';
import { interpret } from '../soundness/interpret.js';
import { monitorOf } from '../soundness/monitor.js';
import { isConsequential, type Program } from '../soundness/playbook.js';
import { randomOf } from '../soundness/random.js';
import { compared, sideOfProgram, told } from './compared.js';
import { edited } from './random-edit.js';

const SEED = 90_261;
const RUNS = 12;

/** Acts that runs without any enforcement did: alone, without anybody approving anything, or without what they need. */
function doneAlone(program: Program, index: number): ReadonlySet<string> {
  const found = new Set<string>();
  const monitor = monitorOf(program);
  for (let run = 0; run < RUNS; run++) {
    const random = randomOf(SEED ^ run, index);
    const watch = monitor();
    let approved = false;
    interpret(program, drawing(random, temperOf(run, random)), (event) => {
      if (event.kind === 'answered' && event.answer === 'approve') approved = true;
      if (event.kind === 'executed' && !approved && isConsequential(event.call.tool))
        found.add(`${event.at} ${event.call.tool}`);
      watch.see(event);
    });
    for (const { at, tool, reason } of watch.violations) {
      // Time and bounds are what the run itself checks.
      if (reason !== 'expired' && reason !== 'bounds') found.add(`${at} ${tool}`);
    }
  }
  return found;
}

/** Whether the act never ran without people's approval, and whether it ran at all. */
function wasHeld(facts: ActFacts | undefined): boolean {
  if (!facts) return true;
  const { reach, cell } = facts;
  return reach === 'assist' || (reach === 'approve' && (cell.verdict === 'proven' || cell.verdict === 'runtime'));
}

describe('what random edits let a run without enforcement do', function () {
  this.timeout(120_000);

  it('is widened where it could not be done before', () => {
    let fresh = 0;
    for (let index = 0; index < 800; index++) {
      const program = generate(SEED, index, WHOLE_LANGUAGE);
      const after = edited(program, randomOf(SEED + 1, index));
      const head = sideOfProgram(after);
      const changes = compared(sideOfProgram(program), head);
      const byHand = new Set(
        head.frames.flatMap(({ cells }) =>
          cells.flatMap(({ cell }) => (cell.autonomy === 'manual' ? [`${cell.step} ${cell.tool}`] : [])),
        ),
      );
      for (const act of doneAlone(after, index)) {
        const own = changes.filter(({ head }) => head && `${head.path} ${head.tool}` === act);
        // A person does what is left to people; a run without enforcement does it itself.
        if (byHand.has(act)) continue;
        assert.ok(own.length > 0, `playbook ${index}: ${act} was done and is not compared`);
        if (own.every(({ head }) => head?.reach === 'assist')) continue;
        if (!own.every(({ base }) => wasHeld(base))) continue;
        fresh++;
        assert.ok(
          own.some((change) => countsAsWidened(change.class)),
          `playbook ${index}: ${act} was done and is not widened\n${changes.map(told).join('\n')}`,
        );
      }
    }
    assert.ok(fresh > 30, `${fresh}`);
  });
});
