import { STEP_KINDS } from '../model/playbook.js';
import type { NodePath } from '../schema/node-path.js';
import { rootSchema, schemaAt } from '../schema/schema-at.js';
import { type RawSchema, type SchemaView, viewsOf } from '../schema/schema-view.js';
import type { MapNode } from '../syntax/tree.js';
import { valueCompletions } from './complete-values.js';
import type { Completion, CompletionHost } from './completion.js';
import type { TypingPlace } from './cursor.js';
import { argumentSnippet, escapeSnippet, stepSnippet, valueSnippet } from './snippets.js';
import type { SourceFile } from './source-file.js';
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
  if (!first) return [];
  const root = rootSchema(source.kind);
  const present = new Set(map?.entries.map((entry) => entry.key.text));
  const kinds = maps.length > 1 ? stepKinds(maps) : [];
  const out: Completion[] = [];
  // While the kind of step is open, only what every kind has can be said, and the kinds themselves.
  const shared = Object.keys(first.properties).filter((key) =>
    maps.every((view) => Object.hasOwn(view.properties, key)),
  );
  const isNew = (map?.entries.length ?? 0) <= 1;
  for (const { kind, view } of kinds) {
    const schema = view.properties[kind];
    if (!schema || present.has(kind)) continue;
    const whole = isNew && !place.flow && place.lineEnds && !place.colon;
    out.push({
      ...offer(place, kind, schema, root, view.required.includes(kind), out.length, false),
      ...(whole ? { edit: edit(place, stepSnippet(kind, view, root, place.hang)) } : {}),
      kind: 'step-kind',
      detail: whole ? `a new ${kind} step` : `${kind} step`,
      documentation: view.description ?? viewsOf(schema, root, undefined)[0]?.description ?? '',
      sortText: `1${String(out.length).padStart(3, '0')}`,
    });
  }
  for (const key of shared) {
    const schema = first.properties[key];
    if (!schema || present.has(key)) continue;
    const required = maps.every((view) => view.required.includes(key));
    // A new map begins with a key it cannot do without.
    if (map === undefined && !required && first.required.length > 0) continue;
    out.push(offer(place, key, schema, root, required, out.length, first.template));
  }
  return out;
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
  if (place.flow || !place.lineEnds) return `${name}: $0`;
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
