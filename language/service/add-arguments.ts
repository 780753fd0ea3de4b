import type { LoadedPlaybook } from '../load.js';
import { ENTITY_MEMBERS } from '../model/entities.js';
import type { JsonSchema } from '../model/json-schema.js';
import type { Step } from '../model/playbook.js';
import { parametersOf } from '../rules/parameters.js';
import { listed } from '../rules/words.js';
import { entryOf, type Range } from '../syntax/tree.js';
import { flowYaml, word } from './flow-yaml.js';
import { addEntries } from './map-entry.js';
import type { Proposal } from './proposal.js';
import type { SourceFile } from './source-file.js';
import { gapAt, lineBreak, nextLine, stepText, written } from './step-text.js';

/** For a call that lacks arguments: those, each with what it most likely is. */
export function argumentProposals(source: SourceFile, range: Range): Proposal[] {
  const { playbook, text } = source;
  const problems = source.problems.filter(
    (one) => one.rule === 'missing-argument' && one.range.start <= range.end && range.start <= one.range.end,
  );
  if (!playbook || problems.length === 0) return [];
  const calls = [...parametersOf(playbook)];
  return problems.flatMap((problem): Proposal[] => {
    const call = calls.find(({ name }) => name.range.start === problem.range.start);
    const place = call && stepText(source, call.step);
    if (!call || !place) return [];
    const { step, takes } = call;
    const present = new Set(call.given.map((argument) => argument.name.value));
    const missing = (takes.required ?? []).filter((name) => !present.has(name));
    const given = entryOf(step.node, 'with');
    if (missing.length === 0 || (given?.value !== undefined && given.value.kind !== 'map')) return [];
    const entries = missing.map((name) => `${word(name)}: ${guess(playbook, step, takes.properties?.[name])}`);
    return [
      {
        title: `Add the missing ${missing.length === 1 ? 'argument' : 'arguments'} ${listed(missing.map((name) => `"${name}"`))}`,
        kind: 'quickfix',
        preferred: true,
        makesFile: false,
        problems: [problem],
        changes: () => {
          const at = nextLine(text, given ? given.key.range.end : problem.range.end);
          const lines = given ? entries.map((entry) => `  ${entry}`) : [`with: { ${entries.join(', ')} }`];
          const edit =
            given?.value?.kind === 'map'
              ? addEntries(text, given.value, entries)
              : {
                  range: { start: at, end: at },
                  newText: gapAt(text, at) + written(lines, place.keys, lineBreak(text)),
                };
          return [{ uri: source.uri, create: false, edits: [edit] }];
        },
      },
    ];
  });
}

/** A value of the right type: for an entity the item of the loop around, an input or the alert's first; else nothing yet. */
function guess(playbook: LoadedPlaybook, step: Step, schema: JsonSchema | undefined): string {
  const entity = schema?.['x-entity'];
  if (entity !== undefined && schema?.type !== 'array') {
    const variables = [...(playbook.scopes.get(step)?.variables ?? [])].reverse();
    const item = variables.find(([, type]) => type.kind === 'string' && type.entity === entity)?.[0];
    const input = Object.entries(playbook.playbook.inputs?.properties ?? {}).find(
      ([, one]) => one['x-entity'] === entity,
    );
    const path = item ?? (input ? `inputs.${input[0]}` : `alert.entities.${ENTITY_MEMBERS[entity]}[0]`);
    return `"\${{ ${path} }}"`;
  }
  const first = schema?.default ?? schema?.enum?.[0] ?? schema?.const;
  if (first !== undefined) return flowYaml(first);
  switch (schema?.type) {
    case 'integer':
    case 'number':
      return String(schema.minimum ?? 0);
    case 'boolean':
      return 'false';
    case 'array':
      return '[]';
    case 'object':
      return '{}';
    default:
      return '""';
  }
}
