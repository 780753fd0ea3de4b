import assert from 'node:assert/strict';
import { buildCatalog } from '../../../language/model/build-catalog.js';
import { parseYaml } from '../../../language/syntax/parse.js';
import type { JsonObject } from '../../protocol/trace.js';
import { toolHost } from '../hosts.js';
import type { ToolAnswer } from '../port.js';
import { schemaCheck } from '../schema-check.js';
import type { Analyst } from './analyst.js';
import { makeTable } from './columns.js';
import { type EvidenceDatabase, openDatabase } from './database.js';
import { evidenceHost } from './host.js';
import { DATA_LIMITS } from './limits.js';

const TOOLS = buildCatalog(
  'file:///c.tools.yaml',
  parseYaml(`catalog: c
tools:
  ask.sql:
    { description: d, effect: read, input: { sql: { type: string }, parameters: { type: object, optional: true } }, output: { columns: { type: array }, rows: { type: array }, count: { type: integer }, truncated: { type: boolean } }, backend: { built-in: evidence.query } }
  user.summary:
    description: One row.
    effect: read
    input: { user: { type: string }, since: { type: string, optional: true } }
    output: { signins: { type: integer }, any_failed: { type: boolean }, ips: { type: array, items: { type: string } } }
    backend:
      evidence: SELECT count(*) AS signins, max(NOT ok) AS any_failed, json_group_array(ip) AS ips FROM signins WHERE user = :user AND (:since IS NULL OR time >= :since)
  user.list:
    description: Many rows.
    effect: read
    input: { user: { type: string } }
    output: { rows: { type: array, items: { type: object, properties: { ip: { type: string }, ok: { type: boolean } }, required: [ip, ok], additionalProperties: false } } }
    backend: { evidence: "SELECT ip, ok FROM signins WHERE user = :user ORDER BY time" }
  user.forgotten: { description: d, effect: read, input: {}, output: { n: { type: integer } }, backend: { evidence: "SELECT count(*) AS n FROM signins WHERE user = :user" } }
  user.rows: { description: d, effect: read, input: {}, output: { user: { type: string } }, backend: { evidence: SELECT user FROM signins } }
  user.wipe: { description: d, effect: evict, input: {}, output: { n: { type: integer } }, backend: { evidence: SELECT 1 AS n } }
  user.recorded: { description: d, effect: read, input: {}, output: {} }
  user.travel: { description: d, effect: read, input: { table: { type: string } }, output: { impossible: { type: boolean } }, backend: { built-in: behaviour.impossible_travel } }
`).root,
).tools;

const EVENTS = [
  { time: '2026-11-25T08:00:00Z', user: 'a', ip: '192.0.2.1', ok: true },
  { time: '2026-11-25T09:00:00Z', user: 'a', ip: '192.0.2.2', ok: false },
  { time: '2026-11-25T10:00:00Z', user: 'b', ip: '192.0.2.3', ok: true },
];

describe('answers from event data', () => {
  let database: EvidenceDatabase;
  before(async () => {
    const made = makeTable('signins', EVENTS, DATA_LIMITS);
    assert.ok(made.ok);
    database = await openDatabase([made.table]);
  });

  const analyst: Analyst = {
    query: async (sql, parameters) => database.query(sql, parameters),
    builtIn: async (name) => ({ ok: false, error: `asked ${name}` }),
    close: async () => undefined,
  };
  const call = async (name: string, args: JsonObject = {}, withEvents = true): Promise<ToolAnswer> => {
    const tool = TOOLS.get(name);
    assert.ok(tool, name);
    const schemas = schemaCheck();
    const host = toolHost({
      sample: { answers: [] },
      schemas,
      evidence: evidenceHost(withEvents ? analyst : undefined, schemas),
      live: undefined,
    });
    const request = { tool, arguments: args, simulate: tool.effect !== 'read' };
    return structuredClone(await host.call(request, new AbortController().signal));
  };
  const error = async (name: string, args: JsonObject = {}, withEvents = true): Promise<string> => {
    const answer = await call(name, args, withEvents);
    assert.ok(!answer.ok, JSON.stringify(answer));
    return answer.error;
  };

  it("are what a catalog's own query finds, as its output has it", async () => {
    assert.deepEqual(await call('user.summary', { user: 'a' }), {
      ok: true,
      output: { signins: 2, any_failed: true, ips: ['192.0.2.1', '192.0.2.2'] },
      source: 'evidence',
    });
    assert.deepEqual(await call('user.list', { user: 'a' }), {
      ok: true,
      output: {
        rows: [
          { ip: '192.0.2.1', ok: true },
          { ip: '192.0.2.2', ok: false },
        ],
      },
      source: 'evidence',
    });
  });

  it('take arguments as values, never as SQL; one that is left out is null', async () => {
    const none = await call('user.list', { user: "a' OR '1'='1" });
    assert.deepEqual(none.ok && none.output, { rows: [] });
    const late = await call('user.summary', { user: 'a', since: '2026-11-25T08:30:00Z' });
    assert.deepEqual(late.ok && late.output, { signins: 1, any_failed: true, ips: ['192.0.2.2'] });
  });

  it('come from the SQL of whoever asks, where the tool is for that', async () => {
    const sql = 'SELECT user, count(*) AS n FROM signins WHERE ok = :ok GROUP BY user ORDER BY user';
    assert.deepEqual(await call('ask.sql', { sql, parameters: { ok: true } }), {
      ok: true,
      output: {
        columns: ['user', 'n'],
        rows: [
          ['a', 1],
          ['b', 1],
        ],
        count: 2,
        truncated: false,
      },
      source: 'built-in:evidence.query',
    });
    assert.match(await error('ask.sql', { sql: 'DELETE FROM signins' }), /Only a SELECT/);
    assert.match(await error('ask.sql', { sql, parameters: [] }), /"parameters" must be an object/);
    assert.match(await error('ask.sql', { sql, limit: 1 }), /"limit" is no argument/);
  });

  it('fail as values, with what to do', async () => {
    assert.match(await error('user.forgotten'), /no value for the parameter ":user"/);
    assert.match(await error('user.rows'), /more than one row/);
    assert.match(await error('user.travel', { table: 'signins' }), /asked behaviour\.impossible_travel/);
    assert.match(await error('user.summary', { user: 'a' }, false), /this case has none. Name some under "events"/);
    assert.match(await error('user.recorded'), /No recorded answer/);
  });

  it('are never asked for a tool that does not only read', async () => {
    assert.deepEqual(await call('user.wipe'), { ok: true, output: { n: 0 }, source: 'simulated' });
  });
});
