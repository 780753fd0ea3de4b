import type { Entry, MapNode, Node } from '../../syntax/tree.js';
import { meaningOf } from '../answers.js';
import { type Draft, stepBuilder } from '../build.js';
import type { Decision } from '../conditions.js';
import { holding } from '../given.js';
import type { Doing, ForeignEdge, ForeignPlaybook, NotUnderstood } from '../model.js';
import { at, entriesOf, hasKeys, itemsOf, rangeOf, textAt, textOf, textsIn } from '../read-node.js';
import { doingOf } from './doing.js';
import { conditionText, decisionOf } from './expression.js';

/**
 * Reads Azure Logic Apps, Sentinel's playbooks, as ARM templates or as the definition alone. Actions start when all of those in
 * their `runAfter` have ended as it says; those with none start with what they are in. Source: the Workflow Definition Language
 * (learn.microsoft.com/azure/logic-apps/logic-apps-workflow-definition-language).
 *
 * People come in as webhooks that wait: approval mails, mails with options, cards in Teams. `runAfter: Succeeded` says only
 * that somebody answered; a condition has to read the answer.
 */
export function isLogicApps(root: Node | undefined): root is MapNode {
  return definitionsIn(root).length > 0;
}

interface Definition {
  readonly node: Node;
  readonly name: string;
}

function definitionsIn(root: Node | undefined): readonly Definition[] {
  if (root?.kind !== 'map') return [];
  const found: Definition[] = [];
  const queue = itemsOf(at(root, 'resources')).map((resource) => ({ resource, depth: 0 }));
  for (const { resource, depth } of queue) {
    if (textAt(resource, 'type') === 'Microsoft.Logic/workflows') {
      const node = at(resource, 'properties', 'definition');
      if (node) found.push({ node, name: nameOf(root, textAt(resource, 'name')) });
    }
    if (depth < 4) {
      const nested = [
        ...itemsOf(at(resource, 'resources')),
        ...itemsOf(at(resource, 'properties', 'template', 'resources')),
      ];
      queue.push(...nested.map((one) => ({ resource: one, depth: depth + 1 })));
    }
  }
  const own = at(root, 'definition') ?? root;
  if (
    found.length === 0 &&
    hasKeys(own, 'actions', 'triggers') &&
    textAt(own, '$schema')?.includes('/Microsoft.Logic/') === true
  )
    found.push({ node: own, name: 'A workflow without a name' });
  return found;
}

/** A name is mostly `[parameters('PlaybookName')]`, with a default. */
function nameOf(root: Node, written: string | undefined): string {
  const parameter = /parameters\('([^']+)'\)/.exec(written ?? '')?.[1];
  return (parameter && textAt(root, 'parameters', parameter, 'defaultValue')) || written || 'A workflow without a name';
}

export function readLogicApps(uri: string, root: MapNode): readonly ForeignPlaybook[] {
  return definitionsIn(root).map((definition) => readDefinition(uri, definition));
}

/** An action as others see it: where it starts, and where it is over with everything in it. */
interface Action {
  readonly first: Draft;
  readonly last: Draft;
  readonly does: Doing;
  readonly entry: Entry;
}

// biome-ignore format: a list
const STATUS: { readonly [status: string]: ForeignEdge['kind'] } = {
  SUCCEEDED: 'ok',
  FAILED: 'failed',
  TIMEDOUT: 'timed-out',
  SKIPPED: 'skipped',
};

function readDefinition(uri: string, { node, name }: Definition): ForeignPlaybook {
  const notUnderstood: NotUnderstood[] = [];
  const builder = stepBuilder(uri, rangeOf(at(node, 'triggers') ?? node));
  const all = actionsIn(at(node, 'actions'));
  const asks = new Map<string, string>();
  const drafts = new Map<Entry, Draft>();
  for (const entry of all) {
    const does = doingOf(entry.value);
    const draft = builder.step(entry.key.text, `at ${entry.range.start}`, entry.key.range, does);
    drafts.set(entry, draft);
    if (does.kind === 'ask') asks.set(entry.key.text, draft.id);
  }
  const askedIn = answersIn(all, asks);

  /** Adds the actions of one list. @returns those that nothing in the list follows */
  function addActions(list: Node | undefined, from: Draft | 'start', edge: Omit<ForeignEdge, 'to'>): readonly Action[] {
    const actions = new Map(
      entriesOf(list).flatMap((entry) => {
        const action = addInside(entry);
        return action ? [[entry.key.text, action] as const] : [];
      }),
    );
    const followed = new Set<string>();
    for (const { entry, first } of actions.values()) {
      const after = entriesOf(at(entry.value, 'runAfter'));
      if (after.length === 0) builder.edge(from, { ...edge, to: first.index });
      for (const { key, value } of after) {
        const before = actions.get(key.text);
        if (!before) {
          notUnderstood.push({
            uri,
            range: key.range,
            what: `"${first.id}" waits for "${key.text}", which is not beside it.`,
          });
          builder.edge(from, { ...edge, to: first.index });
          continue;
        }
        followed.add(key.text);
        const statuses = itemsOf(value).map((one) => (textOf(one) ?? '').toUpperCase());
        for (const status of statuses.length === 0 ? ['SUCCEEDED'] : statuses) lead(before, status, first);
      }
    }
    return [...actions.values()].filter(({ entry }) => !followed.has(entry.key.text));
  }

  function lead(before: Action, status: string, to: Draft): void {
    const kind = STATUS[status] ?? 'ok';
    // What has others in it may end badly before it came to any of them.
    if (kind !== 'ok') builder.edge(before.first, { to: to.index, kind });
    else builder.edge(before.last, { to: to.index, kind, ...someoneAt(before) });
  }

  /** Adds what is in an action, and where it is over. */
  function addInside(entry: Entry): Action | undefined {
    const first = drafts.get(entry);
    const { value: action } = entry;
    if (!first) return undefined;
    const does = doingOf(action);
    const type = (textAt(action, 'type') ?? '').toLowerCase();
    if (!COMPOSITE.has(type)) {
      if (type === 'terminate') builder.edge(first, { to: 'end', kind: 'stopped' });
      return { first, last: first, does, entry };
    }
    const last = builder.step(
      `${first.id} is over`,
      `at ${entry.range.start}`,
      entry.key.range,
      { kind: 'flow' },
      { part: true },
    );
    const decision = type === 'if' ? decisionOf(at(action, 'expression'), askedIn) : undefined;
    const branch = (label: string, list: Node | undefined, says: ForeignEdge['person'], when?: string): void => {
      const edge = { kind: 'branch', branch: label, ...holding(when), ...(says ? { person: says } : {}) } as const;
      const ends = addActions(list, first, edge);
      if (ends.length === 0) builder.edge(first, { ...edge, to: last.index });
      for (const end of ends) builder.edge(end.last, { to: last.index, kind: 'ok', ...someoneAt(end) });
    };
    switch (type) {
      case 'if':
        branch('true', at(action, 'actions'), says(decision, 'whenTrue'), conditionText(at(action, 'expression')));
        branch('false', at(action, 'else', 'actions'), says(decision, 'whenFalse'));
        break;
      case 'switch': {
        const expression = textAt(action, 'expression') ?? '';
        const asked = askedIn(expression);
        for (const { value } of entriesOf(at(action, 'cases'))) {
          const label = textAt(value, 'case') ?? '';
          branch(
            label,
            at(value, 'actions'),
            asked === undefined ? undefined : { says: meaningOf(label) ?? 'refuses', asked },
            `${expression} is ${label}`,
          );
        }
        branch('default', at(action, 'default', 'actions'), undefined);
        break;
      }
      case 'foreach':
      case 'until': {
        const ends = addActions(at(action, 'actions'), first, { kind: 'item' });
        for (const end of ends) builder.edge(end.last, { to: last.index, kind: 'ok', ...someoneAt(end) });
        // A list may be empty, but what is repeated until something is so runs at least once.
        if (type === 'foreach' || ends.length === 0) builder.edge(first, { to: last.index, kind: 'done' });
        builder.edge(last, { to: first.index, kind: 'item' });
        break;
      }
      default: {
        const ends = addActions(at(action, 'actions'), first, { kind: 'entered' });
        if (ends.length === 0) builder.edge(first, { to: last.index, kind: 'ok' });
        for (const end of ends) builder.edge(end.last, { to: last.index, kind: 'ok', ...someoneAt(end) });
      }
    }
    return { first, last, does, entry };
  }

  const ends = addActions(at(node, 'actions'), 'start', { kind: 'begin' });
  for (const end of ends) builder.edge(end.last, { to: 'end', kind: 'ok', ...someoneAt(end) });
  return {
    format: 'logic-apps',
    uri,
    name,
    names: [name],
    steps: withJoins(builder.finish(), all, drafts),
    notUnderstood,
    stepsInFile: all.length,
  };
}

const COMPOSITE = new Set(['if', 'switch', 'foreach', 'until', 'scope']);

function someoneAt({ does, first }: Action): Pick<ForeignEdge, 'person'> {
  return does.kind === 'ask' ? { person: { says: 'someone', asked: first.id } } : {};
}

function says(decision: Decision | undefined, when: 'whenTrue' | 'whenFalse'): ForeignEdge['person'] {
  return decision && { says: decision[when], asked: decision.asked };
}

/** Actions that wait for several others wait for all of them. */
function withJoins(
  steps: ForeignPlaybook['steps'],
  all: readonly Entry[],
  drafts: ReadonlyMap<Entry, Draft>,
): ForeignPlaybook['steps'] {
  const joins = new Set(
    all.filter(({ value }) => entriesOf(at(value, 'runAfter')).length > 1).map((entry) => drafts.get(entry)?.index),
  );
  return steps.map((step, index) => (joins.has(index) ? { ...step, join: 'all' } : step));
}

/** All actions, those in others included, in their order. */
function actionsIn(list: Node | undefined): readonly Entry[] {
  return entriesOf(list).flatMap((entry) => {
    const { value } = entry;
    return [
      entry,
      ...actionsIn(at(value, 'actions')),
      ...actionsIn(at(value, 'else', 'actions')),
      ...entriesOf(at(value, 'cases')).flatMap((one) => actionsIn(at(one.value, 'actions'))),
      ...actionsIn(at(value, 'default', 'actions')),
    ];
  });
}

/** Which question's answer an expression reads; also through a variable, or a step that only takes an answer apart. */
function answersIn(all: readonly Entry[], asks: ReadonlyMap<string, string>): (text: string) => string | undefined {
  const bodies = new Map(asks);
  const variables = new Map<string, string>();
  const askedIn = (text: string): string | undefined => {
    for (const [, from, name, rest] of text.matchAll(
      /\b(body|outputs|actions|variables)\('([^']+)'\)((?:\??\[[^\]]*\])*)/g,
    )) {
      // That a mail was answered at all, whatever the answer.
      if (/'(?:statusCode|status|headers|startTime|endTime|code)'/.test(rest ?? '')) continue;
      const asked =
        from === 'variables'
          ? variables.get(name ?? '')
          : (bodies.get((name ?? '').replaceAll(' ', '_')) ?? bodies.get(name ?? ''));
      if (asked !== undefined) return asked;
    }
    return undefined;
  };
  if (asks.size === 0) return askedIn;
  for (const { key, value } of all) {
    const type = (textAt(value, 'type') ?? '').toLowerCase();
    const taken =
      type === 'parsejson'
        ? at(value, 'inputs', 'content')
        : type === 'compose'
          ? at(value, 'inputs')
          : type.endsWith('variable')
            ? at(value, 'inputs')
            : undefined;
    const asked = textsIn(taken, 50)
      .map(askedIn)
      .find((one) => one !== undefined);
    if (asked === undefined) continue;
    if (type.endsWith('variable'))
      variables.set(textAt(taken, 'name') ?? textAt(itemsOf(at(taken, 'variables'))[0], 'name') ?? '', asked);
    else bodies.set(key.text, asked);
  }
  return askedIn;
}
