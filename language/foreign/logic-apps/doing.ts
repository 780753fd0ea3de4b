import type { Node } from '../../syntax/tree.js';
import type { Doing } from '../model.js';
import { at, oneLine, rangeOf, short, textAt, textOf } from '../read-node.js';

/** Actions that only shape the data or the way of a run. */
const FLOW = new Set([
  'initializevariable',
  'setvariable',
  'appendtoarrayvariable',
  'appendtostringvariable',
  'incrementvariable',
  'decrementvariable',
  'parsejson',
  'compose',
  'select',
  'query',
  'join',
  'table',
  'wait',
  'terminate',
  'response',
  'if',
  'switch',
  'foreach',
  'until',
  'scope',
  'expression',
  'javascriptcode',
  'xmlvalidation',
  'liquid',
  'xslt',
  'changestate',
]);

/** Paths of webhooks that wait for a person. */
const WAITS_FOR_PERSON =
  /approval|mailwithoptions|sendoptions|gatherinput|adaptivecard|flowbot|waitforresponse|userconsent/i;

/** What an action of a Logic App does. */
export function doingOf(action: Node | undefined): Doing {
  const type = textAt(action, 'type');
  if (type === undefined) return { kind: 'unknown', why: 'It has no type.' };
  const inputs = at(action, 'inputs');
  const lower = type.toLowerCase();
  if (FLOW.has(lower)) return { kind: 'flow' };
  const description = [textAt(action, 'description')].filter(Boolean).join('. ');
  const host = at(inputs, 'host');
  const path = textAt(inputs, 'path') ?? textAt(inputs, 'uri') ?? '';
  const operation = textAt(host, 'operationId') ?? textAt(inputs, 'serviceProviderConfiguration', 'operationId');
  if (lower.endsWith('webhook') && WAITS_FOR_PERSON.test(`${path} ${operation ?? ''}`)) {
    const message = at(inputs, 'body', 'Message');
    const to = textAt(message, 'To') ?? textAt(inputs, 'body', 'recipient', 'to');
    return {
      kind: 'ask',
      question: short(textAt(message, 'Subject') ?? '', 200),
      who: to === undefined ? [] : [short(to)],
      expires: textAt(action, 'limit', 'timeout') ?? null,
    };
  }
  const scope = path === '' ? 'something it does not name' : short(path);
  if (lower === 'workflow') {
    const id = at(host, 'workflow', 'id') ?? at(host, 'workflow', 'name');
    const target = textOf(id)
      ?.replace(/['")\]]+$/, '')
      .split(/[/']/)
      .at(-1);
    return target === undefined || target === ''
      ? { kind: 'unknown', why: 'It runs a workflow and does not say which.' }
      : { kind: 'call', target: { value: target, range: rangeOf(id) } };
  }
  const common = { kind: 'act', scope, description, byPerson: false } as const;
  if (operation !== undefined) return { ...common, action: operation, hint: undefined };
  if (
    lower === 'http' ||
    lower === 'apiconnection' ||
    lower === 'apiconnectionwebhook' ||
    lower === 'httpwebhook' ||
    lower === 'apimanagement'
  ) {
    const method = (textAt(inputs, 'method') ?? textAt(inputs, 'subscribe', 'method') ?? '').toUpperCase();
    const connection = /\['([^']+)'\]/.exec(textAt(host, 'connection', 'name') ?? '')?.[1];
    return {
      ...common,
      action: `${connection ?? type} ${method} ${plainPath(path)}`.trim(),
      hint: { kind: 'http', method, path },
    };
  }
  if (lower === 'function') {
    const named = textAt(inputs, 'function', 'id')
      ?.split('/')
      .at(-1)
      ?.replace(/['")\]]+$/, '');
    return { ...common, action: `function ${named ?? ''}`.trim(), hint: undefined };
  }
  return { kind: 'unknown', why: `This version does not know actions of type "${short(type, 40)}".` };
}

/** A path with `*` for what is put in when it runs. */
function plainPath(path: string): string {
  return oneLine(
    path
      .replace(/@\{[^}]*\}+/g, '*')
      .replace(/^@.*$/s, '*')
      .replace(/\?.*$/, ''),
  );
}
