import type { ActSite, ForeignSummary } from '../../language/foreign/summary.js';
import { count, plain, type Terminal } from '../terminal.js';
import type { FoundForeign } from './found.js';
import { aloneIn, byAction, countsOf, first, headOf, MOST, mainOf, toolWords } from './summary-words.js';

type Place = ActSite['place'];

/** What the playbooks of a folder do without a person, on about a screen. */
export function summaryText(
  summary: ForeignSummary,
  { linesOf, nameOf }: Pick<FoundForeign, 'linesOf' | 'nameOf'>,
  { paint }: Pick<Terminal, 'paint'>,
): string {
  const at = ({ uri, range }: Place): string => `${nameOf(uri)}:${linesOf(uri).positionAt(range.start).line + 1}`;
  const title = (text: string, of: number): string =>
    `\n${paint('bold', text)}${of > MOST ? paint('dim', `  the first ${MOST} of ${of}`) : ''}`;
  const listed = <T>(text: string, items: readonly T[], line: (item: T) => string): string[] =>
    items.length === 0 ? [] : [title(text, items.length), ...items.slice(0, MOST).map(line)];
  const { acts, missing, unread, mixed, notUnderstood } = summary;
  const alone = aloneIn(acts);
  const undecided = acts.filter(({ level }) => level === 1);
  const lines = [
    headOf(summary),
    '',
    paint(alone.length > 0 ? 'red' : 'green', paint('bold', mainOf(summary))),
    ...countsOf(summary).map((line) => `  ${line}`),
    ...groupedActs('Without a person, worst first', alone, at, paint),
    ...listed(
      'A person takes part, and decides nothing',
      undecided,
      (site) => `  ${siteLine(site)}  ${paint('dim', plain(at(site.place)))}`,
    ),
    ...listed(
      'Asked, and no condition reads the answer',
      unread,
      ({ step, place }) => `  ${plain(step)}  ${paint('dim', plain(at(place)))}`,
    ),
    ...listed(
      'Without a person here, decided by one elsewhere',
      mixed,
      ({ tool, alone: here, decided }) =>
        `  ${plain(tool)}  ${paint('dim', plain(`${at(first(here).place)} against ${at(first(decided).place)}`))}`,
    ),
    ...listed(
      'Called, and not among these files',
      missing,
      ({ name, sites }) =>
        `  ${plain(name)}  ${count(sites.length, 'call')}  ${paint('dim', plain(at(first(sites).place)))}`,
    ),
    ...listed(
      'Not understood, and taken for acts',
      notUnderstood,
      ({ what, ...place }) => `  ${plain(what)}  ${paint('dim', plain(at(place)))}`,
    ),
    '',
    paint(
      'dim',
      'countersign boundary FILE shows one playbook with its paths, --format json everything, countersign catalog suggest the acts whose effect is not known.',
    ),
    '',
  ];
  return lines.join('\n');
}

/** Acts by their action, each with where it first stands. */
function groupedActs(
  text: string,
  sites: readonly ActSite[],
  at: (place: Place) => string,
  paint: Terminal['paint'],
): string[] {
  const all = byAction(sites);
  if (all.length === 0) return [];
  const shown = all.slice(0, MOST);
  const lines = shown.flatMap((of) => {
    const { effect, tool } = first(of);
    const places = of.slice(0, 3).map((site) => `      ${plain(at(site.place))}  ${paint('dim', plain(site.step))}`);
    const more = of.length > 3 ? [paint('dim', `      and ${of.length - 3} more`)] : [];
    return [
      `  ${paint('red', effect)}  ${plain(toolWords(tool))}  ${paint('dim', count(of.length, 'place'))}`,
      ...places,
      ...more,
    ];
  });
  const rest = all.length > shown.length ? paint('dim', `  the first ${MOST} of ${all.length} actions`) : '';
  return [`\n${paint('bold', text)}${rest}`, ...lines];
}

function siteLine({ effect, tool, step }: ActSite): string {
  return plain(`${effect}  ${tool}  at ${step}`);
}
