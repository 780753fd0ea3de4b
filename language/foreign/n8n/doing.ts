import type { Node } from '../../syntax/tree.js';
import { argumentAt, argumentsIn, given, givenOn } from '../given.js';
import type { Doing, ForeignArgument } from '../model.js';
import { at, entriesOf, isTrue, itemsOf, rangeOf, short, textAt, textOf } from '../read-node.js';

/** `if` of `n8n-nodes-base.if`. */
export function typeOf(node: Node): string {
  return (textAt(node, 'type') ?? '').replace(/^.*\./, '');
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

export function doingOf(node: Node): Doing {
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
      ? {
          kind: 'call',
          target: { value: textOf(target) ?? '', range: rangeOf(target) },
          args: argumentsIn(at(parameters, 'workflowInputs', 'value')),
        }
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
      ...givenOn(url, argumentsOf(parameters, ['method', 'requestMethod']), 'url'),
      hint: { kind: 'http', method, path: url },
    };
  }
  const verb = [operation, textAt(parameters, 'resource')].filter(Boolean).join(' ');
  return {
    ...common,
    action: [type, textAt(parameters, 'resource'), operation].filter(Boolean).join(' '),
    ...(verb === '' ? {} : { verb }),
    // The text of a message is nothing that is acted on.
    ...given(argumentsOf(parameters, ['operation', 'resource', 'select']), ['message']),
    hint: undefined,
  };
}

/** Switches of the editor that say where another parameter is to be found. */
const OF_EDITOR = /^(?:authentication|(?:send|specify)(?:Headers|Body|Query))$/;

/** Parameters with a value. Lists of names and values stand for what they are in, and what is chosen from a list for the choice. */
function argumentsOf(parameters: Node | undefined, without: readonly string[]): readonly ForeignArgument[] {
  return entriesOf(parameters).flatMap(({ key, value }) => {
    if (without.includes(key.text) || OF_EDITOR.test(key.text)) return [];
    if (value?.kind === 'map' && value.entries.length === 0) return [];
    const pairs = pairsIn(value);
    if (pairs.length > 0) return pairs;
    return argumentAt(key.text, isTrue(at(value, '__rl')) ? at(value, 'value') : value) ?? [];
  });
}

/** `{ parameters: [{ name, value }] }` */
function pairsIn(node: Node | undefined): readonly ForeignArgument[] {
  const [only, ...others] = entriesOf(node);
  const items = others.length === 0 ? itemsOf(only?.value) : [];
  if (!items.every((one) => textAt(one, 'name') !== undefined && at(one, 'value') !== undefined)) return [];
  return items.flatMap((one) => argumentAt(textAt(one, 'name') ?? '', at(one, 'value')) ?? []);
}
