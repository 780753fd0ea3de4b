import type { Evaluation } from '../../runner/index.js';
import { type Block, list, missing, table, text } from '../document/document.js';
import { count } from '../terminal.js';
import { type Answer, type Subject, traceLinks } from './subject.js';

/** 10. How do analysts' decisions improve the AI? */
export function improvement({ playbooks, traces, evaluation: given, home }: Subject): Answer {
  const declared = playbooks.flatMap(({ id, loaded }) =>
    loaded.playbook.feedback.map((step) => `${id}: ${step.value}`),
  );
  const shown = playbooks.flatMap(({ id, loaded }) =>
    loaded.examples.map((one) => `${id}: ${one.id}, let by ${one.mark.by} on ${one.mark.at.slice(0, 10)}`),
  );
  const overruled = traces.filter((one) => one.overruled.length > 0);
  const steps = [...new Set(overruled.flatMap((one) => one.overruled))].sort();
  const reviewed = traces.filter(({ reviews }) => reviews > 0);
  const learnt = given?.evaluation.feedback.cases ?? 0;
  const blocks: Block[] = [
    text(
      'An analyst who refuses or changes what was proposed, or draws another verdict, knows something that the automation did not. A labelled case with what is right makes it a regression for every later version.',
    ),
    ...(declared.length > 0 ? [text('Steps whose decisions are to become cases:'), list(declared)] : []),
    ...(shown.length > 0
      ? [text('Decisions that agents are shown as examples, each once a person had read it:'), list(shown)]
      : []),
    ...(steps.length > 0
      ? [
          table(
            ['Step', 'Refused or changed', 'For example'],
            steps.map((step) => {
              const some = overruled.filter((one) => one.overruled.includes(step));
              return [step, count(some.length, 'run'), traceLinks(home, some, 2)];
            }),
          ),
        ]
      : []),
    ...(given
      ? [
          text(
            `${count(given.evaluation.cases, 'labelled case')} measured these playbooks; ${given.evaluation.totals.withoutTruth} of them do not say what the alert really is. ${madeWords(given.evaluation.feedback)}`,
          ),
        ]
      : []),
    missing(
      `${learnt > 0 ? 'That a case became a better playbook.' : 'That a decision became a case, and the case a better playbook: no case measured here says which decision it comes from. "countersign feedback" makes such cases.'}${reviewed.length > 0 ? '' : ' No trace has an outcome that was drawn for review.'} Compare evaluations from before and after with --compare.`,
    ),
  ];
  return {
    ...{ number: 10, question: "How do analysts' decisions improve the AI?" },
    status: steps.length > 0 && given ? 'in part' : 'not shown',
    short: `${count(overruled.length, 'run')} in which a person refused or changed a proposal; ${given ? count(given.evaluation.cases, 'labelled case') : 'no evaluation'}.`,
    blocks,
  };
}

function madeWords({ cases, regressions }: Evaluation['feedback']): string {
  if (cases === 0) return 'None of them was made of a decision in a run.';
  const kept = cases - regressions.length;
  return `${count(cases, 'case')} of them ${cases === 1 ? 'was' : 'were'} made of what a person decided otherwise in a run; ${kept} ${kept === 1 ? 'goes' : 'go'} as they decided, ${regressions.length} against it.`;
}
