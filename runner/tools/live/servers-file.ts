import { parseDuration } from '../../../language/model/read.js';
import { parseYaml } from '../../../language/syntax/parse.js';
import { type Json, type MapNode, type Node, type Range, toJson } from '../../../language/syntax/tree.js';

/** How one server is reached. Values that are secret are named by the variable of the environment they are in. */
export interface ServerConfig {
  readonly name: string;
  readonly reach:
    | {
        readonly kind: 'stdio';
        readonly command: readonly [string, ...string[]];
        /** What the process finds in its environment beside the few variables every process needs. */
        readonly env: { readonly [variable: string]: string };
      }
    | { readonly kind: 'http'; readonly url: URL; readonly headers: { readonly [header: string]: string } };
  /** Milliseconds a call may take. */
  readonly timeout: number;
}

export type ServersFile =
  | { readonly ok: true; readonly servers: ReadonlyMap<string, ServerConfig> }
  /** `line` counts from 0. */
  | { readonly ok: false; readonly line: number; readonly message: string };

type Environment = { readonly [variable: string]: string | undefined };

const TIMEOUT = 30_000;
const MAX_TIMEOUT = 600_000;
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** RFC 9110, section 5.1. */
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const STDIO_KEYS = ['command', 'env', 'env-from', 'timeout'];
const HTTP_KEYS = ['url', 'headers', 'headers-from', 'timeout'];

class Fault extends Error {
  readonly range: Range;
  constructor(node: { readonly range: Range } | undefined, message: string) {
    super(message);
    this.range = node?.range ?? { start: 0, end: 0 };
  }
}

/**
 * Reads what `--live` names: `servers`, each with a `command` or a `url`. Anything that is not understood refuses the file,
 * since it says which programs are started and where data goes. No message quotes a value.
 */
export function readServersFile(text: string, environment: Environment): ServersFile {
  const { root, problems, lines } = parseYaml(text);
  const broken = problems.find((problem) => problem.severity === 'error');
  if (broken) return { ok: false, line: lines.positionAt(broken.range.start).line, message: broken.message };
  try {
    const servers = new Map<string, ServerConfig>();
    for (const [name, key, node] of entriesOf(entryOf(known(root, ['servers']), 'servers'), 'servers')) {
      if (!NAME.test(name))
        throw new Fault(key, 'A server is named as catalogs name it: lower case words joined by "-".');
      servers.set(name, serverOf(name, node, key, environment));
    }
    return { ok: true, servers };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ok: false, line: lines.positionAt(error.range.start).line, message: error.message };
  }
}

function serverOf(name: string, node: Node | undefined, key: Node, environment: Environment): ServerConfig {
  const isHttp = node?.kind === 'map' && entryOf(node, 'url') !== undefined;
  if (node?.kind !== 'map') throw new Fault(key, `"${name}" needs a "command" to start or a "url" to reach.`);
  const map = known(node, isHttp ? HTTP_KEYS : STDIO_KEYS);
  const timeout = timeoutOf(entryOf(map, 'timeout'));
  if (isHttp) {
    const headers = {
      ...textsOf(map, 'headers', HEADER),
      ...fromEnvironment(map, 'headers-from', HEADER, environment),
    };
    // What is no header value would come back in the message of whoever refuses it, secret and all.
    const wrong = Object.keys(headers).find((header) => !/^[\t\x20-\x7E]*$/.test(headers[header] ?? ''));
    if (wrong !== undefined) throw new Fault(key, `The value of the header ${wrong} is no plain text of one line.`);
    return { name, reach: { kind: 'http', url: urlOf(entryOf(map, 'url')), headers }, timeout };
  }
  const command = entryOf(map, 'command');
  const words = command && toJson(command);
  const [program, ...rest] = Array.isArray(words) ? words.map(String) : [];
  if (command?.kind !== 'list' || program === undefined || program === '' || !isTexts(words)) {
    throw new Fault(command ?? key, '"command" is a list: the program, then each of its arguments as a text.');
  }
  const env = { ...textsOf(map, 'env', VARIABLE), ...fromEnvironment(map, 'env-from', VARIABLE, environment) };
  return { name, reach: { kind: 'stdio', command: [program, ...rest], env }, timeout };
}

function urlOf(node: Node | undefined): URL {
  const text = node?.kind === 'scalar' ? String(node.value) : '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new Fault(node, '"url" is the whole address of the server, https://… .');
  }
  if (url.username !== '' || url.password !== '') {
    throw new Fault(node, 'A secret does not belong into an address. Name the variable it is in under "headers-from".');
  }
  if (url.protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) {
    throw new Fault(node, 'Without https everybody on the way could read the evidence. http is for this machine only.');
  }
  return url;
}

function timeoutOf(node: Node | undefined): number {
  if (node === undefined) return TIMEOUT;
  const ms = node.kind === 'scalar' ? parseDuration(String(node.value)) : undefined;
  if (ms === undefined || ms > MAX_TIMEOUT) throw new Fault(node, '"timeout" is a duration up to 10m, such as 30s.');
  return ms;
}

function textsOf(map: MapNode, key: string, form: RegExp): { readonly [name: string]: string } {
  const out: { [name: string]: string } = Object.create(null);
  const node = entryOf(map, key);
  if (node === undefined) return out;
  for (const [name, at, value] of entriesOf(node, key)) {
    if (!form.test(name)) throw new Fault(at, `This cannot be a name under "${key}".`);
    const text = value && toJson(value);
    if (typeof text !== 'string') throw new Fault(value ?? at, `A value under "${key}" is a text; put it in quotes.`);
    if (text.includes('\0')) throw new Fault(value, `A value under "${key}" has a character that cannot be in it.`);
    out[name] = text;
  }
  return out;
}

function fromEnvironment(
  map: MapNode,
  key: string,
  form: RegExp,
  environment: Environment,
): { [name: string]: string } {
  const out: { [name: string]: string } = Object.create(null);
  for (const [name, variable] of Object.entries(textsOf(map, key, form))) {
    const value = Object.hasOwn(environment, variable) ? environment[variable] : undefined;
    if (value === undefined || value === '') {
      throw new Fault(
        entryOf(map, key),
        `The variable ${variable.slice(0, 60)} of the environment, which "${name}" comes from, is not set.`,
      );
    }
    out[name] = value;
  }
  return out;
}

/** A map that has no other keys than these. */
function known(node: Node | undefined, keys: readonly string[]): MapNode {
  if (node?.kind !== 'map') throw new Fault(node, `The file has no "${keys[0] ?? ''}".`);
  for (const { key } of node.entries) {
    if (!keys.includes(key.text)) {
      throw new Fault(key, `"${key.text.slice(0, 60)}" is not known here. Known are ${keys.join(', ')}.`);
    }
  }
  return node;
}

function entryOf(map: MapNode, key: string): Node | undefined {
  return map.entries.find((entry) => entry.key.text === key)?.value;
}

function entriesOf(node: Node | undefined, key: string): readonly (readonly [string, Node, Node | undefined])[] {
  if (node?.kind !== 'map') throw new Fault(node, `"${key}" is a map: name to what belongs to it.`);
  return node.entries.map((entry) => [entry.key.text, entry.key, entry.value]);
}

function isTexts(value: Json | undefined): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
