import assert from 'node:assert/strict';
import { schemaCheck } from '../../runner/tools/schema-check.js';
import { generate, WHOLE_LANGUAGE } from './generate.js';
import { explainReal, judged } from './real.js';
import { faulty, RUNNER_FAULTS } from './real-faults.js';
import { ready } from './real-run.js';
import { spreadReal } from './real-spread.js';

const PLAYBOOKS = 10_000;
const SEED = 20_262;
/** In which each planted fault has to show. */
const MOST = 400;

describe('soundness of the runner', function () {
  this.timeout(300_000);

  it(`nothing goes ahead without authority in runs of ${PLAYBOOKS} random playbooks against an adversary`, async () => {
    const figures = await spreadReal({ seed: SEED, runs: 1, from: 0, to: PLAYBOOKS, jobs: 2 });
    const [first] = figures.broken;
    if (first) assert.fail(await explainReal(first, { seed: SEED, runs: 1, schemas: schemaCheck() }));
    assert.equal(figures.playbooks, PLAYBOOKS);
    // That there was something to be found.
    const { people = 0, notify = 0, autonomous = 0, nothing } = figures.authorities;
    assert.ok(people > PLAYBOOKS / 20, `${people} acts that people approved`);
    assert.ok(notify > 0 && autonomous > 0);
    assert.equal(nothing, undefined);
    const { proven = 0, violated = 0, overlooked } = figures.verdicts;
    assert.ok(proven > violated && violated > 0);
    assert.equal(overlooked, undefined);
  });

  it('the same number makes the same run', async () => {
    const play = () =>
      judged(ready(generate(SEED, 5, WHOLE_LANGUAGE)), 5, 0, { seed: SEED, runs: 1, schemas: schemaCheck() });
    assert.deepEqual(await play(), await play());
  });

  for (const [name, fault] of Object.entries(RUNNER_FAULTS)) {
    it(`a runner with the fault "${name}" is found out`, async () => {
      const schemas = schemaCheck();
      for (let index = 0; index < MOST; index++) {
        const program = fault.program ?? generate(SEED, index, WHOLE_LANGUAGE);
        const options = { seed: SEED, runs: 1, schemas, engine: faulty(program, fault) };
        const { problems } = await judged(ready(program), index, 0, options);
        if (problems.length === 0) continue;
        const sound = { seed: SEED, runs: 1, schemas };
        assert.deepEqual(
          (await judged(ready(program), index, 0, sound)).problems,
          [],
          'and without the fault nothing is',
        );
        return;
      }
      assert.fail(`It survives ${MOST} playbooks.`);
    });
  }
});
