import type { Tool } from '../model/catalog.js';
import { readSql } from '../model/sql-text.js';
import type { Problem } from '../problem.js';
import { closest } from '../suggest.js';
import { sourceRangesIn } from '../syntax/scalar-map.js';
import { get } from '../syntax/tree.js';
import { type RuleInfo, report } from './rule.js';

const CATALOG = (parameter: string): string => `catalog: network
tools:
  network.talks_to:
    description: Read how often hosts talked to a domain.
    effect: read
    reversible: true
    idempotent: true
    backend:
      evidence: SELECT count(*) AS connections FROM connections WHERE destination_domain = ${parameter}
    input: { domain: { type: string, x-entity: domain } }
    output: { connections: { type: integer } }
`;

export const queryParameter: RuleInfo = {
  name: 'query-parameter',
  group: 'types',
  severity: 'error',
  what: 'A query of a catalog has a parameter that is no input of its tool, or one without a name.',
  why: 'Inputs are bound by name. There is never a value for another, so every call fails, in the middle of an investigation.',
  fix: 'Name an input of the tool, such as `:domain`, or declare one of that name under `input`.',
  failing: { kind: 'tools', text: CATALOG('«:domian»') },
  passing: { kind: 'tools', text: CATALOG(':domain') },
};

/** The parameters of a tool's query that nothing is bound to. `text` is the catalog's. */
export function* queryParameterProblems({ name, backend, input, node }: Tool, text: string): Generator<Problem> {
  const query = get(get(node, 'backend'), 'evidence');
  if (backend.kind !== 'evidence' || query?.kind !== 'scalar') return;
  const inputs = Object.keys(input.properties ?? {});
  const ranges = sourceRangesIn(query, text);
  for (const use of readSql(query.text).uses) {
    if (inputs.includes(use.name)) continue;
    const range = ranges(use.start, use.end);
    if (use.name === '') {
      yield report(
        queryParameter,
        range,
        `A parameter needs a name here, such as ":${inputs[0] ?? 'user'}": inputs are bound by name, so every call of ${name.value} fails.`,
      );
      continue;
    }
    const suggestion = closest(use.name, inputs);
    const known = suggestion ? `Did you mean ":${suggestion}"?` : `Its inputs: ${inputs.join(', ') || 'none'}.`;
    yield report(
      queryParameter,
      range,
      `${name.value} has no input "${use.name}", so there is never a value for this parameter and every call fails. ${known}`,
      {
        fixes: suggestion
          ? [
              {
                title: `Change to ":${suggestion}"`,
                edits: [{ range: ranges(use.start + 1, use.end), newText: suggestion }],
                safe: false,
              },
            ]
          : [],
      },
    );
  }
}
