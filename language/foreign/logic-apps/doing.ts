import type { Node } from '../../syntax/tree.js';
import { argumentAt, argumentsIn, givenOn } from '../given.js';
import type { Doing, ForeignArgument } from '../model.js';
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
  if (FLOW.has(lower)) {
    const over = textAt(action, 'foreach') ?? (lower === 'until' ? textAt(action, 'expression') : undefined);
    return over === undefined ? { kind: 'flow' } : { kind: 'flow', over };
  }
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
  if (lower === 'workflow') {
    const id = at(host, 'workflow', 'id') ?? at(host, 'workflow', 'name');
    const target = textOf(id)
      ?.replace(/['")\]]+$/, '')
      .split(/[/']/)
      .at(-1);
    return target === undefined || target === ''
      ? { kind: 'unknown', why: 'It runs a workflow and does not say which.' }
      : { kind: 'call', target: { value: target, range: rangeOf(id) }, args: argumentsOf(inputs) };
  }
  const whole = at(inputs, 'path') ? 'path' : 'uri';
  const common = { kind: 'act', ...givenOn(path, argumentsOf(inputs), whole), description, byPerson: false } as const;
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

/** What is in a body and in queries, and the path where more than its name is put in. */
function argumentsOf(inputs: Node | undefined): readonly ForeignArgument[] {
  const body = at(inputs, 'body');
  return [
    ...argumentsIn(inputs, ['host', 'method', 'body', 'queries', 'authentication', 'function', 'subscribe']),
    ...argumentsIn(at(inputs, 'queries')),
    ...(body?.kind === 'map' ? argumentsIn(body) : [argumentAt('body', body)].filter((one) => one !== undefined)),
  ];
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
