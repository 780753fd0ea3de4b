import { withoutCredentials } from '../rules/secret-in-playbook.js';
import { type Json, type Node, toJson } from '../syntax/tree.js';
import type { ForeignAct, ForeignArgument, ForeignEdge } from './model.js';
import { entriesOf, short } from './read-node.js';
import { NOT_NAMED, scopeAmong } from './scope.js';

/** Stands for a text, or a part of one, that is not taken over. */
export const LEFT_OUT = '(left out: it may be a secret)';
/** A longer text is cut: nobody reads it where it would be written. */
const MOST = 20_000;

/** Names of what is a secret where its text stands there. Each is tried at the end of a name: `token_type` is none. */
const SECRET_NAME =
  /(?:passw(?:or)?d(?:_basic)?|pwd|passphrase|secret|credentials?|authori[sz]ation|cookie|(?:api|access|private|client|shared|subscription|secret|auth)[_ -]?key|basic[_ -]?auth|(?:auth|access|bearer|api|session|refresh|id)[_ -]?token|^token)$/i;
/** What the products write for something that is put in when the playbook runs: `${a}`, `{{a}}`, `<%a%>`, `@{a}`, `=a`, `[a()]`, `[Input.a]`. */
const PUT_IN = /\$\{|\{\{|\{%|<%|@\{|^=|^@|^\$|^\[\w+\(|^\[[^[\]"'.]+\.[^[\]"']+\]$/;
const AUTHORIZATION = /\b(bearer|basic)\s+[\w.~+/-]{16,}=*/gi;
/** A name and its text in JSON that is itself a text: of a request's body, say. */
const IN_JSON = /("([^"\\]{1,60})"\s*:\s*")((?:[^"\\]|\\.)*)/g;
/** The same in an address. */
const IN_QUERY = /([?&]([\w-]{1,60})=)([^&\s#"']+)/g;
/** The same on a line of its own, as headers are written. */
const ON_LINE = /^(([\w-]{1,60}) ?[:=] ?)(.+)$/gm;

/** An argument and what it is given; `undefined` where that is nothing. */
export function argumentAt(name: string, node: Node | undefined): ForeignArgument | undefined {
  if (node === undefined || (node.kind === 'scalar' && (node.value === null || node.text === ''))) return undefined;
  return argumentOf(name, node.kind === 'scalar' ? node.text : JSON.stringify(harmless(toJson(node), name)));
}

/** The same of a text. */
export function argumentOf(name: string, text: string): ForeignArgument {
  const own = ofName(name, text);
  return { name, text: own.length <= MOST ? own : `${own.slice(0, MOST - 1).replace(/[\uD800-\uDBFF]$/, '')}…` };
}

/** What has to hold for an edge, on one line; nothing where nothing is written. */
export function holding(text: string | undefined): Pick<ForeignEdge, 'when'> {
  const line = text === undefined ? '' : short(withoutCredentials(text, LEFT_OUT), 300);
  return line === '' ? {} : { when: line };
}

/** What a map gives by name, without those named. */
export function argumentsIn(node: Node | undefined, without: readonly string[] = []): readonly ForeignArgument[] {
  return entriesOf(node).flatMap(({ key, value }) => {
    const one = without.includes(key.text) ? undefined : argumentAt(key.text, value);
    return one ? [one] : [];
  });
}

/** Arguments, and what of them says what is acted on. @param without names of those that never do */
export function given(
  args: readonly ForeignArgument[],
  without: readonly string[] = [],
): Pick<ForeignAct, 'args' | 'scope' | 'target'> {
  return { args, ...scopeAmong(args.filter(({ name }) => !without.includes(name))) };
}

/**
 * Arguments of an act that is on something they do not name by their names.
 *
 * @param target the argument that `scope` is from, if it is one that is given
 */
export function givenOn(
  scope: string,
  args: readonly ForeignArgument[],
  target?: string,
): Pick<ForeignAct, 'args' | 'scope' | 'target'> {
  const isGiven = args.some(({ name }) => name === target);
  return { args, scope: short(ofName('', scope)) || NOT_NAMED, target: isGiven ? target : undefined };
}

function ofName(name: string, text: string): string {
  if (SECRET_NAME.test(name.trim()) && !PUT_IN.test(text)) return LEFT_OUT;
  const named = (whole: string, before: string, inside: string, value: string): string =>
    SECRET_NAME.test(inside.trim()) && !PUT_IN.test(value) ? `${before}${LEFT_OUT}` : whole;
  return withoutCredentials(text, LEFT_OUT)
    .replace(AUTHORIZATION, `$1 ${LEFT_OUT}`)
    .replace(IN_JSON, named)
    .replace(IN_QUERY, named)
    .replace(ON_LINE, named);
}

function harmless(value: Json, name = ''): Json {
  if (typeof value === 'string') return ofName(name, value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((one) => harmless(one, name));
  // `{ "name": "X-Api-Key", "value": "…" }`
  const called = value.name ?? value.key;
  const nameOf = (key: string): string => (key === 'value' && typeof called === 'string' ? called : key);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, harmless(one, nameOf(key))]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
