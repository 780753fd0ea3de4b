import { alertClass } from '../../language/authority/scope.js';
import type { LoadedPlaybook } from '../../language/load.js';
import { alertEntities } from '../../language/model/entities.js';
import { calleesOf } from '../callees.js';
import type { Json } from '../protocol/trace.js';
import type { EvidenceData } from '../run-tools.js';
import { PERSONAL_TYPES } from '../trace/personal.js';
import type { CaseContent } from './case-text.js';
import {
  domainOf,
  type FoundValue,
  fieldValue,
  patternValues,
  REVIEWED_TYPES,
  typedValues,
  untypedValues,
} from './personal-values.js';

/** A value that a person is to look at, and in which parts of the case it stands. */
export interface ReviewedValue extends FoundValue {
  readonly places: readonly string[];
}

/** What a case is made of, as far as it may name somebody. */
export interface Material {
  readonly alert: Json;
  readonly content: Pick<
    CaseContent,
    'title' | 'description' | 'inputs' | 'answers' | 'approvals' | 'tasks' | 'undo' | 'id'
  >;
  readonly events: Pick<EvidenceData, 'tables'>;
}

/**
 * Personal data in what a case is made of: what the schema of alerts, of inputs and of tools types as a user, an address or an IP
 * address, what OCSF says of users, columns and members named for people, and everywhere addresses by their form. Sorted by type
 * and value, each in any spelling once. Names in running text are not found.
 */
export function personalIn({ alert, content, events }: Material, loaded: LoadedPlaybook): readonly ReviewedValue[] {
  const found = new Map<string, { readonly type: FoundValue['type']; readonly value: string; places: Set<string> }>();
  const add = (place: string, values: readonly FoundValue[]): void => {
    for (const { type, value } of values) {
      // The first type counts: what a schema says comes before what a text looks like.
      const known = found.get(value.toLowerCase());
      if (known) known.places.add(place);
      else found.set(value.toLowerCase(), { type, value, places: new Set([place]) });
      if (value.includes('@') && !known) add(place, domainOf(value));
    }
  };
  const both = [loaded, ...calleesOf(loaded)];
  const known = alertClass(loaded.playbook.trigger?.class?.value);
  const entities = alertEntities(alert);
  add(
    'alert',
    PERSONAL_TYPES.flatMap((type) => (entities[type] ?? []).map((value) => ({ type, value }))),
  );
  if (known) add('alert', typedValues(alert, known.schema));
  add('alert', untypedValues(alert));
  if (loaded.playbook.inputs) add('inputs', typedValues(content.inputs, loaded.playbook.inputs));
  add('inputs', untypedValues(content.inputs));
  const typedCall = (name: string, args: Json, output: Json): readonly FoundValue[] => {
    const tool = both.flatMap(({ tools }) => tools.get(name) ?? [])[0];
    return tool ? [...typedValues(args, tool.input), ...typedValues(output, tool.output)] : [];
  };
  for (const { tool, with: args, output = null, error = '' } of content.answers) {
    add('answers', [...typedCall(tool, args, output), ...untypedValues(args), ...untypedValues(output)]);
    add('answers', patternValues(error));
  }
  for (const { with: args = {}, reason = '' } of content.approvals)
    add('what people wrote', [...untypedValues(args), ...patternValues(reason)]);
  for (const { output } of content.tasks) add('what people wrote', untypedValues(output));
  for (const { reason } of content.undo) add('what people wrote', patternValues(reason));
  add('what people wrote', patternValues(`${content.title}\n${content.description}`));
  for (const { name, columns, rows } of events.tables) {
    for (const row of rows) {
      for (const [at, cell] of row.entries()) {
        if (typeof cell !== 'string') continue;
        add(`events ${name}`, [...fieldValue(columns[at]?.name ?? '', cell), ...patternValues(cell)]);
      }
    }
  }
  const rank = ({ type }: FoundValue): number => REVIEWED_TYPES.indexOf(type);
  return [...found.values()]
    .map(({ type, value, places }) => ({ type, value, places: [...places] }))
    .sort((a, b) => rank(a) - rank(b) || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
}
