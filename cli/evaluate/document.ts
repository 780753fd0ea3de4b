import { type Evaluation, RATES } from '../../runner/index.js';
import { type Block, type Document, heading, type Inline, missing, table, text } from '../document/document.js';
import { count } from '../terminal.js';
import { type Compared, caseWords } from './compared.js';
import { modelWords, RATE_NOTE, RATE_WORDS, rateWords, timeWords, usdWords } from './words.js';

/** An evaluation as a page: traces are linked where they are kept beside it. */
export function evaluationDocument(evaluation: Evaluation, compared: Compared): Document {
  const { plan, cases, runs } = evaluation;
  return {
    title: `Evaluation of ${plan.playbooks.map(({ id }) => id).join(', ')}`,
    blocks: [
      text(
        `${count(cases, 'case')}, ${count(runs.length, 'run')}, begun ${evaluation.at}. Model: ${modelWords(evaluation)}. People: ${plan.people}. Countersign ${plan.engine}.`,
      ),
      ...(evaluation.missing > 0 ? [missing(`${count(evaluation.missing, 'run')} of the whole were not made.`)] : []),
      heading(2, 'Rates'),
      ratesTable(evaluation),
      text(RATE_NOTE),
      ...comparedBlocks(compared),
      ...feedbackBlocks(evaluation),
      heading(2, 'Blind spots'),
      blindSpots(evaluation),
      heading(2, 'Acts without a person'),
      aloneTable(evaluation),
      heading(2, 'Verdicts'),
      confusionTable(evaluation),
      heading(2, 'Attacks found, by technique'),
      techniquesTable(evaluation),
      heading(2, 'Where people were needed'),
      peopleTable(evaluation),
      heading(2, 'In all'),
      totalsTable(evaluation),
      heading(2, 'Runs'),
      runsTable(evaluation, ''),
    ],
  };
}

export function ratesTable({ rates }: Evaluation): Block {
  return table(
    ['Share', 'Measured', 'Of'],
    RATES.map((name) => [RATE_WORDS[name].title, rateWords(rates[name]), RATE_WORDS[name].of]),
  );
}

function comparedBlocks(compared: Compared): readonly Block[] {
  if (!compared) return [];
  const { baseline, regressions, fixed, changed, added, gone } = compared;
  const rows = [
    ...regressions.map((one) => ['worse', caseWords(one)]),
    ...fixed.map((one) => ['better', caseWords(one)]),
    ...changed.map((one) => ['other', caseWords(one)]),
    ...added.map((name) => ['new', name]),
    ...gone.map((name) => ['no longer there', name]),
  ];
  return [heading(2, `Since ${baseline.at}`), rows.length === 0 ? text('No case changed.') : table(['', 'Case'], rows)];
}

function feedbackBlocks({ feedback: { cases, regressions } }: Evaluation): readonly Block[] {
  if (cases === 0) return [];
  return [
    heading(2, 'Decisions of people'),
    text(`${count(cases, 'case')} made of them, ${count(regressions.length, 'regression')}.`),
    ...(regressions.length === 0
      ? []
      : [
          table(
            ['Playbook', 'Case', 'Against what a person decided'],
            regressions.map((one) => [one.playbook, one.case, one.unmet.join(' ')]),
          ),
        ]),
  ];
}

export function blindSpots({ blindSpots: spots, rates }: Evaluation): Block {
  if (rates.detection.of === 0)
    return missing('No case is known to be an attack. Say in cases what they are: truth: malicious.');
  if (spots.length === 0) return text(`None of ${count(rates.detection.of, 'run')} over an attack missed it.`);
  return table(
    ['What they share', 'Missed', 'Share missed', 'Cases'],
    spots.map((one) => [
      `${one.by} ${one.name}`,
      `${one.missed} of ${one.of}`,
      rateWords(one.rate),
      one.cases.join(', '),
    ]),
  );
}

export function aloneTable({ alone }: Evaluation): Block {
  if (alone.length === 0) return text('None ran in these cases.');
  return table(
    ['Playbook', 'Act', 'Effect', 'Ran', 'Wrong'],
    alone.map((one) => [one.playbook, one.tool, one.effect, String(one.ran), rateWords(one.error)]),
  );
}

export function confusionTable({ confusion }: Evaluation): Block {
  if (confusion.length === 0) return missing('No case says which verdict is expected.');
  return table(
    ['Playbook', 'Expected', 'Came', 'Runs'],
    confusion.map((one) => [one.playbook, one.expected, one.verdict ?? 'none', String(one.runs)]),
  );
}

export function techniquesTable({ techniques }: Evaluation): Block {
  if (techniques.length === 0) return missing('Neither playbooks nor alerts name a technique of ATT&CK.');
  return table(
    ['Technique', 'Name', 'Claimed by', 'Found'],
    techniques.map((one) => [one.id, one.name ?? 'unknown', one.claimedBy.join(', '), rateWords(one.detected)]),
  );
}

export function peopleTable({ people }: Evaluation): Block {
  if (people.length === 0) return text('Nowhere in these cases.');
  return table(
    ['Playbook', 'Step', 'For', 'Runs', 'Times', 'No answer', 'Median wait', 'Longest wait'],
    people.map((one) => [
      one.playbook,
      one.step,
      one.kind === 'approval' ? 'an approval' : 'a task',
      ...[one.runs, one.times, one.unanswered].map(String),
      ...[one.waited.median, one.waited.most].map(timeWords),
    ]),
  );
}

export function totalsTable({ totals, calibration }: Evaluation): Block {
  const { approvalsPerCase, waited, usage } = totals;
  return table(
    ['What', 'How much'],
    [
      ['Approvals a run', `${approvalsPerCase.mean.toFixed(2)} on average, ${approvalsPerCase.most} at the most`],
      ['Waiting for people', `${timeWords(waited.median)} in the median run, ${timeWords(waited.most)} at the most`],
      [
        'Cost',
        `${usdWords(usage.usd)}; ${usage.turns} turns, ${usage.inputTokens} tokens in, ${usage.outputTokens} out`,
      ],
      ['Stated confidence', calibrationWords(calibration)],
      ['Calls without authority', String(totals.unauthorized)],
      ['Drawn for review', String(totals.reviews)],
      ['Taken back', String(totals.undone)],
    ],
  );
}

export function calibrationWords({ n, brier, error, excess }: Evaluation['calibration']): string {
  if (brier === null || error === null || excess === null)
    return 'not shown: no agent said how sure it was of a verdict that is expected';
  const points = (share: number): string => `${(share * 100).toFixed(1)} points`;
  return `off by ${points(error)}; claims ${excess >= 0 ? 'too much' : 'too little'} by ${points(Math.abs(excess))} (${count(n, 'answer')}, Brier score ${brier.toFixed(3)})`;
}

/** @param folder of the evaluation, from where the document is; ends in `/` unless it is the same */
export function runsTable({ runs }: Evaluation, folder: string): Block {
  return table(
    ['Playbook', 'Case', 'As expected', 'Verdict', 'Outcome', 'Acts', 'Trace'],
    runs.map((run): readonly Inline[] => [
      run.playbook,
      run.repeat > 1 ? `${run.case}, run ${run.repeat}` : run.case,
      run.pass ? 'yes' : `no: ${run.unmet.join(' ')}`,
      run.verdict ?? 'none',
      run.outcome,
      run.acts
        .filter(({ executed }) => executed)
        .map(({ tool, alone }) => `${tool}${alone ? ' (nobody asked)' : ''}`)
        .join(', '),
      run.trace === null ? '' : [{ text: 'trace', href: `${folder}${run.trace}` }],
    ]),
  );
}
