import type { MapNode, Node } from '../../syntax/tree.js';
import { type Draft, stepBuilder } from '../build.js';
import { drawnAt } from '../drawn-at.js';
import { holding } from '../given.js';
import type { Doing, ForeignEdge, ForeignPlaybook, NotUnderstood, PersonOnEdge } from '../model.js';
import { at, entriesOf, hasKeys, isTrue, itemsOf, rangeOf, textAt, textOf } from '../read-node.js';
import { conditionSays, type Outputs, outputsOf } from './conditions.js';
import { doingOf, typeOf } from './doing.js';

/**
 * Reads n8n workflows: nodes, and connections from each by the number of its output. Source: docs.n8n.io.
 *
 * People come in as `sendAndWait`: the workflow waits until somebody answers, or, with `limitWaitTime`, until the time is over,
 * and goes on the same way. The answer is in `data.approved`, and an `If`, `Switch` or `Filter` has to read it.
 *
 * An output that is not connected ends the run, and so does what a `Switch` or `Filter` has no output for.
 */
export function isN8n(root: Node | undefined): root is MapNode {
  return (
    hasKeys(root, 'nodes', 'connections') &&
    at(root, 'connections')?.kind === 'map' &&
    itemsOf(at(root, 'nodes')).some(
      (node) => textAt(node, 'type') !== undefined && at(node, 'parameters') !== undefined,
    )
  );
}

interface Item {
  readonly name: string;
  readonly node: Node;
  readonly draft: Draft;
  readonly does: Doing;
  /** Nodes that lead here. */
  readonly before: Set<string>;
  /** Of an If, a Filter or a Switch that is switched on. */
  readonly outputs: Outputs | undefined;
  /** The numbers of those that are connected. */
  readonly connected: Set<number>;
}

export function readN8n(uri: string, root: MapNode): ForeignPlaybook {
  const notUnderstood: NotUnderstood[] = [];
  const name = textAt(root, 'name') ?? 'A workflow without a name';
  const builder = stepBuilder(uri, rangeOf(at(root, 'name') ?? root));
  const items = new Map<string, Item>();
  const nodes = itemsOf(at(root, 'nodes'));
  for (const [index, node] of nodes.entries()) {
    const named = at(node, 'name');
    const key = textOf(named) ?? `node ${index + 1}`;
    const does = doingOf(node);
    const draft = builder.step(key, `node ${index + 1}`, rangeOf(named ?? node), does, { drawnAt: drawnAt(node) });
    const outputs = isTrue(at(node, 'disabled'))
      ? undefined
      : outputsOf(typeOf(node).toLowerCase(), at(node, 'parameters'));
    items.set(key, { name: key, node, draft, does, before: new Set(), outputs, connected: new Set() });
  }
  const links = entriesOf(at(root, 'connections')).flatMap(({ key, value }) => linksOf(key.text, value));
  for (const { from, to } of links) items.get(to)?.before.add(from);

  for (const { from, to, output, agent, range } of links) {
    const source = items.get(from);
    const target = items.get(to);
    if (!source || !target) {
      notUnderstood.push({ uri, range, what: `A connection of "${from}" begins or ends at a node that is not there.` });
      continue;
    }
    // What hangs on an agent, the agent may call.
    if (agent) builder.edge(target.draft, { to: source.draft.index, kind: 'ok' });
    else {
      source.connected.add(output);
      for (const edge of edgesFrom(source, output, items))
        builder.edge(source.draft, { ...edge, to: target.draft.index });
    }
  }
  for (const item of items.values())
    for (const edge of endsOf(item, items)) builder.edge(item.draft, { ...edge, to: 'end' });
  for (const { node, draft, before } of items.values()) {
    const fromAgent = links.some(({ from, agent }) => agent && from === textAt(node, 'name'));
    if (before.size === 0 && !fromAgent) builder.edge('start', { to: draft.index, kind: 'begin' });
    if (!builder.leads(draft)) builder.edge(draft, { to: 'end', kind: 'ok' });
  }
  return {
    format: 'n8n',
    uri,
    name,
    names: [textAt(root, 'id') ?? name, name],
    steps: builder.finish(),
    notUnderstood,
    stepsInFile: nodes.length,
  };
}

interface Link {
  readonly from: string;
  readonly to: string;
  readonly output: number;
  /** A model, memory or tool that hangs on an agent, and not a way of the run. */
  readonly agent: boolean;
  readonly range: Node['range'];
}

function linksOf(from: string, value: Node | undefined): readonly Link[] {
  return entriesOf(value).flatMap(({ key, value: outputs }) =>
    (outputs?.kind === 'list' ? outputs.items : []).flatMap((output, index) =>
      itemsOf(output).map((one) => ({
        from,
        to: textAt(one, 'node') ?? '',
        output: index,
        agent: key.text !== 'main',
        range: rangeOf(one),
      })),
    ),
  );
}

function edgesFrom(source: Item, output: number, items: ReadonlyMap<string, Item>): readonly Omit<ForeignEdge, 'to'>[] {
  const { node, draft, does } = source;
  const onError = textAt(node, 'onError');
  if (does.kind === 'ask') {
    const silent =
      at(node, 'parameters', 'options', 'limitWaitTime') !== undefined ||
      at(node, 'parameters', 'limitWaitTime') !== undefined;
    if (output > 0 && onError === 'continueErrorOutput') return [{ kind: 'failed' }];
    const someone = { kind: 'ok', person: { says: 'someone', asked: draft.id } } as const;
    const alone = silent
      ? [{ kind: 'timed-out' } as const]
      : onError === 'continueRegularOutput'
        ? [{ kind: 'failed' } as const]
        : [];
    return [someone, ...alone];
  }
  const person = isTrue(at(node, 'disabled')) ? undefined : answerRead(source, output, items);
  const branches = ['if', 'switch', 'filter'].includes(typeOf(node).toLowerCase());
  const when = holding(source.outputs?.when.get(output));
  return [
    {
      kind: branches ? 'branch' : 'ok',
      ...(branches ? { branch: branchOf(node, output) } : {}),
      ...when,
      ...(source.outputs?.all && when.when !== undefined ? { alone: true } : {}),
      ...(person ? { person } : {}),
    },
  ];
}

/** Where an If, a Filter or a Switch ends the run. */
function endsOf(source: Item, items: ReadonlyMap<string, Item>): readonly Omit<ForeignEdge, 'to'>[] {
  const { outputs, connected } = source;
  if (outputs === undefined || connected.size === 0) return [];
  const ends = [...outputs.when.keys()].filter((output) => !connected.has(output));
  const edges = ends.flatMap((output) => edgesFrom(source, output, items));
  if (!outputs.drops) return edges;
  const [first] = [...outputs.when.keys()].flatMap((output) => answerRead(source, output, items) ?? []);
  const person = first ? { person: { says: 'refuses', asked: first.asked } as const } : {};
  return [...edges, { kind: 'branch', branch: 'otherwise', ...person }];
}

function branchOf(node: Node, output: number): string {
  if (typeOf(node).toLowerCase() !== 'switch') return output === 0 ? 'true' : 'false';
  return textAt(inList(at(node, 'parameters', 'rules', 'values'), output), 'outputKey') ?? `${output + 1}`;
}

function inList(list: Node | undefined, index: number): Node | undefined {
  return list?.kind === 'list' ? list.items[index] : undefined;
}

/** What an output of an `If`, `Filter` or `Switch` says of an answer it reads. */
function answerRead(source: Item, output: number, items: ReadonlyMap<string, Item>): PersonOnEdge | undefined {
  const parameters = at(source.node, 'parameters');
  const type = typeOf(source.node).toLowerCase();
  const askedIn = (text: string): string | undefined => askedBy(text, source, items);
  if (type === 'if' || type === 'filter') {
    const said = conditionSays(parameters, askedIn);
    return said && { says: output === 0 ? said.whenTrue : said.whenFalse, asked: said.asked };
  }
  if (type !== 'switch') return undefined;
  const rule = inList(at(parameters, 'rules', 'values') ?? at(parameters, 'rules', 'rules'), output);
  const said = conditionSays(rule, askedIn);
  // What fits no rule may have the output of one, and then that one says nothing.
  const isLeft = source.outputs?.when.get(output) === '';
  return said && { says: isLeft ? 'refuses' : said.whenTrue, asked: said.asked };
}

/** Nodes that hand on what they got. */
const HANDS_ON = new Set(['if', 'filter', 'switch', 'noop']);

/** The question whose answer a text reads: by the node's name, or as what comes in (`$json`), if that can only be an answer. */
function askedBy(text: string, reader: Item, items: ReadonlyMap<string, Item>): string | undefined {
  if (!/\bdata\b|approved|response/i.test(text)) return undefined;
  for (const [, called, node] of text.matchAll(/\$\(\s*["']([^"']+)["']\s*\)|\$node\[\s*["']([^"']+)["']\s*\]/g)) {
    const item = items.get(called ?? node ?? '');
    return item?.does.kind === 'ask' ? item.draft.id : undefined;
  }
  if (!/\$json\b|\$input\b/.test(text)) return undefined;
  const sources = new Set<string>();
  const queue = [...reader.before];
  const seen = new Set(queue);
  for (const name of queue) {
    const item = items.get(name);
    if (item?.does.kind !== 'ask' && item && HANDS_ON.has(typeOf(item.node).toLowerCase())) {
      for (const before of item.before) if (!seen.has(before)) queue.push(before);
      for (const before of item.before) seen.add(before);
    } else sources.add(item?.does.kind === 'ask' ? item.draft.id : '');
  }
  const [only = ''] = sources;
  return sources.size === 1 && only !== '' ? only : undefined;
}
