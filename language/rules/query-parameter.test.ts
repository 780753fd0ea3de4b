import assert from 'node:assert/strict';
import { checkFile } from '../check-file.js';

/** What is reported of a tool's query, as the words it is reported at. */
function reported(query: string, input = '{ domain: { type: string } }'): readonly string[] {
  const text = `catalog: network
tools:
  network.talks_to:
    description: Read.
    effect: read
    reversible: true
    idempotent: true
    backend:
      evidence: ${query}
    input: ${input}
    output: { n: { type: integer } }
`;
  return checkFile('file:///w/x.tools.yaml', text, { read: () => undefined }).problems.map(
    ({ rule, range }) => `${rule} ${text.slice(range.start, range.end)}`,
  );
}

describe('The parameters of a query in a catalog', () => {
  it('are found where they stand, however the query is written', () => {
    const all = [
      'SELECT :a AS n WHERE :domain',
      '"SELECT :a\\tAS n WHERE :domain"',
      '>-\n        SELECT\n        :a AS n\n        WHERE :domain',
      '|\n        SELECT 1\n        -- of :b\n        + :a AS n WHERE :domain',
    ];
    for (const query of all) assert.deepEqual(reported(query), ['query-parameter :a'], query);
  });

  it('need a name, and may have any of the signs SQLite takes', () => {
    assert.deepEqual(reported('SELECT ?, ?1, @domain, $other AS n'), [
      'query-parameter ?',
      'query-parameter ?1',
      'query-parameter $other',
    ]);
  });

  it('are none in texts, names and comments', () => {
    assert.deepEqual(reported(`SELECT ':a', ":b", /* :c */ :domain AS n`), []);
  });

  it('use every input', () => {
    const inputs = '{ domain: { type: string }, since: { type: string, optional: true } }';
    assert.deepEqual(reported('SELECT 1 AS n WHERE :domain', inputs), ['unused-query-input since']);
  });

  it('are looked at in queries of the catalog only, not in tools that take a query', () => {
    const text = `catalog: network
tools:
  network.recorded: { description: Read., effect: read, reversible: true, idempotent: true, input: { domain: { type: string } }, output: {} }
`;
    assert.deepEqual(checkFile('file:///w/x.tools.yaml', text, { read: () => undefined }).problems, []);
  });
});
