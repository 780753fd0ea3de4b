import { STEP_KINDS } from '../model/playbook.js';
import type { NodePath } from '../schema/node-path.js';
import { rootSchema, schemaAt } from '../schema/schema-at.js';
import { type RawSchema, type SchemaView, viewsOf } from '../schema/schema-view.js';
import type { MapNode } from '../syntax/tree.js';
import { valueCompletions } from './complete-values.js';
import type { Completion, CompletionHost } from './completion.js';
import type { TypingPlace } from './cursor.js';
import { argumentSnippet, entrySnippet, escapeSnippet, flowMapSnippet, flowSnippet, valueSnippet } from './snippets.js';
import type { SourceFile } from './source-file.js';
import { gatedActSnippet, stepSnippet } from './step-snippets.js';
import { takenInputs } from './taken-inputs.js';

/**
 * The keys that can be written at a place and are not there yet, required ones first, each with a body to fill in. Where
 * nothing is written yet, a place may also take words or list items; those are offered as well.
 */
export function keyCompletions(source: SourceFile, place: TypingPlace, host: CompletionHost): Completion[] {
  const last = place.path.at(-1);
  if (!last) return [];
  const map = last.kind === 'entry' ? last.map : undefined;
  const path: NodePath = last.kind === 'entry' ? place.path.slice(0, -1) : place.path;
  const alone = map === undefined || map.entries.length === 1;
  const owners = schemaAt(source.kind, place.root, path, takenInputs(source, host.casePlaybook), alone);
  const keys = keysOf(source, place, owners, map);
  if (map === undefined || !alone) return keys;
  return [...keys, ...itemsBelow(source, place, path, owners, host)];
}

function keysOf(
  source: SourceFile,
  place: TypingPlace,
  owners: readonly SchemaView[],
  map: MapNode | undefined,
): Completion[] {
  const maps = owners.filter((view) => Object.keys(view.properties).length > 0);
  const first = maps[0];
  const root = rootSchema(source.kind);
  if (!first) return owners.slice(0, 1).flatMap((view) => newEntry(place, view, root, 0));
  const present = new Set(map?.entries.map((entry) => entry.key.text));
  const kinds = maps.length > 1 ? stepKinds(maps) : [];
  const out: Completion[] = [];
  // While the kind of step is open, only what every kind has can be said, and the kinds themselves.
  const shared = Object.keys(first.properties).filter((key) =>
    maps.every((view) => Object.hasOwn(view.properties, key)),
  );
  const isNew = (map?.entries.length ?? 0) <= 1;
  const taken = kinds.length > 0 ? takenIds(source) : new Set<string>();
  const whole = isNew && !place.flow && place.lineEnds && !place.colon;
  for (const { kind, view } of kinds) {
    const schema = view.properties[kind];
    if (!schema || present.has(kind)) continue;
    out.push({
      ...offer(place, kind, schema, root, view.required.includes(kind), out.length, false),
      ...(whole ? { edit: edit(place, stepSnippet(kind, place.hang, taken)) } : {}),
      kind: 'step-kind',
      detail: whole ? `a new ${kind} step` : `${kind} step`,
      documentation: view.description ?? viewsOf(schema, root, undefined)[0]?.description ?? '',
      sortText: `1${String(out.length).padStart(3, '0')}`,
    });
  }
  if (whole && kinds.length > 1 && place.hang.length >= 2 && !present.has('id'))
    out.push(gatedAct(place, taken, out.length));
  for (const key of shared) {
    const schema = first.properties[key];
    if (!schema || present.has(key)) continue;
    const required = maps.every((view) => view.required.includes(key));
    // A new map begins with a key it cannot do without.
    if (map === undefined && !required && first.required.length > 0) continue;
    out.push(offer(place, key, schema, root, required, out.length, first.template));
  }
  out.push(...newEntry(place, first, root, out.length));
  return out;
}

/** A gate and an act behind it, where a new step can be written. */
function gatedAct(place: TypingPlace, taken: ReadonlySet<string>, order: number): Completion {
  return {
    label: 'gate and action',
    kind: 'step-kind',
    detail: 'asks people, then acts',
    documentation: 'A gate, and the act that it grants. The act stays denied without the approval.',
    edit: edit(place, gatedActSnippet(place.hang, taken)),
    snippet: true,
    filterText: 'gate and action',
    sortText: `1${String(order).padStart(3, '0')}`,
  };
}

function takenIds({ playbook }: SourceFile): Set<string> {
  return new Set([...(playbook?.stepOf.keys() ?? []), ...(playbook?.playbook.unfinished ?? [])]);
}

/** One more entry of a map whose keys people name: a field, an input, a role, a branch. */
function newEntry(place: TypingPlace, view: SchemaView, root: RawSchema, order: number): Completion[] {
  const last = place.path.at(-1);
  const owner = last?.kind === 'entry' && place.on === 'key' ? place.path.at(-2) : last;
  const key = owner?.kind === 'entry' ? owner.entry.key.text : undefined;
  if (!view.additional || view.template || place.flow || !place.lineEnds || place.colon || key === undefined) return [];
  const name = SINGULAR[key];
  if (name === undefined) return [];
  return [
    {
      label: `new ${name}`,
      kind: 'key',
      detail: '',
      documentation: viewsOf(view.additional, root, undefined)[0]?.description ?? '',
      // The name of a tool has two parts at least.
      edit: edit(place, entrySnippet(name === 'tool' ? 'system.tool' : name, view.additional, root, place.hang)),
      snippet: true,
      filterText: `new ${name}`,
      sortText: `3${String(order).padStart(3, '0')}`,
    },
  ];
}

/** What one entry of a map of names is called. */
const SINGULAR: { readonly [key: string]: string } = {
  inputs: 'input',
  input: 'field',
  output: 'field',
  context: 'context',
  branches: 'branch',
  roles: 'role',
  tags: 'tag',
  tools: 'tool',
};

/**
 * A whole map or list where one has to follow a colon on its line, in braces or brackets: with the keys it cannot do without,
 * or with one of the others; with one of the words its items can be.
 */
export function wholeValueCompletions(
  source: SourceFile,
  place: TypingPlace,
  views: readonly SchemaView[],
  host: CompletionHost,
): Completion[] {
  // Something that is no word stands there already.
  if (place.value.end > place.value.start && place.replace.start === place.replace.end) return [];
  const root = rootSchema(source.kind);
  const out: Completion[] = [];
  const add = (label: string, body: string, required: boolean, documentation: string): void => {
    out.push({
      label,
      kind: 'key',
      detail: required ? 'required' : '',
      documentation,
      edit: edit(place, body),
      snippet: true,
      filterText: label.replace(/[{},]/g, '').trim(),
      sortText: `${required ? 0 : 2}${String(out.length).padStart(3, '0')}`,
    });
  };
  for (const view of views) {
    const keys = Object.keys(view.properties);
    // What holds steps or long texts is written below its key.
    const isShort = keys.length > 0 && view.required.every((key) => isShortValue(view, key, root));
    if (isShort && view.required.length > 1)
      add(`{ ${view.required.join(', ')} }`, flowMapSnippet(view, root, view.required), true, '');
    for (const key of isShort ? keys : []) {
      const needed = view.required.includes(key) ? view.required : [...view.required, key];
      const schema = view.properties[key] ?? {};
      add(
        key,
        flowMapSnippet(view, root, needed),
        view.required.includes(key),
        viewsOf(schema, root, undefined)[0]?.description ?? '',
      );
    }
    if (!view.items || view.types.includes('string')) continue;
    const items = viewsOf(view.items, root, undefined);
    for (const word of valueCompletions(source, place, items, host)) {
      const newText = `${escapeSnippet(place.prefix)}[${word.edit.newText.slice(escapeSnippet(place.prefix).length)}$0]`;
      out.push({ ...word, edit: { ...word.edit, newText: newText.replace('\\$0', '$0') } });
    }
  }
  return out;
}

function isShortValue(view: SchemaView, key: string, root: RawSchema): boolean {
  const value = viewsOf(view.properties[key] ?? {}, root, undefined)[0];
  if (!value) return true;
  const isLongText = !view.template && value.template && value.types.includes('string');
  return (
    !isLongText && !(value.items && viewsOf(value.items, root, undefined).some((item) => item.required.includes('id')))
  );
}

/** The views of a step that could still be of any kind, by kind. */
function stepKinds(views: readonly SchemaView[]): { kind: (typeof STEP_KINDS)[number]; view: SchemaView }[] {
  return STEP_KINDS.flatMap((kind) => {
    const view = views.find((candidate) => candidate.required.includes(kind));
    return view ? [{ kind, view }] : [];
  });
}

function offer(
  place: TypingPlace,
  key: string,
  schema: RawSchema,
  root: RawSchema,
  required: boolean,
  order: number,
  isArgument: boolean,
): Completion {
  const view = viewsOf(schema, root, undefined)[0];
  return {
    label: key,
    kind: isArgument ? 'argument' : 'key',
    detail: required ? 'required' : '',
    documentation: view?.description ?? '',
    edit: edit(place, keyText(place, key, schema, root, isArgument)),
    snippet: true,
    filterText: key,
    sortText: `${required ? 0 : 2}${String(order).padStart(3, '0')}`,
  };
}

function keyText(place: TypingPlace, key: string, schema: RawSchema, root: RawSchema, isArgument: boolean): string {
  const name = escapeSnippet(key);
  if (place.colon) return name;
  // A list in brackets takes a map only in braces.
  if (place.flow && place.path.at(-1)?.kind === 'item') return `{ ${name}: $0 \\}`;
  if (place.flow) return `${name}:${isArgument ? argumentSnippet(schema) : flowSnippet(schema, root)}`;
  if (!place.lineEnds) return `${name}: $0`;
  if (isArgument) return `${name}:${argumentSnippet(schema)}`;
  return `${name}:${valueSnippet(schema, root, place.hang)}`;
}

function edit(place: TypingPlace, text: string): Completion['edit'] {
  return { range: place.replace, newText: escapeSnippet(place.prefix) + text };
}

/** What can stand below a key instead of a map: list items with their dash, or a word on a line of its own. */
function itemsBelow(
  source: SourceFile,
  place: TypingPlace,
  path: NodePath,
  owners: readonly SchemaView[],
  host: CompletionHost,
): Completion[] {
  const root = rootSchema(source.kind);
  const out = valueCompletions(source, place, owners, host, path);
  for (const view of owners) {
    if (!view.items || place.colon) continue;
    const inner: TypingPlace = { ...place, prefix: '- ', hang: `${place.hang}  ` };
    const items = viewsOf(view.items, root, undefined);
    out.push(...keysOf(source, inner, items, undefined), ...valueCompletions(source, inner, items, host, path));
  }
  return out;
}
