import { FOREIGN_FORMATS, type ForeignPlaybook } from '../model.js';
import { commentLines, type Entry, type Item, inert, inertOr, list, type Value, word, yamlLines } from './yaml-text.js';

/** What the text of a playbook is made of. */
export interface PlaybookParts {
  readonly id: string;
  readonly playbook: ForeignPlaybook;
  /** The step it begins with, of one that is a part of the original. */
  readonly from: string | undefined;
  readonly items: readonly Item[];
  /** The operating model the steps come to, where it is one that can be claimed. */
  readonly model: string | undefined;
  readonly catalog: string | undefined;
  readonly policy: string;
  /** Where the original is. */
  readonly place: string;
  /** Steps of the original to which no path leads. */
  readonly unreached: readonly string[];
  /** Others that have no step here: ends, and ways that come to the same. */
  readonly unnamed: readonly string[];
}

export function playbookText({
  id,
  playbook,
  from,
  items,
  model,
  catalog,
  policy,
  place,
  unreached,
  unnamed,
}: PlaybookParts): string {
  const { format, name, notUnderstood } = playbook;
  const product = FOREIGN_FORMATS[format];
  const comments = [
    `Imported by "countersign import" from ${product}: ${place}`,
    'Levels are what the original does. What nobody of yours decided has a key "undecided": it is an error, and does not run, until a person decides.',
    ...unreached.map((step) => `No path of the original leads to "${inert(step, 120)}".`),
    ...unnamed.map((step) => `Has no step of its own: "${inert(step, 120)}".`),
    ...(from === undefined ? notUnderstood.map(({ what }) => `Not understood: ${inert(what, 200)}`) : []),
  ];
  const title = inertOr(name, 'A playbook without a name', 160);
  const steps: readonly Item[] =
    items.length > 0
      ? items
      : [
          {
            comments: [],
            entries: [
              ['id', word('the_end')],
              [
                'stop',
                {
                  map: [
                    ['outcome', word('completed')],
                    ['reason', 'The original does nothing here.'],
                  ],
                },
              ],
            ],
          },
        ];
  const entries: readonly Entry[] = [
    ['playbook', word(id)],
    ['version', word('0.1.0')],
    ['title', from === undefined ? title : `${title}, from "${inert(from, 80)}" on`],
    [
      'description',
      `Imported from ${product}. Arguments and conditions are in its words; those and the levels are to be decided by whoever owns it here.`,
    ],
    ['operating-model', word(model ?? 'ai-soc')],
    ['owner', 'To be named'],
    ...(catalog === undefined ? [] : [['catalogs', list([word(catalog)])] as const]),
    ['policy', word(policy)],
    ['steps', { items: steps }],
  ];
  const lines = yamlLines(entries);
  const at = lines.indexOf('steps:');
  return `${[...commentLines(comments), ...lines.slice(0, at), '', ...lines.slice(at)].join('\n')}\n`;
}

/** The files that steps call. */
export function callsIn(items: readonly Item[]): readonly string[] {
  return wordsAt(items, 'call');
}

/** Whether steps name a tool. */
export function toolsIn(items: readonly Item[]): boolean {
  return wordsAt(items, 'action').length > 0;
}

function wordsAt(items: readonly Item[], key: string): readonly string[] {
  return items.flatMap(({ entries }) =>
    entries.flatMap(([name, value]) => [
      ...(name === key && typeof value === 'object' && 'word' in value ? [value.word] : []),
      ...listsIn(value).flatMap((inner) => wordsAt(inner, key)),
    ]),
  );
}

function listsIn(value: Value): readonly (readonly Item[])[] {
  if (typeof value !== 'object') return [];
  if ('items' in value) return [value.items];
  return 'map' in value ? value.map.flatMap(([, one]) => listsIn(one)) : [];
}
