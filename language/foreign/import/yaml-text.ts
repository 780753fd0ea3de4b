import { visible } from '../../visible.js';

/** A value of a file that is written: `word` stands as it is, a text in quotes. */
export type Value =
  | string
  | number
  | boolean
  | { readonly word: string }
  | { readonly list: readonly Value[] }
  | { readonly map: readonly Entry[] }
  | { readonly items: readonly Item[] };

export type Entry = readonly [key: string, value: Value];

/** A map in a list, with what stands above it. */
export interface Item {
  readonly comments: readonly string[];
  readonly entries: readonly Entry[];
}

/** A name of ours, or anything else of which it is known that it needs no quotes. */
export function word(text: string): Value {
  return { word: text };
}

export function list(values: readonly Value[]): Value {
  return { list: values };
}

export function map(entries: readonly Entry[]): Value {
  return { map: entries };
}

/**
 * A text of others as it may stand anywhere in a file of ours: on one line, what people cannot see made visible, and never the start
 * of a template. Long ones are cut.
 */
export function inert(text: string, most = 400): string {
  const line = visible(text.replace(/\s+/gu, ' ').trim()).replace(/\$(?=\{\{)/g, '$ ');
  // Not between the halves of a character.
  return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * A text of others, its lines kept, as it may be an argument in a file of ours. Written on one line of the file, so that no line of it can
 * pass for one of the file's own.
 */
export function inertLines(text: string): string {
  return visible(text.replace(/\r\n?/g, '\n')).replace(/\$(?=\{\{)/g, '$ ');
}

/** A text that others wrote, or `otherwise` where it is empty. */
export function inertOr(text: string, otherwise: string, most?: number): string {
  return inert(text, most) || otherwise;
}

/** The lines of a map. Only `inert` texts and words of ours may be in it. */
export function yamlLines(entries: readonly Entry[], indent = ''): readonly string[] {
  return entries.flatMap(([key, value]) => entryLines(keyOf(key), value, indent));
}

export function commentLines(comments: readonly string[], indent = ''): readonly string[] {
  return comments.map((comment) => `${indent}# ${inert(comment)}`);
}

function entryLines(key: string, value: Value, indent: string): readonly string[] {
  if (typeof value !== 'object' || 'word' in value || 'list' in value) return [`${indent}${key}: ${onLine(value)}`];
  if ('map' in value) {
    const flow = onLine(value);
    const isShort = indent.length + key.length + flow.length < 110 && !value.map.some(([, one]) => holdsItems(one));
    if (isShort) return [`${indent}${key}: ${flow}`];
    return [`${indent}${key}:`, ...yamlLines(value.map, `${indent}  `)];
  }
  if (value.items.length === 0) return [`${indent}${key}: []`];
  return [`${indent}${key}:`, ...value.items.flatMap((item) => itemLines(item, `${indent}  `))];
}

function itemLines({ comments, entries }: Item, indent: string): readonly string[] {
  const lines = yamlLines(entries, `${indent}  `);
  const [first = '', ...rest] = lines;
  return [...commentLines(comments, indent), `${indent}- ${first.slice(indent.length + 2)}`, ...rest];
}

function holdsItems(value: Value): boolean {
  if (typeof value !== 'object') return false;
  return 'items' in value || ('map' in value && value.map.some(([, one]) => holdsItems(one)));
}

function onLine(value: Value): string {
  if (typeof value !== 'object') return typeof value === 'string' ? quoted(value) : String(value);
  if ('word' in value) return value.word;
  if ('list' in value) return `[${value.list.map(onLine).join(', ')}]`;
  if ('map' in value)
    return value.map.length === 0
      ? '{}'
      : `{ ${value.map.map(([key, one]) => `${keyOf(key)}: ${onLine(one)}`).join(', ')} }`;
  return '[]';
}

/** A text that reads as itself without quotes in every YAML, or with them. */
function quoted(text: string): string {
  const isPlain =
    /^[A-Z][\w .()/'-]*[\w.)]$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

function keyOf(key: string): string {
  return /^[A-Za-z][A-Za-z0-9_-]*(?:\.[a-z][a-z0-9_]*)*$/.test(key) &&
    !/^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i.test(key)
    ? key
    : JSON.stringify(key);
}
