import type { JsonSchema } from '../model/json-schema.js';
import { SCHEMAS } from '../model/schemas.generated.js';
import type { FileKind } from '../model/shape.js';
import type { Node } from '../syntax/tree.js';
import { type NodePath, type PathStep, targetOf } from './node-path.js';
import { type RawSchema, type SchemaView, viewsOf } from './schema-view.js';

/** What decides a schema beside the file's own text: what is taken below a step of a path, where something says so. */
export type InputsBelow = (step: PathStep) => JsonSchema | undefined;

/**
 * What the schema of a file kind says at the end of a path: several views while the text leaves it open which applies (a
 * step whose kind is not written yet), none where the schema knows nothing. Under a `with:` what the other side takes
 * speaks, as `inputs` knows it. With `open` the last node counts as not written yet, so that every form of it is given.
 */
export function schemaAt(
  kind: FileKind,
  root: Node | undefined,
  path: NodePath,
  inputs: InputsBelow,
  open = false,
): SchemaView[] {
  const schema = rootSchema(kind);
  let views = viewsOf(schema, schema, root);
  for (const step of path) {
    const node = open && step === path.at(-1) ? undefined : targetOf(step);
    const template = views.some((view) => view.template);
    const input = inputs(step);
    const children = views.flatMap((view) => {
      const child = childOf(view, step);
      if (!child) return [];
      return viewsOf(input ? { ...child, ...input } : child, schema, node);
    });
    views = template ? children.map((view) => ({ ...view, template: true })) : children;
  }
  return views;
}

/** The whole schema of a file kind, which its `$ref`s are resolved in. */
export function rootSchema(kind: FileKind): RawSchema {
  const schema = SCHEMAS[kind];
  return isRecord(schema) ? schema : {};
}

function childOf(view: SchemaView, step: PathStep): RawSchema | undefined {
  if (step.kind === 'item') return view.items;
  const key = step.entry.key.text;
  return Object.hasOwn(view.properties, key) ? view.properties[key] : view.additional;
}

function isRecord(value: unknown): value is RawSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
