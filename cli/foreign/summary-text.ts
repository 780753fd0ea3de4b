import { FOREIGN_FORMATS } from '../../language/foreign/model.js';
import type { ActSite, ForeignSummary } from '../../language/foreign/summary.js';
import { count, plain, type Terminal } from '../terminal.js';
import type { FoundForeign } from './found.js';

/** As many lines of a list as a person looks at; `--format json` has all. */
const MOST = 15;

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
  const alone = acts.filter(({ level }) => level === 0);
  const undecided = acts.filter(({ level }) => level === 1);
  const lines = [
    headOf(summary),
    '',
    `${paint(alone.length > 0 ? 'red' : 'green', paint('bold', `${alone.length} of ${count(acts.length, 'act')} that may change something run without a person on at least one path.`))}`,
    `${effectsOf(alone)}`,
    countLine(undecided.length, 'have a person on every path, and nothing that person says keeps them from running'),
    countLine(acts.filter(({ level }) => level === 2).length, 'run only after a person said yes, on every path'),
    countLine(acts.filter(({ level }) => level === 'by-person').length, 'are run by a person'),
    countLine(acts.filter(({ level }) => level === 'unreached').length, 'are where no path leads'),
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
  return lines.filter((line) => line !== undefined).join('\n');
}

function headOf({ formats, steps, called }: ForeignSummary): string {
  const total = formats.reduce((sum, { playbooks }) => sum + playbooks, 0);
  const products = formats.map(({ format, playbooks }) => `${FOREIGN_FORMATS[format]} ${playbooks}`).join(', ');
  const within =
    called === 0
      ? ''
      : ` ${called} of them ${called === 1 ? 'is' : 'are'} started by others and ${called === 1 ? 'counts' : 'count'} where that happens.`;
  return `${count(total, 'playbook')} (${products}) with ${count(steps, 'step')}.${within}`;
}

function effectsOf(sites: readonly ActSite[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { effect } of sites) counts.set(effect, (counts.get(effect) ?? 0) + 1);
  const words = [...counts].map(([effect, of]) =>
    effect === 'unknown' ? `${of} whose effect is not known` : `${of} ${effect}`,
  );
  return words.length === 0 ? undefined : `  ${words.join(', ')}`;
}

function countLine(of: number, what: string): string | undefined {
  return of === 0 ? undefined : `  ${of} ${what}`;
}

/** Acts by their action, each with where it first stands. */
function groupedActs(
  text: string,
  sites: readonly ActSite[],
  at: (place: Place) => string,
  paint: Terminal['paint'],
): string[] {
  const groups = new Map<string, ActSite[]>();
  for (const site of sites) {
    const key = `${site.effect} ${site.tool}`;
    groups.set(key, [...(groups.get(key) ?? []), site]);
  }
  const all = [...groups.values()];
  if (all.length === 0) return [];
  const shown = all.slice(0, MOST);
  const lines = shown.flatMap((of) => {
    const { effect, tool } = first(of);
    const places = of.slice(0, 3).map((site) => `      ${plain(at(site.place))}  ${paint('dim', plain(site.step))}`);
    const more = of.length > 3 ? [paint('dim', `      and ${of.length - 3} more`)] : [];
    return [
      `  ${paint('red', effect)}  ${plain(tool === '*' ? 'a step that is not understood' : tool)}  ${paint('dim', count(of.length, 'place'))}`,
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

function first<T>(items: readonly T[]): T {
  const [one] = items;
  if (one === undefined) throw new Error('a group without a member');
  return one;
}
