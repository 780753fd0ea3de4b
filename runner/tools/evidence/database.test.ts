import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeTable } from './columns.js';
import { type EvidenceDatabase, openDatabase } from './database.js';
import { DATA_LIMITS } from './limits.js';
import type { EventTable } from './table.js';

const EVENTS = [
  { time: '2026-11-25T08:00:00Z', user: 'm.ash', ip: '192.0.2.7', ok: true, bytes: 10 },
  { time: '2026-11-25T09:00:00Z', user: 'j.birch', ip: '203.0.113.88', ok: false, bytes: 20 },
  { time: '2026-11-25T10:00:00Z', user: "o'hara", ip: null, ok: false, bytes: 30.5 },
];

function tableOf(events: readonly { readonly [name: string]: unknown }[], name = 'signins'): EventTable {
  const made = makeTable(name, events, DATA_LIMITS);
  assert.ok(made.ok);
  return made.table;
}

const LIMITS = { rows: 5, bytes: 2_000, statement: 2_000, memory: 64 * 1024 * 1024 };

describe('evidence database', () => {
  let db: EvidenceDatabase;
  before(async () => {
    db = await openDatabase([tableOf(EVENTS)], LIMITS);
  });

  const rows = (sql: string, parameters = {}): unknown => {
    const answer = db.query(sql, parameters);
    assert.ok(answer.ok, answer.ok ? '' : answer.error);
    return answer.rows;
  };
  const error = (sql: string, parameters = {}): string => {
    const answer = db.query(sql, parameters);
    assert.ok(!answer.ok, `"${sql}" was answered`);
    return answer.error;
  };

  it('answers a SELECT with named columns, typed values and bound parameters', () => {
    assert.deepEqual(db.query('SELECT "user", ok, bytes FROM signins WHERE ip = :ip', { ip: '192.0.2.7' }), {
      ok: true,
      columns: ['user', 'ok', 'bytes'],
      rows: [['m.ash', 1, 10]],
      truncated: false,
    });
    assert.deepEqual(rows('with s as (select * from signins) select count(*) from s -- all of them'), [[3]]);
    assert.deepEqual(rows('SELECT count(*) FROM signins WHERE "user" = @user', { user: "o'hara" }), [[1]]);
    assert.deepEqual(rows("SELECT ':nobody', '?', \"user\" FROM signins LIMIT 1;"), [[':nobody', '?', 'm.ash']]);
  });

  it('binds a value whole: what it says is never read as SQL', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).map((text) => text.replace(/[\0\uD800-\uDFFF]/g, '')),
        (text) => {
          assert.deepEqual(rows('SELECT :text', { text }), [[text]]);
        },
      ),
    );
  });

  const CHANGES = [
    "INSERT INTO signins VALUES ('x','x','x',1,1)",
    "UPDATE signins SET user = 'x'",
    'DELETE FROM signins',
    'DROP TABLE signins',
    'CREATE TABLE mine (a)',
    'CREATE TEMP TABLE mine (a)',
    "ATTACH '/etc/passwd' AS p",
    'PRAGMA query_only=OFF',
    'PRAGMA writable_schema=ON',
    'EXPLAIN PRAGMA query_only=OFF',
    'VACUUM',
    "VACUUM INTO 'x'",
    'REINDEX',
    'SELECT :1',
    'SELECT #nobody',
    'SELECT $t::x',
    'SELECT :größe',
    'BEGIN',
    'SAVEPOINT s',
    'WITH s AS (SELECT 1) DELETE FROM signins',
    "WITH s AS (SELECT 1) INSERT INTO signins SELECT 'x','x','x',1,1 FROM s RETURNING *",
    '/* SELECT */ DELETE FROM signins',
    '-- SELECT\nDELETE FROM signins',
    "REPLACE INTO signins VALUES ('x','x','x',1,1)",
    'SELECT 1; DELETE FROM signins',
    'SELECT 1; SELECT 2',
    'SELECT * FROM pragma_database_list',
    'SELECT * FROM PRAGMA_table_info(:t)',
    'SELECT * FROM "pragma_database_list"',
    'SELECT * FROM `Pragma_database_list`',
    'SELECT * FROM [pragma_database_list]',
    "SELECT fts3_tokenizer('simple')",
    "SELECT load_extension('x')",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('x', 'y')",
    'SELECT random()',
    'SELECT "user" FROM signins ORDER BY random()',
    'SELECT randomblob(8)',
    'SELECT ?',
    'SELECT ?1',
    'SELECT :nobody',
    '',
    ';',
    '-- nothing',
    'SELECT',
    'SELECT * FROM nowhere',
    `SELECT '${'x'.repeat(2_000)}'`,
  ];
  for (const sql of CHANGES) {
    it(`refuses ${JSON.stringify(sql.slice(0, 60))}, and nothing is changed`, () => {
      assert.notEqual(error(sql, { t: 'signins' }), '');
      assert.deepEqual(rows('SELECT count(*), min("user") FROM signins'), [[3, 'j.birch']]);
      assert.deepEqual(rows('SELECT name FROM sqlite_schema'), [['signins']]);
    });
  }

  it('has no word by which any text of SQL changes it', () => {
    const words = fc.constantFrom(
      ...[
        'SELECT',
        'WITH',
        's',
        'AS',
        '(',
        ')',
        '*',
        'FROM',
        'signins',
        'DELETE',
        'INSERT',
        'INTO',
        'VALUES',
        ',',
        '1',
        ';',
      ],
      ...[
        'UPDATE',
        'SET',
        '"user"',
        '=',
        "'x'",
        'DROP',
        'TABLE',
        'PRAGMA',
        'query_only',
        'OFF',
        'EXPLAIN',
        'RETURNING',
      ],
      ...['ATTACH', 'REPLACE', 'BEGIN', 'COMMIT', '--', '\n', '/*', '*/', '"', "'", '[', ']', '`', 'temp', '.'],
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        db.query(parts.join(' '), {});
        assert.deepEqual(rows('SELECT count(*), min("user") FROM signins'), [[3, 'j.birch']]);
        assert.deepEqual(rows('SELECT name FROM sqlite_schema'), [['signins']]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves out rows above the limit and says so', () => {
    const many = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < :most) SELECT x FROM n';
    const five = db.query(many, { most: 5 });
    const six = db.query(many, { most: 6 });
    assert.ok(five.ok && six.ok);
    assert.deepEqual([five.rows.length, five.truncated, six.rows.length, six.truncated], [5, false, 5, true]);
  });

  it('leaves out rows above the size, and refuses one that is larger by itself', () => {
    const wide = db.query("SELECT printf('%.*c', 900, 'x') FROM signins", {});
    assert.ok(wide.ok);
    assert.deepEqual([wide.rows.length, wide.truncated], [2, true]);
    assert.match(error("SELECT printf('%.*c', 3000, 'x')"), /One row of the answer has more than 2000 bytes/);
  });

  it('takes no more memory than it may', () => {
    const sql = "SELECT length(group_concat(printf('%.*c', 20000000, 'x'))) FROM signins, signins b, signins c";
    assert.match(error(sql), /out of memory|too big/);
    assert.deepEqual(rows('SELECT count(*) FROM signins'), [[3]]);
  });

  it('gives what JSON can say: no infinities, and bytes in hexadecimal', () => {
    assert.deepEqual(rows("SELECT 1e999, -1e999, x'00ff', NULL"), [[null, null, '00ff', null]]);
  });

  it('holds a table without an event', async () => {
    const empty = await openDatabase([tableOf([])], LIMITS);
    const answer = empty.query('SELECT count(*) FROM signins', {});
    assert.ok(answer.ok);
    assert.deepEqual(answer.rows, [[0]]);
  });
});
