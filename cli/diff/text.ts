import { type Colour, plain, type Terminal } from '../terminal.js';
import {
  agreedWords,
  causeWords,
  countWords,
  type DiffReport,
  idleWords,
  isOpen,
  pathWords,
  REPORT_GROUPS,
  type ReportedChange,
  type ReportGroup,
  recordWords,
  reportGroupOf,
  sideOfPath,
  standingChange,
  whyWords,
} from './report.js';

/** For a person at a terminal: what may do more first, and of that first what needs no person. */
export function diffText(report: DiffReport, { paint }: Pick<Terminal, 'paint'>): string {
  const lines = [`Boundary of ${plain(report.names.head)} against ${plain(report.names.base)}`];
  for (const group of REPORT_GROUPS) {
    const changes = report.changes.filter((change) => reportGroupOf(change) === group);
    if (changes.length === 0) continue;
    lines.push('', paint('bold', TITLES[group]), ...changes.flatMap((change) => changeLines(change, report, paint)));
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

const TITLES: { readonly [G in ReportGroup]: string } = {
  alone: 'May do more without a person',
  'with a person': 'May do more, with a person',
  'on a catalog’s word': 'New, and only reads or records on the word of its catalog',
  acknowledged: 'May do more, as acknowledged',
  less: 'May do less',
};

const MARKS: { readonly [C in ReportedChange['class']]: readonly [Colour, string] } = {
  widened: ['red', '▲ widened'],
  incomparable: ['red', '◆ not comparable'],
  narrowed: ['green', '▼ narrowed'],
  unchanged: ['dim', 'unchanged'],
};

function changeLines(
  change: ReportedChange,
  { linesOf, nameOf }: DiffReport,
  paint: Terminal['paint'],
): readonly string[] {
  const cell = change.after ?? change.before;
  const place = cell?.place;
  const line = place ? linesOf(sideOfPath(change), place.uri).positionAt(place.range.start).line + 1 : 1;
  const [colour, mark] = MARKS[change.class];
  const head = [
    `  ${paint(colour, mark)}`,
    plain(change.step),
    `${plain(change.tool)} (${cell?.effect ?? 'unknown'}) on ${plain(cell?.scope ?? '')}`,
    paint('dim', plain(`${place ? nameOf(place.uri) : change.file}:${line}`)),
  ].join('  ');
  const standing = standingChange(change);
  const facts: readonly (readonly [string, string])[] = [
    ['playbook', `${change.playbook} (${change.file})`],
    ...(standing
      ? ([
          ['before', standing.before],
          ['now', standing.now],
        ] as const)
      : []),
    ['why', whyWords(change)],
    ['cause', causeWords(change)],
    ...(change.violates
      ? [['policy', 'violated: what the policy asked of it before the change is not met'] as const]
      : []),
    ...(change.after ? [['path', pathWords(change)] as const] : []),
    ...(change.acknowledged ? [['acknowledged', agreedWords(change.acknowledged)] as const] : []),
    ...(change.proposed
      ? [['acknowledged', 'only in the policy of HEAD, where it does not count: it has to be in BASE'] as const]
      : []),
    ...(change.fingerprint !== undefined && !change.violates ? [['change', change.fingerprint] as const] : []),
  ];
  return [head, ...facts.map(([name, text]) => `      ${paint('dim', `${name}:`)} ${plain(text)}`)];
}
