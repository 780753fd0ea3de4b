import type { BoundaryCell } from '../../authority/cell.js';
import { FOREIGN_FORMATS, type ForeignAct, type ForeignFormat } from '../model.js';
import { namesOf, slug } from './names.js';
import { toolParameters } from './parameters.js';
import { commentLines, type Entry, inert, inertOr, map, type Value, word, yamlLines } from './yaml-text.js';

/** The tools that the steps of an import need: a catalog of its own. */
export interface ImportedTools {
  /** The tool that stands for an action of a product, and what it is given. */
  act(act: ForeignAct, effect: BoundaryCell['effect']): { readonly tool: string; readonly given: readonly Entry[] };
  /** One that may do anything, because nobody knows what it does. */
  anything(name: string, why: string): string;
  /** One that tells which way the original takes, of those named. */
  condition(name: string, ways: readonly string[], labels: string): string;
  /** One that tells whether the original comes to a step. */
  due(name: string): string;
  /** One that tells what the original goes over. */
  items(name: string): string;
  /** One that only marks a place. */
  nothing(name: string, description: string): string;
  /** The catalog's text; `undefined` where there is no tool. */
  text(id: string, from: string): string | undefined;
}

/** @param acts every act of the playbooks, with its effect: the tool of an action takes what any of its uses is given */
export function importedTools(
  format: ForeignFormat,
  acts: Iterable<readonly [ForeignAct, BoundaryCell['effect']]>,
): ImportedTools {
  const uses = new Map<string, ForeignAct[]>();
  for (const [act, effect] of acts) {
    const key = keyOf(act, effect);
    const known = uses.get(key);
    if (known) known.push(act);
    else uses.set(key, [act]);
  }
  const parameters = new Map([...uses].map(([key, of]) => [key, toolParameters(of)]));
  const prefix = slug(format, '_', 20);
  const names = namesOf('_', 38);
  const known = new Map<string, string>();
  const tools: Entry[] = [];
  function tool(key: string, name: string, entries: readonly Entry[]): string {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = `${prefix}.${names.take(name, 'action')}`;
    known.set(key, made);
    tools.push([made, map(entries)]);
    return made;
  }
  return {
    act(act, effect) {
      const { action, description } = act;
      const said = inert(description, 300);
      const key = keyOf(act, effect);
      const { input, target, givenBy } = parameters.get(key) ?? toolParameters([act]);
      const name = tool(key, action, [
        [
          'description',
          `${inertOr(action, 'An action without a name', 120)} of ${FOREIGN_FORMATS[format]}.${said === '' ? '' : ` ${said}`}`,
        ],
        ['effect', word(effect)],
        ['input', map(input)],
        ['target', word(target)],
        ['output', map([])],
      ]);
      return { tool: name, given: givenBy(act) };
    },
    anything(name, why) {
      return tool(`anything ${name}`, `unknown ${name}`, [
        ['description', `May do anything: ${inertOr(why, 'what it does is not known', 300)}`],
        ['effect', word('unknown')],
        ['input', map([])],
        ['output', map([])],
      ]);
    },
    condition(name, ways, labels) {
      const way: Value = map([['enum', { list: ways }]]);
      return tool(`condition ${known.size}`, `which way ${name}`, [
        [
          'description',
          `Tells which way the original takes at "${inert(name, 120)}": ${inert(labels, 300)}. Write the condition as an expression instead.`,
        ],
        ['effect', word('read')],
        ['input', map([])],
        ['output', map([['way', way]])],
      ]);
    },
    due(name) {
      return tool(`due ${known.size}`, `comes to ${name}`, [
        [
          'description',
          `Tells whether the original comes to "${inert(name, 120)}". Write the condition as an expression instead.`,
        ],
        ['effect', word('read')],
        ['input', map([])],
        ['output', map([['due', map([['type', word('boolean')]])]])],
      ]);
    },
    items(name) {
      const each: Value = map([['type', word('string')]]);
      return tool(`items ${known.size}`, `items of ${name}`, [
        [
          'description',
          `Tells what the original goes over at "${inert(name, 120)}". Write the list as an expression instead.`,
        ],
        ['effect', word('read')],
        ['input', map([])],
        [
          'output',
          map([
            [
              'items',
              map([
                ['type', word('array')],
                ['items', each],
              ]),
            ],
          ]),
        ],
      ]);
    },
    nothing(name, description) {
      return tool(`nothing ${name}`, name, [
        ['description', description],
        ['effect', word('read')],
        ['input', map([])],
        ['output', map([])],
      ]);
    },
    text(id, from) {
      if (tools.length === 0) return undefined;
      const head = [
        `The tools of ${from}, as "countersign import" found them.`,
        'Names, arguments and results are to be replaced by those of your own tools. Effects are those that "countersign boundary" tells.',
      ];
      return `${[
        ...commentLines(head),
        ...yamlLines([
          ['catalog', word(id)],
          ['tools', map(tools)],
        ]),
      ].join('\n')}\n`;
    },
  };
}

function keyOf({ action }: ForeignAct, effect: BoundaryCell['effect']): string {
  return `act ${effect} ${action}`;
}
