import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { makeTable } from './columns.js';
import { DATA_LIMITS } from './limits.js';
import { type KnownTables, knownTables, loadEvents } from './load-events.js';
import { readEvents } from './read-events.js';

describe('event data of a case', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-events-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const load = (files: { readonly [name: string]: string | Buffer }, limits = DATA_LIMITS, known?: KnownTables) => {
    const range = { start: 0, end: 0 };
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
    const events = Object.keys(files).map((name, index) => ({ table: `t${index}`, file: { value: name, range } }));
    return loadEvents({ uri: pathToFileURL(path.join(folder, 'a.case.yaml')).href, events }, limits, known);
  };
  const refused = (files: { readonly [name: string]: string | Buffer }, limits = DATA_LIMITS): string => {
    const loaded = load(files, limits);
    assert.ok(!loaded.ok, 'it was loaded');
    return loaded.message.replace(folder + path.sep, '');
  };

  it('reads JSON Lines, JSON and CSV alike', () => {
    const loaded = load({
      'a.jsonl':
        '{"time":"2026-11-25T08:00:00Z","user":"a","n":1}\n\n{"time":"2026-11-25T09:00:00Z","user":"b","n":null}\n',
      'a.json': '[{"time":"2026-11-25T08:00:00Z","user":"a","n":1},{"time":"2026-11-25T09:00:00Z","user":"b"}]',
      'a.csv': 'time,user,n\r\n2026-11-25T08:00:00Z,a,1\r\n2026-11-25T09:00:00Z,"b",\r\n',
    });
    assert.ok(loaded.ok);
    for (const { columns, rows } of loaded.data.tables) {
      assert.deepEqual(columns, [
        { name: 'time', type: 'time' },
        { name: 'user', type: 'text' },
        { name: 'n', type: 'integer' },
      ]);
      assert.deepEqual(rows, [
        ['2026-11-25T08:00:00Z', 'a', 1],
        ['2026-11-25T09:00:00Z', 'b', null],
      ]);
    }
    assert.equal(new Set(loaded.data.sources.map(({ digest }) => digest)).size, 3);
  });

  it('has the table of a text that it knows, and never that of another', () => {
    const known = knownTables();
    const tables = (text: string, name = 'k.csv') => {
      const loaded = load({ [name]: text }, DATA_LIMITS, known);
      assert.ok(loaded.ok);
      return loaded.data.tables[0];
    };
    const first = tables('a,b\n1,2\n');
    assert.equal(tables('a,b\n1,2\n'), first);
    assert.deepEqual(tables('a,b\n1,3\n')?.rows, [[1, 3]]);
    assert.deepEqual(tables('[{"a":1}]', 'k.json')?.rows, [[1]]);
    for (let n = 0; n < 8; n++) tables(`a\n${n}\n`);
    const again = tables('a,b\n1,2\n');
    assert.notEqual(again, first, 'only the newest are kept');
    assert.deepEqual(again, first);
  });

  it('says where it cannot be read, and never what it says', () => {
    assert.equal(
      refused({ 'b.jsonl': '{}\nsecret\n' }),
      'b.jsonl:2 The events of "t0" cannot be used: the line is not JSON.',
    );
    assert.match(refused({ 'b.jsonl': '{}\n[1]\n' }), /^b\.jsonl:2 .*not an object/);
    assert.match(refused({ 'b.json': '{"a":1}' }), /^b\.json:1 .*not a list/);
    assert.match(refused({ 'b.json': '[{}, 1]' }), /^b\.json:1 .*item 2/);
    assert.match(refused({ 'b.csv': 'a,b\n1,2\n3\n' }), /^b\.csv:3 .*another number of fields/);
    assert.match(refused({ 'b.csv': 'a,b\n1,"2\n' }), /^b\.csv:\d .*quotation mark is not closed/);
    assert.match(refused({ 'b.csv': 'a,a\n1,2\n' }), /^b\.csv:1 .*same name/);
    assert.match(refused({ 'b.jsonl': Buffer.from([0xff, 0xfe]) }), /^b\.jsonl .*not UTF-8/);
    assert.match(refused({ 'b.txt': '' }), /ends in none of/);
  });

  it('refuses what is too large as a whole', () => {
    const limits = { fileBytes: 100, allBytes: 150, rows: 2, columns: 3, cells: 4 };
    assert.match(refused({ 'c.jsonl': '{}\n{}\n{}\n' }, limits), /c\.jsonl:3 .*more than 2 events/);
    assert.match(refused({ 'c.csv': 'a\n1\n2\n3\n' }, limits), /more than 2 events/);
    assert.match(refused({ 'c.json': '[{},{},{}]' }, limits), /more than 2 events/);
    assert.match(refused({ 'c.jsonl': '{"a":1,"b":{"c":2,"d":3},"e":4}' }, limits), /4 different fields/);
    assert.match(
      refused({ 'c.csv': 'a,b,c\n1,2,3\n1,2,3\n' }, limits),
      /2 events with 3 different fields are more than 4/,
    );
    assert.match(refused({ 'c.jsonl': ' '.repeat(101) }, limits), /101 bytes; at most 100/);
    assert.match(refused({ 'c.jsonl': ' '.repeat(90), 'd.jsonl': ' '.repeat(90) }, limits), /more than 150 bytes/);
    const missing = loadEvents({
      uri: pathToFileURL(path.join(folder, 'a.case.yaml')).href,
      events: [{ table: 't', file: { value: 'nowhere.jsonl', range: { start: 0, end: 0 } } }],
    });
    assert.ok(!missing.ok && /no such file/.test(missing.message));
  });

  it('makes columns of nested objects, and keeps lists as JSON text', () => {
    const made = makeTable(
      't',
      [{ user: { name: 'a', roles: ['x'] }, 'src.ip': '192.0.2.1', 'src ip': 'other' }],
      DATA_LIMITS,
    );
    assert.ok(made.ok);
    assert.deepEqual(
      made.table.columns.map(({ name }) => name),
      ['user_name', 'user_roles', 'src_ip', 'src_ip_2'],
    );
    assert.deepEqual(made.table.rows, [['a', '["x"]', '192.0.2.1', 'other']]);
  });

  it('has a type that every value of a column has, whatever the order of the rows', () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.string(),
      fc.constant('2026-11-25T08:00:00+01:00'),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), fc.boolean(), (cells, back) => {
        const events = cells.map((a) => ({ a }));
        const made = makeTable('t', events, DATA_LIMITS);
        const other = makeTable('t', back ? events.toReversed() : events, DATA_LIMITS);
        assert.ok(made.ok && other.ok);
        const [column] = made.table.columns;
        assert.deepEqual(other.table.columns, [column]);
        for (const [value] of made.table.rows) {
          if (value === null || value === undefined) continue;
          assert.equal(typeof value, column?.type === 'integer' || column?.type === 'real' ? 'number' : 'string');
        }
      }),
    );
  });

  it('makes plain, different identifiers of whatever the fields are called', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.integer(), { maxKeys: 8, noNullPrototype: true }), { maxLength: 5 }),
        (events) => {
          const made = makeTable('t', events, DATA_LIMITS);
          assert.ok(made.ok);
          const names = made.table.columns.map(({ name }) => name);
          for (const name of names) assert.match(name, /^[A-Za-z][A-Za-z0-9_]{0,70}$/);
          assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
        },
      ),
    );
  });

  it('reads no text at all without a fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('jsonl', 'json', 'csv'), (text, format) => {
        const read = readEvents(text, format, 10);
        if (read.ok) makeTable('t', read.events, DATA_LIMITS);
      }),
    );
  });
});
