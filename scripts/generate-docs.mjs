// Part of `npm run generate`: fills in what pages take from the schemas in schemas/: between `<!-- keys: FILE#POINTER -->`
// and `<!-- end -->` a table of the keys of that schema, after `<!-- values: … -->` one of the values of an enum. The words
// around them are written by hand. Imports nothing that needs installing; test/docs.test.ts keeps the page true.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** The pages with generated parts, relative to the repository. */
export const PAGES = ['docs/language.md', 'docs/policy-tests.md', 'docs/alerts.md'];

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const page of PAGES) {
    const before = readFileSync(path.join(root, page), 'utf8');
    const after = withTables(before, readSchema);
    if (before !== after) writeFileSync(path.join(root, page), after);
  }
}

/** The schema of a kind of file: `playbook`, `tools`, `policy`, `policy_test`, `case`. */
export function readSchema(kind) {
  return JSON.parse(readFileSync(path.join(root, 'schemas', `${kind}.schema.json`), 'utf8'));
}

/**
 * A page with its tables filled in anew.
 * @param {string} page Markdown with marks
 * @param {(kind: string) => object} schemaOf the JSON Schema of a kind of file
 * @returns {string}
 * @throws {Error} when a mark names nothing, or is not closed
 */
export function withTables(page, schemaOf) {
  const open = [...page.matchAll(/^<!-- (?:keys|values): .* -->$/gm)].length;
  let filled = 0;
  const text = page.replace(
    /^<!-- (keys|values): ([a-z_]+)#(\S*) -->\n[\s\S]*?^<!-- end -->$/gm,
    (_, what, kind, pointer) => {
      filled++;
      const schema = schemaOf(kind);
      const at = resolve(schema, pointer);
      const rows = what === 'keys' ? keyTable(schema, at) : valueTable(at);
      if (rows.length === 0) throw new Error(`There are no ${what} at ${kind}#${pointer}.`);
      return `<!-- ${what}: ${kind}#${pointer} -->\n\n${rows.join('\n')}\n\n<!-- end -->`;
    },
  );
  if (filled !== open) throw new Error('A mark is misspelt, or not closed by <!-- end -->.');
  return text;
}

function resolve(schema, pointer) {
  let at = schema;
  for (const part of pointer.split('/').slice(1)) {
    at = at?.[part];
    while (at?.$ref) at = { ...resolve(schema, at.$ref.slice(1)), ...at, $ref: undefined };
  }
  if (at === undefined) throw new Error(`The schema has nothing at ${pointer}.`);
  return at;
}

function keyTable(schema, at) {
  const rows = keysOf(schema, at, '');
  if (rows.length === 0) return [];
  return table(['key', 'value', 'meaning'], rows);
}

/** A row for every key, those of maps within after the map's own: `gate`, `gate.ask`. */
function keysOf(schema, at, prefix) {
  const required = new Set(at.required ?? []);
  return Object.entries(at.properties ?? {}).flatMap(([name, property]) => {
    const key = `\`${prefix}${name}\`${required.has(name) ? ' *' : ''}`;
    const described = property.description ?? follow(schema, property).description ?? '';
    const row = [key, cell(valueIn(schema, property)), cell(described)];
    return [row, ...within(schema, property, `${prefix}${name}`)];
  });
}

/** What has a name of its own (`$ref`) has a table of its own. */
function within(schema, property, prefix) {
  if (property.properties) return keysOf(schema, property, `${prefix}.`);
  if (property.items) return within(schema, property.items, `${prefix}[]`);
  return typeof property.additionalProperties === 'object'
    ? within(schema, property.additionalProperties, `${prefix}.*`)
    : [];
}

/** What can be written there, in a few words. */
function valueIn(schema, property) {
  const name = property.$ref?.split('/').at(-1);
  if (name === 'steps') return 'list of steps';
  if (name === 'handler') return '`stop`, `continue` or steps';
  if (name === 'valueSchema') return 'JSON Schema';
  const value = follow(schema, property);
  if (value.enum) return value.enum.map((one) => `\`${one}\``).join(', ');
  if (value['x-expression']) return 'expression';
  if (value['x-template']) return value.type === 'object' ? 'map, with templates' : 'text, with templates';
  if (value.anyOf ?? value.oneOf) return (value.anyOf ?? value.oneOf).map((one) => valueIn(schema, one)).join(' or ');
  if (value.pattern?.includes('(ms|s|m|h|d)')) return 'duration';
  if (value.pattern?.includes('%')) return 'percentage';
  if (value.type === 'array') return `list of ${plural(schema, value.items)}`;
  if (value['x-reference']) return `name of a ${value['x-reference']}`.replace('name of a file', 'path of a file');
  if (value.type === 'object') return value.properties ? 'map' : 'map by name';
  return (
    { string: 'text', integer: 'whole number', number: 'number', boolean: '`true` or `false`' }[value.type] ?? 'any'
  );
}

function plural(schema, items) {
  if (items === undefined) return 'values';
  const value = follow(schema, items);
  const reference = value['x-reference'] ?? (value.if ? follow(schema, value.else)['x-reference'] : undefined);
  if (reference) return `${reference}s`;
  if (value['x-expression']) return 'expressions';
  if (value.enum) return value.enum.map((one) => `\`${one}\``).join(', ');
  return value.properties ? 'maps' : 'texts';
}

function valueTable(at) {
  const meanings = Object.entries(at['x-enum-descriptions'] ?? {});
  if (meanings.length === 0) return [];
  return table(
    ['value', 'meaning'],
    meanings.map(([value, text]) => [`\`${value}\``, cell(text)]),
  );
}

/** The lines of a table whose columns stand below each other in the source, too. */
function table(heads, rows) {
  const widths = heads.map((head, column) => Math.max(head.length, 3, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

function follow(schema, property) {
  return property.$ref ? { ...resolve(schema, property.$ref.slice(1)), ...property, $ref: undefined } : property;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
