import { ENTITY_MEMBERS } from '../model/entities.js';
import { ENTITY_TYPES, type EntityType } from '../model/levels.js';
import type { Step } from '../model/playbook.js';
import type { SchemaView } from '../schema/schema-view.js';
import type { Completion } from './completion.js';
import type { TypingPlace } from './cursor.js';
import { escapeSnippet } from './snippets.js';
import type { SourceFile } from './source-file.js';
import { surroundingsOf } from './step-order.js';
import { loopsOn } from './visible.js';

/**
 * Templates that fill an argument which names an entity: the items of the loops around it, the playbook's own inputs and the
 * alert's entities of that type, and what steps that ran before return of it. Nothing once something is written.
 */
export function templateCompletions(
  source: SourceFile,
  place: TypingPlace,
  views: readonly SchemaView[],
): Completion[] {
  const entity = ENTITY_TYPES.find((type) => views.some((view) => view.entity === type));
  const playbook = source.playbook?.playbook;
  if (entity === undefined || !playbook || place.value.end > place.value.start) return [];
  const many = views.some((view) => view.types.includes('array'));
  const given = Object.entries(playbook.inputs?.properties ?? {}).flatMap(([name, schema]) =>
    schema['x-entity'] === entity && !many ? [`inputs.${name}`] : [],
  );
  const items = many ? [] : loopsOn(place.path).map(({ name }) => name);
  const paths = [
    ...items.reverse(),
    ...given,
    many ? `alert.entities.${ENTITY_MEMBERS[entity]}` : `alert.entities.${ENTITY_MEMBERS[entity]}[0]`,
  ];
  for (const step of surroundingsOf(playbook, place.replace.start).visible) {
    paths.push(...outputsNaming(source, step, entity, many));
  }
  const quoted = /["']/.test(source.text.charAt(place.value.start - 1));
  return paths.map((path, index) => {
    const template = `\${{ ${path} }}`;
    const text = escapeSnippet(place.prefix + (quoted ? template : `"${template}"`));
    return {
      label: template,
      kind: 'variable',
      detail: entity,
      documentation: '',
      edit: { range: place.replace, newText: text },
      snippet: true,
      filterText: path,
      sortText: `1${String(index).padStart(4, '0')}`,
    };
  });
}

/** Fields of a step's output that name an entity of a type. */
function outputsNaming(source: SourceFile, step: Step, entity: EntityType, many: boolean): string[] {
  const output =
    step.kind === 'action'
      ? source.tools.get(step.tool.value)?.output
      : step.kind === 'agent' || step.kind === 'manual'
        ? step.output
        : undefined;
  return Object.entries(output?.properties ?? {}).flatMap(([field, schema]) => {
    const path = `steps.${step.id.value}.output.${field}`;
    if (schema['x-entity'] === entity) return many ? [] : [path];
    return schema.items?.['x-entity'] === entity ? [many ? path : `${path}[0]`] : [];
  });
}
