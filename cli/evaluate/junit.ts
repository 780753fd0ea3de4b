import type { Evaluation } from '../../runner/index.js';
import { escaped, suite, suites, testCase } from '../junit.js';
import type { Compared } from './compared.js';

/** For the test reports of CI: a suite a playbook, a test a run. What could not run, or broke, is an error. */
export function junitOf({ plan, runs }: Evaluation, compared: Compared): string {
  const worse = new Set(compared?.regressions.map((one) => `${one.playbook} ${one.case}`));
  return suites(
    plan.playbooks.map(({ id, file }) =>
      suite(
        id,
        runs
          .filter(({ playbook }) => playbook === id)
          .map((run) => {
            const title = run.repeat > 1 ? `${run.case}, run ${run.repeat}` : run.case;
            if (run.pass) return testCase(file, title, 1, []);
            const [first = run.reason] = run.unmet;
            const message = run.feedback
              ? `Against what a person decided: ${first}`
              : worse.has(`${id} ${run.case}`)
                ? `Worse than the baseline: ${first}`
                : first;
            const element = run.outcome === 'refused' || run.outcome === 'fault' ? 'error' : 'failure';
            const details = escaped([...run.unmet, ...(run.trace === null ? [] : [`Trace: ${run.trace}`])]);
            return testCase(file, title, 1, [`<${element} message="${escaped(message)}">${details}</${element}>`]);
          }),
      ),
    ),
  );
}
