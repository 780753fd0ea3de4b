import type { MapNode, Node } from '../../syntax/tree.js';
import { meaningOf, meaningOfLiteral } from '../answers.js';
import { type Draft, stepBuilder } from '../build.js';
import { drawnIn } from '../drawn-at.js';
import { argumentAt, argumentsIn, givenOn, holding } from '../given.js';
import type { Doing, ForeignArgument, ForeignEdge, ForeignPlaybook, NotUnderstood, PersonOnEdge } from '../model.js';
import {
  at,
  entriesOf,
  hasKeys,
  isTrue,
  itemsOf,
  oneLine,
  rangeOf,
  short,
  textAt,
  textOf,
  textsIn,
} from '../read-node.js';

/**
 * Reads stories that Tines exports: agents (actions), and links between them by their index. Source: tines.com/docs.
 *
 * People come in as links that somebody clicks (`{% prompt contain %}`): the agent goes on at once, and once more when a link is
 * clicked, with its name in `<agent>.prompt.status`. Only a trigger whose rule is true of a name that says yes waits for that.
 *
 * A trigger whose rules do not hold emits nothing, so the run ends there, unless `emit_no_match` lets it go on the same way.
 */
export function isTines(root: Node | undefined): root is MapNode {
  return (
    hasKeys(root, 'agents', 'links') &&
    itemsOf(at(root, 'agents')).every((agent) => textAt(agent, 'type') !== undefined)
  );
}

interface Agent {
  readonly node: Node;
  readonly draft: Draft;
  readonly does: Doing;
  /** Names of the links in its text. */
  readonly prompts: readonly string[];
  /** What has to hold for it to go on, as people read it; empty for one that goes on in any case. */
  readonly when: string;
}

export function readTines(uri: string, root: MapNode): ForeignPlaybook {
  const notUnderstood: NotUnderstood[] = [];
  const name = textAt(root, 'name') ?? 'A story without a name';
  const builder = stepBuilder(uri, rangeOf(at(root, 'name') ?? root));
  const drawn = drawnIn(textAt(root, 'diagram_layout'));
  const agents = itemsOf(at(root, 'agents')).map((node, index): Agent => {
    const named = at(node, 'name');
    const prompts = promptsIn(node);
    const does = doingOf(node);
    return {
      node,
      does,
      prompts,
      when: isTrigger(node) ? rulesText(node) : '',
      draft: builder.step(textOf(named) ?? '', `action ${index + 1}`, rangeOf(named ?? node), does, {
        drawnAt: drawn.get(textAt(node, 'guid') ?? ''),
      }),
    };
  });
  const asking = new Map(
    agents.filter(({ prompts }) => prompts.length > 0).map((agent) => [slugOf(agent.node), agent]),
  );
  const entered = new Set<number>();
  for (const link of itemsOf(at(root, 'links'))) {
    const from = agents[Number(textAt(link, 'source') ?? -1)];
    const to = agents[Number(textAt(link, 'receiver') ?? -1)];
    if (!from || !to) {
      notUnderstood.push({ uri, range: rangeOf(link), what: 'A link begins or ends at an action that is not there.' });
      continue;
    }
    entered.add(to.draft.index);
    if (isTrue(at(from.node, 'disabled'))) continue;
    const person = answerRead(from.node, asking);
    builder.edge(from.draft, {
      to: to.draft.index,
      kind: isTrigger(from.node) ? 'branch' : 'ok',
      ...(isTrigger(from.node) ? { branch: 'matches', ...holding(from.when) } : {}),
      ...(person ? { person } : {}),
    });
  }
  for (const { node, draft, when } of agents) {
    if (when === '' || !builder.leads(draft)) continue;
    const read = answerRead(node, asking);
    const person = read ? { person: { says: 'refuses', asked: read.asked } as const } : {};
    builder.edge(draft, { to: 'end', kind: 'branch', branch: 'no match', ...person });
  }
  const entry = textAt(root, 'entry_agent_guid');
  const links = itemsOf(at(root, 'links')).map(
    (link) => [Number(textAt(link, 'source')), Number(textAt(link, 'receiver'))] as const,
  );
  const reached = new Set<number>();
  const start = (index: number, draft: Draft): void => {
    builder.edge('start', { to: draft.index, kind: 'begin' });
    const queue = [index];
    for (const one of queue) {
      if (reached.has(one)) continue;
      reached.add(one);
      queue.push(...links.filter(([source]) => source === one).map(([, receiver]) => receiver));
    }
  };
  for (const [index, { node, draft }] of agents.entries()) {
    const starts =
      !entered.has(draft.index) ||
      (entry !== undefined && textAt(node, 'guid') === entry) ||
      itemsOf(at(node, 'schedule')).length > 0;
    if (starts) start(index, draft);
    if (!builder.leads(draft)) builder.edge(draft, { to: 'end', kind: 'ok' });
  }
  // Any action can be run by itself, so one in a circle that nothing leads to is no dead part.
  for (const [index, { draft }] of agents.entries()) if (!reached.has(index)) start(index, draft);
  return {
    format: 'tines',
    uri,
    name,
    names: [name, textAt(root, 'guid') ?? name, name.toLowerCase().replace(/[^a-z0-9]+/g, '_')],
    steps: builder.finish(),
    notUnderstood,
    stepsInFile: agents.length,
  };
}

/** How others name an agent where they read what it gave. */
function slugOf(node: Node): string {
  return (textAt(node, 'name') ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}

function typeOf(node: Node): string {
  return (textAt(node, 'type') ?? '').replace(/^Agents::/, '').replace(/Agent$/, '');
}

function isTrigger(node: Node): boolean {
  return typeOf(node) === 'Trigger';
}

function promptsIn(node: Node): readonly string[] {
  return textsIn(at(node, 'options'), 200).flatMap((text) =>
    [...text.matchAll(/\{%-?\s*prompt\s+["']?([\w-]+)/g)].map(([, name = '']) => name),
  );
}

/** What a trigger's rules say of a click on a link: all of them hold, or as many as `must_match`. */
function answerRead(node: Node, asking: ReadonlyMap<string, Agent>): ForeignEdge['person'] {
  if (!isTrigger(node)) return undefined;
  const options = at(node, 'options');
  const rules = itemsOf(at(options, 'rules')).map((rule) => ruleSays(rule, asking));
  const known = rules.filter((rule) => rule !== undefined);
  const [first] = known;
  // It also passes on what does not match.
  if (!first || isTrue(at(options, 'emit_no_match'))) return undefined;
  const needed = textAt(options, 'must_match');
  const every = needed === undefined || Number(needed) >= rules.length;
  const yes = every
    ? known.find(({ says }) => says === 'approves')
    : rules.every((rule) => rule?.says === 'approves')
      ? first
      : undefined;
  return yes ?? { ...first, says: 'refuses' };
}

function rulesText(node: Node): string {
  const options = at(node, 'options');
  if (isTrue(at(options, 'emit_no_match'))) return '';
  const rules = itemsOf(at(options, 'rules')).map(ruleText);
  const needed = Number(textAt(options, 'must_match') || rules.length);
  return needed < rules.length ? `${needed} of: ${rules.join(', ')}` : rules.join(' and ');
}

const OPERATORS: { readonly [type: string]: string } = { regex: 'matches', '!regex': 'does not match' };

/** `{ path, type: 'field==value', value }`, or a text that has to come out as true. */
function ruleText(rule: Node): string {
  const type = textAt(rule, 'type') ?? '';
  const value = at(rule, 'value');
  const operator = Object.hasOwn(OPERATORS, type) ? OPERATORS[type] : type.replace(/^field(.*)value$/, '$1');
  const right =
    textOf(value) ??
    itemsOf(value)
      .map((one) => textOf(one) ?? '')
      .join(', ');
  return textOf(rule) ?? `${textAt(rule, 'path') ?? ''} ${operator} ${right || '""'}`;
}

function ruleSays(rule: Node, asking: ReadonlyMap<string, Agent>): PersonOnEdge | undefined {
  const path = textAt(rule, 'path') ?? '';
  const found = /\b([a-z0-9_]+)\.prompt\b/i.exec(path)?.[1];
  const agent = found === undefined ? undefined : asking.get(found.toLowerCase());
  if (!agent) return undefined;
  const value = textAt(rule, 'value') ?? '';
  const type = textAt(rule, 'type') ?? '';
  const asked = agent.draft.id;
  if (type === 'field==value') return { says: meaningOfLiteral(value), asked };
  if (type !== 'regex') return { says: 'refuses', asked };
  // Matches nothing at all, so silence as well.
  if (matchesEmpty(value)) return { says: 'refuses', asked };
  const words = value.match(/[A-Za-z][A-Za-z_-]+/g) ?? [];
  // Any click, or only some: all the names it may be true of have to say yes.
  const plain = words.length > 0 && !/[.\\[(|]/.test(value);
  const names = plain
    ? [...words, ...agent.prompts.filter((name) => words.some((word) => name.includes(word)))]
    : agent.prompts;
  return {
    says: names.every((name) => meaningOf(name.replaceAll('_', ' ')) === 'approves') ? 'approves' : 'refuses',
    asked,
  };
}

/** Whether a regular expression is true of an empty text. Only plainly written ones are told; any other is taken to be. */
function matchesEmpty(pattern: string): boolean {
  const plain = pattern.replace(/^\^|\$$/g, '');
  return plain === '' || !/^(?:\.\+?|\\S\+?|[A-Za-z0-9_-]+)$/.test(plain);
}

const FLOW = new Set([
  'Trigger',
  'EventTransformation',
  'Webhook',
  'IMAP',
  'Form',
  'Schedule',
  'Delay',
  'Note',
  'Group',
]);

function doingOf(node: Node): Doing {
  const type = typeOf(node);
  if (isTrue(at(node, 'disabled'))) return { kind: 'flow' };
  const options = at(node, 'options');
  const description = [textAt(node, 'name'), textAt(node, 'description')].filter(Boolean).join('. ');
  switch (type) {
    case 'HTTPRequest': {
      const url = textAt(options, 'url') ?? '';
      const method = (textAt(options, 'method') ?? 'GET').toUpperCase();
      return {
        kind: 'act',
        action: `${method} ${oneLine(url.replace(/\?.*$/, ''))}`,
        ...givenOn(url, argumentsOf(options, ['method', 'manual_time', 'log_error_on_status']), 'url'),
        description,
        hint: { kind: 'http', method, path: url },
        byPerson: false,
      };
    }
    case 'Email': {
      const recipients = textsIn(at(options, 'recipients'), 3).join(', ');
      return {
        kind: 'act',
        action: 'send email',
        ...givenOn(recipients, argumentsOf(options), 'recipients'),
        description,
        hint: undefined,
        byPerson: false,
      };
    }
    case 'SendToStory': {
      const story = at(options, 'story');
      const written = textOf(story) ?? '';
      const target =
        /STORY\.([\w-]+)/.exec(written)?.[1] ?? /\{%-?\s*story\s+(.+?)\s*-?%\}/.exec(written)?.[1] ?? textOf(story);
      return target
        ? { kind: 'call', target: { value: target, range: rangeOf(story) }, args: argumentsOf(options, ['story']) }
        : { kind: 'unknown', why: 'It sends to a story and does not say which.' };
    }
    default:
      if (!FLOW.has(type))
        return { kind: 'unknown', why: `This version does not know actions of type "${short(type, 40)}".` };
      // What carries a link asks; whether anybody's answer is waited for, the triggers behind it say.
      if (promptsIn(node).length > 0)
        return { kind: 'ask', question: promptsIn(node).join(', '), who: [], expires: null };
      return textAt(options, 'mode') === 'explode' && textAt(options, 'path')
        ? { kind: 'flow', over: textAt(options, 'path') ?? '' }
        : { kind: 'flow' };
  }
}

/** What is in a payload stands for the payload. */
function argumentsOf(options: Node | undefined, without: readonly string[] = []): readonly ForeignArgument[] {
  return entriesOf(options).flatMap(({ key, value }) => {
    if (without.includes(key.text)) return [];
    return key.text === 'payload' && value?.kind === 'map' ? argumentsIn(value) : (argumentAt(key.text, value) ?? []);
  });
}
