import { type Block, type Document, heading, table, text } from '../document/document.js';
import { runsTable, techniquesTable, totalsTable } from '../evaluate/document.js';
import { count } from '../terminal.js';
import { dataSeen } from './data.js';
import { boundaries, withoutAPerson } from './decisions.js';
import { errorRates } from './errors.js';
import { logged, realRuns } from './evidence.js';
import { improvement } from './feedback.js';
import { frameworkMaps } from './frameworks.js';
import { operatingModels } from './models.js';
import { analystsWork, endToEnd } from './people.js';
import { type Answer, linkTo, type Subject } from './subject.js';
import { whenWrong } from './wrong.js';

/** The ten questions that people who buy, run or review such systems ask, in order. */
export function answersOf(subject: Subject): readonly Answer[] {
  return [
    withoutAPerson(subject),
    errorRates(subject),
    whenWrong(subject),
    realRuns(subject),
    endToEnd(subject),
    boundaries(subject),
    logged(subject),
    analystsWork(subject),
    dataSeen(subject),
    improvement(subject),
  ];
}

/** @param day `YYYY-MM-DD` */
export function reportDocument(subject: Subject, version: string, day: string): Document {
  const answers = answersOf(subject);
  const { playbooks, traces, evaluation, home } = subject;
  const shown = (status: Answer['status']): number => answers.filter((one) => one.status === status).length;
  return {
    title: 'What the AI may do, and what is known of it',
    blocks: [
      text(
        `${count(playbooks.length, 'playbook')}, ${count(traces.length, 'trace')} and `,
        ...(evaluation ? [linkTo(home, evaluation.file, 'an evaluation')] : ['no evaluation']),
        `, as of ${day}. Countersign ${version}. Worked out from these files; no answer rests on a claim. What is not shown says what would show it.`,
      ),
      heading(2, 'Ten questions'),
      text(
        `Of ten, ${shown('shown')} are answered, ${shown('in part')} in part, and ${shown('not shown')} not by what was given.`,
      ),
      table(
        ['', 'Question', 'Answer', ''],
        answers.map(({ number, question, status, short }) => [String(number), question, short, status]),
      ),
      ...operatingModels(subject),
      ...answers.flatMap(({ number, question, status, short, blocks }): readonly Block[] => [
        heading(2, `${number}. ${question}`),
        text({ strong: `${capital(status)}.` }, ' ', short),
        ...blocks,
      ]),
      ...frameworkMaps(answers),
      ...(evaluation
        ? [
            heading(2, 'The evaluation in numbers'),
            totalsTable(evaluation.evaluation),
            heading(3, 'Attacks found, by technique'),
            techniquesTable(evaluation.evaluation),
            heading(3, 'Runs'),
            runsTable(evaluation.evaluation, folderFrom(home, evaluation.folder)),
          ]
        : []),
    ],
  };
}

function folderFrom(home: string, folder: string): string {
  const piece = linkTo(home, folder, '');
  return typeof piece === 'object' && 'href' in piece && piece.href !== '.' ? `${piece.href}/` : '';
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
