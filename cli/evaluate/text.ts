import { type EvaluatedRun, type Evaluation, RATES } from '../../runner/index.js';
import { columns } from '../columns.js';
import { count, plain, type Terminal } from '../terminal.js';
import { type Compared, comparedLines } from './compared.js';
import { calibrationWords } from './document.js';
import { modelWords, percent, RATE_NOTE, RATE_WORDS, rateWords, timeWords, usdWords } from './words.js';

/** The most runs, and blind spots, that are told one by one. */
const MOST = 20;

/** An evaluation for people: what was not as expected, then the rates, then what explains them. */
export function textOf(evaluation: Evaluation, compared: Compared, { paint }: Pick<Terminal, 'paint'>): string {
  const { runs, rates, plan, cases, missing } = evaluation;
  const wrong = runs.filter((run) => !run.pass);
  const heading = (title: string): string => `\n${paint('bold', title)}\n`;
  const playbooks = count(plan.playbooks.length, 'playbook');
  return [
    `\n${playbooks}, ${count(cases, 'case')}, ${count(runs.length, 'run')}; model ${plain(modelWords(evaluation))}\n`,
    missing > 0 ? paint('yellow', `${count(missing, 'run')} of the whole not made here.\n`) : '',
    ...(wrong.length === 0 ? [] : [heading('Not as their cases say')]),
    ...wrong.slice(0, MOST).map((run) => wrongLine(run, paint)),
    wrong.length > MOST ? `  and ${wrong.length - MOST} more\n` : '',
    ...feedbackLines(evaluation, heading, paint),
    heading('Rates'),
    ...columns(RATES.map((name) => [`  ${RATE_WORDS[name].title}`, rateWords(rates[name])])),
    ...comparedLines(compared, { paint }),
    ...confusionLines(evaluation, heading),
    ...aloneLines(evaluation, heading),
    ...techniqueLines(evaluation, heading),
    ...spotLines(evaluation, heading),
    ...peopleLines(evaluation, heading),
    ...totalLines(evaluation, heading),
    `\n${paint('dim', RATE_NOTE)}\n`,
    `\n${wrong.length === 0 ? paint('green', '✓') : paint('red', '✗')} ${count(runs.length, 'run')}: ${runs.length - wrong.length} as expected, ${wrong.length} not\n`,
  ].join('');
}

/** Nothing where no case is a decision of a person. */
function feedbackLines({ feedback }: Evaluation, heading: Heading, paint: Terminal['paint']): readonly string[] {
  const { cases, regressions } = feedback;
  if (cases === 0) return [];
  return [
    heading('Decisions of people'),
    `  ${count(cases, 'case')} made of them; ${regressions.length === 0 ? 'no run goes against one' : `${count(regressions.length, 'regression')}:`}\n`,
    ...regressions
      .slice(0, MOST)
      .map(
        (one) => `  ${paint('red', '✗')} ${plain(one.playbook)} on ${plain(one.case)}: ${plain(one.unmet.join(' '))}\n`,
      ),
    regressions.length > MOST ? `  and ${regressions.length - MOST} more\n` : '',
  ];
}

type Heading = (title: string) => string;

function wrongLine({ playbook, case: sample, repeat, unmet, outcome }: EvaluatedRun, paint: Terminal['paint']): string {
  const times = repeat > 1 ? `, run ${repeat}` : '';
  const words = unmet.map(plain).join(' ') || `It ended as ${outcome}.`;
  return `  ${paint('red', '✗')} ${plain(playbook)} on ${plain(sample)}${times}: ${words}\n`;
}

function confusionLines({ confusion }: Evaluation, heading: Heading): readonly string[] {
  if (confusion.length === 0) return [];
  return [
    heading('Verdicts'),
    ...columns([
      ['  Playbook', 'expected', 'came', 'runs'],
      ...confusion.map(
        (one) =>
          [
            `  ${one.playbook}`,
            one.expected,
            one.verdict === one.expected ? 'the same' : (one.verdict ?? 'none'),
            one.runs,
          ] as const,
      ),
    ]),
  ];
}

function aloneLines({ alone }: Evaluation, heading: Heading): readonly string[] {
  if (alone.length === 0) return [heading('Acts without a person'), '  none\n'];
  return [
    heading('Acts without a person'),
    ...columns([
      ['  Playbook', 'act', 'ran', 'wrong'],
      ...alone.map((one) => [`  ${one.playbook}`, one.tool, one.ran, rateWords(one.error)] as const),
    ]),
  ];
}

function techniqueLines({ techniques }: Evaluation, heading: Heading): readonly string[] {
  if (techniques.length === 0) return [];
  return [
    heading('Attacks found, by technique'),
    ...columns(
      techniques.map((one) => [`  ${one.id}`, one.name ?? 'unknown technique', rateWords(one.detected)] as const),
    ),
  ];
}

function spotLines({ blindSpots }: Evaluation, heading: Heading): readonly string[] {
  if (blindSpots.length === 0) return [heading('Blind spots'), '  none in these cases\n'];
  return [
    heading('Blind spots'),
    ...columns(
      blindSpots
        .slice(0, MOST)
        .map((one) => [
          `  ${one.by} ${one.name}`,
          `${one.missed} of ${one.of} missed (${percent(one.rate.low)} to ${percent(one.rate.high)})`,
          one.cases.join(', '),
        ]),
    ),
    blindSpots.length > MOST ? `  and ${blindSpots.length - MOST} more\n` : '',
  ];
}

function peopleLines({ people }: Evaluation, heading: Heading): readonly string[] {
  if (people.length === 0) return [heading('People'), '  were needed nowhere\n'];
  return [
    heading('Where people were needed'),
    ...columns([
      ['  Playbook', 'step', 'for', 'times', 'no answer', 'median wait', 'longest'],
      ...people.map(
        (one) =>
          [
            `  ${one.playbook}`,
            one.step,
            one.kind === 'approval' ? 'approval' : 'a task',
            one.times,
            one.unanswered,
            timeWords(one.waited.median),
            timeWords(one.waited.most),
          ] as const,
      ),
    ]),
  ];
}

function totalLines({ totals, calibration }: Evaluation, heading: Heading): readonly string[] {
  const { approvalsPerCase, usage, waited } = totals;
  return [
    heading('In all'),
    ...columns([
      ['  Approvals a run', `${approvalsPerCase.mean.toFixed(2)} on average, ${approvalsPerCase.most} at the most`],
      ['  Waiting for people', `${timeWords(waited.median)} in the median run, ${timeWords(waited.most)} at the most`],
      [
        '  Cost',
        `${usdWords(usage.usd)}; ${count(usage.turns, 'turn')}, ${usage.inputTokens} tokens in, ${usage.outputTokens} out`,
      ],
      ['  Stated confidence', calibrationWords(calibration)],
      ['  Without authority', totals.unauthorized === 0 ? 'nothing ran' : count(totals.unauthorized, 'call')],
      [
        '  Not judged',
        `${totals.unjudged} of ${count(totals.alone, 'act')} without a person; ${count(totals.withoutTruth, 'case')} of which nobody says what they are`,
      ],
    ]),
  ];
}
