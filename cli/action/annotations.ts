import { toldOnce } from '../diff/called.js';
import {
  agreedWords,
  causeWords,
  type DiffReport,
  fileOf,
  isOpen,
  lineOf,
  pathWords,
  type ReportedChange,
  recordWords,
  whyWords,
} from '../diff/report.js';
import { type AnnotationKind, annotation } from '../formats/workflow-command.js';

/** GitHub shows so many of each kind for a step, and drops the rest without a word. */
const MOST = 10;
/** In UTF-16 units, of one message. */
const LONGEST = 4_000;
/** Steps of a path that are told beside the text. */
const MOST_STEPS = 12;
const REST = 'The job summary has them all.';

interface Noted {
  readonly kind: AnnotationKind;
  readonly properties: { readonly [name: string]: string | number };
  readonly message: string;
}

/** Workflow commands for what a reviewer has to see beside the text: each act once, the rest of more than ten of a kind in one. */
export function annotationsOf(report: DiffReport): string {
  const all = [
    ...toldOnce(report.changes.filter((change) => isOpen(change) || change.acknowledged)).map(({ change }) =>
      noted(change, report),
    ),
    ...report.records.map(
      (record): Noted => ({
        kind: 'warning',
        properties: { file: record.file, line: 1, title: `Boundary record: ${record.why}` },
        message: recordWords([record]).join(' '),
      }),
    ),
  ];
  return (['error', 'warning', 'notice'] as const)
    .map((kind) => {
      const some = all.filter((one) => one.kind === kind);
      const shown = some.length > MOST ? some.slice(0, MOST - 1) : some;
      const rest = some.length - shown.length;
      const lines = shown.map(({ properties, message }) => annotation(kind, properties, message));
      return [
        ...lines,
        ...(rest > 0
          ? [annotation(kind, { title: 'Authorization boundary' }, `${rest} more like these. ${REST}`)]
          : []),
      ].join('');
    })
    .join('');
}

function noted(change: ReportedChange, report: DiffReport): Noted {
  const { tool, step, playbook, acknowledged, violates } = change;
  const words = [
    `${tool} at "${step}" of "${playbook}": ${whyWords(change)}`,
    `Path: ${pathWords(change, MOST_STEPS)}.`,
    `Cause: ${causeWords(change)}.`,
    ...(violates ? ['The policy of before the change does not allow it.'] : []),
    ...(acknowledged ? [`Acknowledged ${agreedWords(acknowledged)}`] : []),
  ];
  const title = violates
    ? `${tool} may run against the policy`
    : acknowledged
      ? `${tool} may do more, as acknowledged`
      : change.withoutPerson
        ? `${tool} may do more without a person`
        : `${tool} may do more`;
  const line = lineOf(change, report);
  return {
    kind: violates ? 'error' : acknowledged ? 'notice' : 'warning',
    properties: { file: fileOf(change, report), line, endLine: line, title },
    message: words.join('\n').slice(0, LONGEST),
  };
}
