import { type Colour, plain, type Terminal } from '../terminal.js';
import { changeFacts } from './facts.js';
import {
  countWords,
  type DiffReport,
  GROUP_TITLES,
  idleWords,
  isOpen,
  placeWords,
  REPORT_GROUPS,
  type ReportedChange,
  recordWords,
  reportGroupOf,
} from './report.js';

/** For a person at a terminal: what may do more first, and of that first what needs no person. */
export function diffText(report: DiffReport, { paint }: Pick<Terminal, 'paint'>): string {
  const lines = [`Boundary of ${plain(report.names.head)} against ${plain(report.names.base)}`];
  for (const group of REPORT_GROUPS) {
    const changes = report.changes.filter((change) => reportGroupOf(change) === group);
    if (changes.length === 0) continue;
    lines.push(
      '',
      paint('bold', GROUP_TITLES[group]),
      ...changes.flatMap((change) => changeLines(change, report, paint)),
    );
  }
  if (report.records.length > 0) {
    lines.push('', paint('bold', 'Boundary records'));
    for (const words of recordWords(report.records)) lines.push(`  ${paint('red', '✗')} ${plain(words)}`);
  }
  if (report.idle.length > 0) {
    lines.push('', paint('bold', 'Acknowledgements that do not count'));
    for (const idle of report.idle) lines.push(`  ${paint('yellow', `! ${idle.why}`)}  ${plain(idleWords(idle))}`);
  }
  const bad = report.changes.some(isOpen) || report.records.length > 0;
  const mark = bad ? paint('red', '✗') : paint('green', '✓');
  lines.push('', `${mark} ${countWords(report)}`, '');
  return lines.join('\n');
}

const MARKS: { readonly [C in ReportedChange['class']]: readonly [Colour, string] } = {
  widened: ['red', '▲ widened'],
  incomparable: ['red', '◆ not comparable'],
  narrowed: ['green', '▼ narrowed'],
  unchanged: ['dim', 'unchanged'],
};

function changeLines(change: ReportedChange, report: DiffReport, paint: Terminal['paint']): readonly string[] {
  const cell = change.after ?? change.before;
  const [colour, mark] = MARKS[change.class];
  const head = [
    `  ${paint(colour, mark)}`,
    plain(change.step),
    `${plain(change.tool)} (${cell?.effect ?? 'unknown'}) on ${plain(cell?.scope ?? '')}`,
    paint('dim', plain(placeWords(change, report))),
  ].join('  ');
  return [head, ...changeFacts(change).map(([name, text]) => `      ${paint('dim', `${name}:`)} ${plain(text)}`)];
}
