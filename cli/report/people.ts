import { evaluationOf } from '../../runner/index.js';
import { type Block, missing, table, text } from '../document/document.js';
import { peopleTable } from '../evaluate/document.js';
import { rateWords, timeWords, usdWords } from '../evaluate/words.js';
import { count } from '../terminal.js';
import { HOW_TO_EVALUATE } from './errors.js';
import { type Answer, linkTo, type ReportedPlaybook, type Subject, unmeasured } from './subject.js';

/** 5. What share of investigations runs end to end without an analyst, and what share needs one, where and why? */
export function endToEnd(subject: Subject): Answer {
  const { evaluation: given, traces, home } = subject;
  const question =
    'What share of investigations runs end to end without an analyst, and what share needs one, where and why?';
  const closed = traces.filter(({ outcome }) => outcome !== null);
  const without = closed.filter(({ outcome, people }) => outcome === 'completed' && people.length === 0);
  const ofTraces: readonly Block[] =
    closed.length === 0
      ? []
      : [
          text(
            `Of ${count(closed.length, 'trace')} of finished runs, ${without.length} came to their end without a person; ${closed.filter(({ outcome }) => outcome === 'escalated').length} were handed to people. Traces are no sample of alerts: they are what somebody kept.`,
          ),
        ];
  if (!given)
    return {
      ...{ number: 5, question, status: closed.length > 0 ? 'in part' : 'not shown' },
      short:
        closed.length > 0
          ? `${without.length} of ${count(closed.length, 'trace')} had no person.`
          : 'No evaluation was given.',
      blocks: [...ofTraces, missing(HOW_TO_EVALUATE)],
    };
  const { rates, totals } = given.evaluation;
  const unlike = unmeasured(subject);
  return {
    ...{ number: 5, question },
    status: rates.endToEnd.enough && given.evaluation.plan.model.ai && unlike.length === 0 ? 'shown' : 'in part',
    short: `Without a person: ${rateWords(rates.endToEnd)}.`,
    blocks: [
      text('From ', linkTo(home, given.file, 'the evaluation'), `. All others needed a person, at these steps:`),
      peopleTable(given.evaluation),
      text(
        `A run asked for ${totals.approvalsPerCase.mean.toFixed(2)} approvals on average and ${totals.approvalsPerCase.most} at the most.`,
      ),
      missing(
        'How long people take: in an evaluation scripts answer at once, and only silence is waited out. Traces of runs with people show it: question 8.',
      ),
      ...(given.evaluation.plan.model.ai
        ? []
        : [missing('What share a model leaves to people: a stand-in that is no AI answered agent steps.')]),
      ...(unlike.length === 0 ? [] : [missing(`Anything of ${unlike.join(', ')}.`)]),
      ...ofTraces,
    ],
  };
}

/** 8. How does AI change the analyst's work? */
export function analystsWork(subject: Subject): Answer {
  const { playbooks, evaluation: given, traces } = subject;
  const rows = playbooks.map((playbook) => {
    const work = workOf(playbook);
    const runs = given?.evaluation.runs.filter((run) => run.playbook === playbook.id) ?? [];
    const own = given && runs.length > 0 ? evaluationOf(given.evaluation.plan, given.evaluation.at, runs) : undefined;
    return [
      playbook.id,
      playbook.boundary.operatingModel.computed,
      work.people.join(', ') || 'none',
      work.agents.join(', ') || 'none',
      String(work.tools),
      own ? own.totals.approvalsPerCase.mean.toFixed(2) : 'not shown',
      own ? `${own.rates.endToEnd.count} of ${own.rates.endToEnd.of}` : 'not shown',
      own ? usdWords(own.totals.usdPerCase) : 'not shown',
    ];
  });
  const real = traces.filter(({ decisions }) => decisions.some(({ how }) => how !== 'scripted'));
  const waits = real.flatMap(({ people }) => people);
  const steps = [...new Set(waits.map(({ step }) => step))].sort();
  const sorted = (step: string): readonly number[] =>
    waits
      .filter((one) => one.step === step)
      .map(({ waited }) => waited)
      .sort((a, b) => a - b);
  return {
    ...{ number: 8, question: "How does AI change the analyst's work?" },
    status: real.length > 0 && given ? 'shown' : rows.length > 0 ? 'in part' : 'not shown',
    short: `What people, agents and tools each do is written in the playbooks; how long people take is ${real.length > 0 ? `measured in ${count(real.length, 'trace')}` : 'not shown'}.`,
    blocks: [
      table(
        [
          'Playbook',
          'Operating model',
          'People do',
          'Agents do',
          'Steps by tools',
          'Approvals a run',
          'Without a person',
          'Cost a run',
        ],
        rows,
      ),
      text('The same investigation written at several operating models can be read line against line here.'),
      ...(steps.length === 0
        ? [
            missing(
              'Time that people spend. Runs that people answer show it ("countersign run --approvals ask", or the editor); give their traces with --traces.',
            ),
          ]
        : [
            text('Time from a question, or a task, to its answer, in runs that people answered:'),
            table(
              ['Step', 'Times', 'Median', 'Longest'],
              steps.map((step) => {
                const times = sorted(step);
                const median = times[Math.floor((times.length - 1) / 2)] ?? 0;
                return [step, String(times.length), timeWords(median), timeWords(times.at(-1) ?? 0)];
              }),
            ),
          ]),
    ],
  };
}

/** Who does what in a playbook and those it calls. */
function workOf({ loaded, boundary }: ReportedPlaybook): {
  readonly people: readonly string[];
  readonly agents: readonly string[];
  readonly tools: number;
} {
  const byHand = new Set(
    boundary.cells.filter(({ autonomy }) => autonomy === 'assist' || autonomy === 'manual').map(({ step }) => step),
  );
  const people = loaded.steps.flatMap((step) => {
    const { value } = step.id;
    if (step.kind === 'gate' || step.kind === 'manual' || byHand.has(value)) return [value];
    return (step.kind === 'action' || step.kind === 'agent') && step.approval ? [`${value} (approval)`] : [];
  });
  return {
    people,
    agents: loaded.steps.flatMap((step) => (step.kind === 'agent' ? [step.id.value] : [])),
    tools: loaded.steps.filter((step) => step.kind === 'action' && !byHand.has(step.id.value)).length,
  };
}
