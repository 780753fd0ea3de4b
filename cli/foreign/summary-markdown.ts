import type { ActSite, ForeignSummary } from '../../language/foreign/summary.js';
import { shownAsIs } from '../formats/as-is.js';
import { lineLink } from '../formats/line-link.js';
import { count } from '../terminal.js';
import type { FoundForeign } from './found.js';
import { aloneIn, byAction, countsOf, first, headOf, MOST, mainOf, toolWords } from './summary-words.js';

type Place = ActSite['place'];

/** As `summaryText`, for a pull request or a page: tables, in which every place leads to its line, and no name is markup. */
export function summaryMarkdown(
  summary: ForeignSummary,
  { linesOf, nameOf }: Pick<FoundForeign, 'linesOf' | 'nameOf'>,
): string {
  const at = ({ uri, range }: Place): string => lineLink(nameOf(uri), linesOf(uri).positionAt(range.start).line + 1);
  const { acts, missing, unread, mixed, notUnderstood } = summary;
  const site = ({ effect, tool, step, place }: ActSite): readonly string[] => [
    effect,
    shownAsIs(toolWords(tool)),
    shownAsIs(step),
    at(place),
  ];
  const blocks = [
    `### ${shownAsIs(headOf(summary))}`,
    `**${mainOf(summary)}**`,
    countsOf(summary)
      .map((line) => `- ${line}`)
      .join('\n'),
    ...section('Without a person, worst first', ['effect', 'action', 'places'], byAction(aloneIn(acts)), (of) => {
      const { effect, tool } = first(of);
      const more = of.length > 3 ? [`and ${of.length - 3} more`] : [];
      const places = of.slice(0, 3).map(({ place, step }) => `${at(place)} ${shownAsIs(step)}`);
      return [effect, shownAsIs(toolWords(tool)), [...places, ...more].join('<br>')];
    }),
    ...section(
      'A person takes part, and decides nothing',
      ['effect', 'action', 'step', 'place'],
      acts.filter(({ level }) => level === 1),
      site,
    ),
    ...section('Asked, and no condition reads the answer', ['step', 'place'], unread, ({ step, place }) => [
      shownAsIs(step),
      at(place),
    ]),
    ...section(
      'Without a person here, decided by one elsewhere',
      ['action', 'without', 'decided'],
      mixed,
      ({ tool, alone, decided }) => [shownAsIs(tool), at(first(alone).place), at(first(decided).place)],
    ),
    ...section('Called, and not among these files', ['playbook', 'calls', 'first'], missing, ({ name, sites }) => [
      shownAsIs(name),
      count(sites.length, 'call'),
      at(first(sites).place),
    ]),
    ...section('Not understood, and taken for acts', ['what', 'place'], notUnderstood, ({ what, ...place }) => [
      shownAsIs(what),
      at(place),
    ]),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** A table below its title, the first rows of it; nothing without rows. */
function section<T>(
  title: string,
  head: readonly string[],
  items: readonly T[],
  row: (item: T) => readonly string[],
): readonly string[] {
  if (items.length === 0) return [];
  const rows = items.slice(0, MOST).map((item) => `| ${row(item).join(' | ')} |`);
  const rest = items.length > MOST ? [`The first ${MOST} of ${items.length}.`] : [];
  return [
    `#### ${title}`,
    [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n'),
    ...rest,
  ];
}
