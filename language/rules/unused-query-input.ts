import type { Tool } from '../model/catalog.js';
import { readSql } from '../model/sql-text.js';
import type { Problem } from '../problem.js';
import { type RuleInfo, report } from './rule.js';

const CATALOG = (input: string, where: string): string => `catalog: network
tools:
  network.talks_to:
    description: Read how often hosts talked to a domain.
    effect: read
    reversible: true
    idempotent: true
    backend:
      evidence: SELECT count(*) AS connections FROM connections WHERE destination_domain = :domain${where}
    input:
      domain: { type: string, x-entity: domain }
      ${input}: { type: string }
    output: { connections: { type: integer } }
`;

export const unusedQueryInput: RuleInfo = {
  name: 'unused-query-input',
  group: 'hygiene',
  severity: 'warning',
  tag: 'unnecessary',
  what: 'A tool that is a query takes an input which the query does not use.',
  why: 'Whoever gives it believes that it narrows the answer, such as to one day or one host, and judges by events of all of them.',
  fix: 'Use it in the query, as in `AND time >= :since`, or take it out of `input`.',
  failing: { kind: 'tools', text: CATALOG('«since»', '') },
  passing: { kind: 'tools', text: CATALOG('since', ' AND time >= :since') },
};

/** The inputs of a tool that its query passes over. */
export function* unusedQueryInputs({ name, backend, inputRanges }: Tool): Generator<Problem> {
  if (backend.kind !== 'evidence') return;
  const { parameters } = readSql(backend.query);
  for (const [input, range] of inputRanges) {
    if (parameters.has(input)) continue;
    yield report(
      unusedQueryInput,
      range,
      `The query of ${name.value} does not use ":${input}", so it decides nothing of the answer. Use it, or take it out of "input".`,
    );
  }
}
