import type { MapNode, Node } from '../../syntax/tree.js';
import { meaningOfLiteral } from '../answers.js';
import { type Draft, stepBuilder } from '../build.js';
import { drawnAt } from '../drawn-at.js';
import type { Doing, ForeignEdge, ForeignPlaybook, NotUnderstood, PersonOnEdge } from '../model.js';
import { at, entriesOf, hasKeys, isTrue, itemsOf, rangeOf, short, textAt, textOf } from '../read-node.js';

/**
 * Reads n8n workflows: nodes, and connections from each by the number of its output. Source: docs.n8n.io.
 *
 * People come in as `sendAndWait`: the workflow waits until somebody answers, or, with `limitWaitTime`, until the time is over,
 * and goes on the same way. The answer is in `data.approved`, and an `If`, `Switch` or `Filter` has to read it.
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
    items.set(key, { name: key, node, draft, does, before: new Set() });
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
    else
      for (const edge of edgesFrom(source, output, items))
        builder.edge(source.draft, { ...edge, to: target.draft.index });
  }
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

function typeOf(node: Node): string {
  return (textAt(node, 'type') ?? '').replace(/^.*\./, '');
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
  return [
    {
      kind: branches ? 'branch' : 'ok',
      ...(branches ? { branch: branchOf(node, output) } : {}),
      ...(person ? { person } : {}),
    },
  ];
}

function branchOf(node: Node, output: number): string {
  if (typeOf(node).toLowerCase() !== 'switch') return output === 0 ? 'true' : 'false';
  return textAt(itemsOf(at(node, 'parameters', 'rules', 'values'))[output], 'outputKey') ?? `${output + 1}`;
}

/** What an output of an `If`, `Filter` or `Switch` says of an answer it reads. */
function answerRead(source: Item, output: number, items: ReadonlyMap<string, Item>): PersonOnEdge | undefined {
  const parameters = at(source.node, 'parameters');
  const type = typeOf(source.node).toLowerCase();
  const askedIn = (text: string): string | undefined => askedBy(text, source, items);
  if (type === 'if' || type === 'filter') {
    const said = conditionSays(at(parameters, 'conditions'), askedIn);
    return said && { says: output === 0 ? said.whenTrue : said.whenFalse, asked: said.asked };
  }
  if (type !== 'switch') return undefined;
  const rule = itemsOf(at(parameters, 'rules', 'values') ?? at(parameters, 'rules', 'rules'))[output];
  const said = conditionSays(at(rule, 'conditions'), askedIn);
  return said && { says: said.whenTrue, asked: said.asked };
}

interface Said {
  readonly asked: string;
  readonly whenTrue: PersonOnEdge['says'];
  readonly whenFalse: PersonOnEdge['says'];
}

function conditionSays(conditions: Node | undefined, askedIn: (text: string) => string | undefined): Said | undefined {
  // Version 1 keeps them by type: `{ boolean: [{ value1, operation, value2 }] }`.
  const modern = itemsOf(at(conditions, 'conditions'));
  const parts = (modern.length > 0 ? modern : entriesOf(conditions).flatMap(({ value }) => itemsOf(value))).map((one) =>
    compared(one, askedIn),
  );
  const known = parts.filter((part) => part !== undefined);
  const [first] = known;
  if (!first) return undefined;
  const any = textAt(conditions, 'combinator') === 'or';
  const yes = known.find(({ whenTrue }) => whenTrue === 'approves');
  const approves = any ? parts.every((part) => part?.whenTrue === 'approves') : yes !== undefined;
  return {
    asked: (yes ?? first).asked,
    whenTrue: approves ? 'approves' : 'refuses',
    whenFalse: parts.length === 1 ? first.whenFalse : 'refuses',
  };
}

function compared(one: Node, askedIn: (text: string) => string | undefined): Said | undefined {
  const left = textAt(one, 'leftValue') ?? textAt(one, 'value1') ?? '';
  const asked = askedIn(left);
  if (asked === undefined) return undefined;
  const operation = textAt(one, 'operator', 'operation') ?? textAt(one, 'operation') ?? 'equals';
  const right = textAt(one, 'rightValue') ?? textAt(one, 'value2') ?? '';
  const isYes = operation === 'true' || (/^equals?$/.test(operation) && meaningOfLiteral(right) === 'approves');
  const isNotYes = /^not_?equals?$/i.test(operation) && meaningOfLiteral(right) === 'approves';
  return { asked, whenTrue: isYes ? 'approves' : 'refuses', whenFalse: isNotYes ? 'approves' : 'refuses' };
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

const FLOW = new Set([
  'stickynote', 'if', 'switch', 'filter', 'merge', 'set', 'noop', 'splitinbatches', 'splitout', 'itemlists', 'removeduplicates', 'aggregate', 'wait',
  'webhook', 'respondtowebhook', 'cron', 'start', 'datetime', 'sort', 'limit', 'summarize', 'renamekeys', 'comparedatasets', 'html', 'markdown', 'xml', 'crypto',
  'stopanderror', 'converttofile', 'extractfromfile', 'movebinarydata', 'editimage',
]); // biome-ignore format: a list
/** Parts of an agent that only think and remember. */
const THINKS = /^(?:lmChat|lm|memory|outputParser|embeddings|textSplitter)/;
const REACHES_OUT =
  /httpRequest|\bfetch\s*\(|\brequire\s*\(|\bimport\s*\(|axios|\$helpers|this\.helpers|child_process|urllib|requests\./;

function doingOf(node: Node): Doing {
  const type = typeOf(node);
  const lower = type.toLowerCase();
  const parameters = at(node, 'parameters');
  const operation = textAt(parameters, 'operation');
  // A node that is switched off hands on what it gets.
  if (isTrue(at(node, 'disabled')) || lower.endsWith('trigger') || THINKS.test(type)) return { kind: 'flow' };
  if (operation?.startsWith('sendAndWait')) {
    const to =
      textAt(parameters, 'sendTo') ?? textAt(parameters, 'channelId', 'value') ?? textAt(parameters, 'user', 'value');
    return {
      kind: 'ask',
      question: short(textAt(parameters, 'message') ?? textAt(parameters, 'subject') ?? '', 200),
      who: to ? [short(to)] : [],
      expires: null,
    };
  }
  if (FLOW.has(lower)) return { kind: 'flow' };
  if (lower === 'code' || lower === 'function' || lower === 'functionitem') {
    const code =
      textAt(parameters, 'jsCode') ?? textAt(parameters, 'pythonCode') ?? textAt(parameters, 'functionCode') ?? '';
    return REACHES_OUT.test(code)
      ? { kind: 'unknown', why: 'It has code of its own that calls something outside.' }
      : { kind: 'flow' };
  }
  if (lower === 'executeworkflow' || lower === 'toolworkflow') {
    const target = at(parameters, 'workflowId', 'value') ?? at(parameters, 'workflowId');
    return textOf(target)
      ? { kind: 'call', target: { value: textOf(target) ?? '', range: rangeOf(target) }, args: [] }
      : { kind: 'unknown', why: 'It runs a workflow and does not say which.' };
  }
  const description = [textAt(node, 'name'), textAt(node, 'notes')].filter(Boolean).join('. ');
  const common = { kind: 'act', description, byPerson: false } as const;
  const url = textAt(parameters, 'url');
  if (url !== undefined) {
    const method = (textAt(parameters, 'method') ?? textAt(parameters, 'requestMethod') ?? 'GET').toUpperCase();
    return {
      ...common,
      action: `${type} ${method} ${url.replace(/\?.*$/, '')}`,
      scope: short(url),
      target: undefined,
      args: [],
      hint: { kind: 'http', method, path: url },
    };
  }
  const verb = [operation, textAt(parameters, 'resource')].filter(Boolean).join(' ');
  return {
    ...common,
    action: [type, textAt(parameters, 'resource'), operation].filter(Boolean).join(' '),
    ...(verb === '' ? {} : { verb }),
    scope: scopeOf(parameters),
    target: undefined,
    args: [],
    hint: undefined,
  };
}

function scopeOf(parameters: Node | undefined): string {
  for (const { key, value } of entriesOf(parameters)) {
    const text = textOf(value);
    if (text && !['operation', 'resource', 'authentication', 'select'].includes(key.text))
      return short(`${key.text}: ${text}`);
  }
  return 'something it does not name';
}
