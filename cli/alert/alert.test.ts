import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { alert } from './alert.js';

const NOTABLE = { search_name: 'Failed sign-ins', _time: '2026-11-25T08:00:00Z', src: '203.0.113.9', urgency: 'high' };

describe('countersign alert map', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-alert-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(...args: readonly string[]): { readonly code: number; readonly out: string; readonly err: string } {
    const said = { out: '', err: '' };
    const code = alert(args, {
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
      paint: (_, text) => text,
      live: false,
    });
    return { code, ...said };
  }

  function file(name: string, text: string): string {
    const at = path.join(folder, name);
    writeFileSync(at, text);
    return at;
  }

  it('prints a Detection Finding, and beside it what is missing', () => {
    const { code, out, err } = run('map', file('notable.json', JSON.stringify(NOTABLE)));
    assert.equal(code, 0);
    const finding = JSON.parse(out);
    assert.deepEqual([finding.class_uid, finding.severity_id, finding.observables[0].value], [2004, 4, '203.0.113.9']);
    assert.equal(err, 'No identifier at event_id or _cd.\n');
  });

  it('hands on what is a Detection Finding already', () => {
    const first = run('map', file('first.json', JSON.stringify({ ...NOTABLE, event_id: 'e-1' })));
    const again = run('map', file('again.json', first.out));
    assert.deepEqual([again.code, again.out], [0, first.out]);
    assert.match(again.err, /^It is an OCSF Detection Finding already\.\n$/);
  });

  it('takes the word of whoever says what it is, and still makes nothing up', () => {
    const { code, out, err } = run('map', file('as.json', JSON.stringify(NOTABLE)), '--from', 'elastic');
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /cannot be mapped\. It has no time at @timestamp/);
  });

  it('maps by a mapping of their own: beside the alert, by name, or as named', () => {
    const ALERT = {
      watch_id: 'w-1',
      name: 'A door is open',
      at: '2026-11-25T08:00:00Z',
      level: 'sev1',
      machine: 'srv-9',
    };
    mkdirSync(path.join(folder, 'own'));
    const one = file('own/door.json', JSON.stringify(ALERT));
    const mapping = `mapping: watch
title: An alert of our own
vendor: Ours
product: Watch
recognized-by: [watch_id]
uid: [watch_id]
headline: [name]
time: [at]
severity: { at: [level], levels: { sev1: critical } }
entities: { host: [machine] }
`;
    const unknown = run('map', one);
    assert.deepEqual([unknown.code, /of no format that is known/.test(unknown.err)], [1, true]);
    const elsewhere = file('watch.mapping.yaml', mapping);
    const named = run('map', one, '--mapping', elsewhere);
    assert.equal(named.code, 0, named.err);
    assert.equal(run('map', one, '--from', 'watch').code, 2, 'it is not beside the alert');
    file('own/watch.mapping.yaml', mapping);
    for (const found of [run('map', one), run('map', one, '--from', 'watch')]) {
      assert.equal(found.out, named.out);
      assert.match(found.err, /^Mapped by .*own.watch\.mapping\.yaml\.\n$/);
    }
    const { finding_info, severity_id, observables, metadata } = JSON.parse(named.out);
    assert.deepEqual([finding_info.uid, severity_id, metadata.product.name], ['w-1', 5, 'Watch']);
    assert.deepEqual(
      observables.map((one: { type: string; value: string }) => [one.type, one.value]),
      [['Hostname', 'srv-9']],
    );
    // What is known is still known beside it.
    assert.equal(run('map', file('own/notable.json', JSON.stringify(NOTABLE))).code, 0);

    file('own/watch.mapping.yaml', mapping.replace('title:', 'titel:'));
    const broken = run('map', one);
    assert.deepEqual([broken.code, broken.out], [1, '']);
    assert.match(broken.err, /watch\.mapping\.yaml:2 unknown-key: .*"title"/);
    file('own/watch.mapping.yaml', mapping);
    file('own/twin.mapping.yaml', mapping);
    assert.match(run('map', one).err, /are both called "watch"\. Name one with --mapping\./);
    assert.match(run('map', one, '--mapping', one).err, /must end in \.mapping\.yaml/);
    rmSync(elsewhere);
  });

  it('says what is wrong, and changes nothing', () => {
    const cases: readonly (readonly [args: readonly string[], code: number, err: RegExp])[] = [
      [[], 2, /What about the alert\? Say "alert map FILE"\./],
      [['show', 'x'], 2, /There is no "alert show"\./],
      [['map'], 2, /Which alert\? Give the path of one file\./],
      [['map', 'gone.json'], 3, /There is no file "gone\.json"\./],
      [['map', file('torn.json', '{"a":')], 1, /It is not JSON\. Export one alert as a JSON object\./],
      [['map', file('other.json', '{"a":1}')], 1, /are those of no format that is known: Elastic Security/],
      [['map', file('list.json', '[]'), '--from', 'splunk'], 1, /It is no JSON object\. Export one alert at a time\./],
      [['map', file('x.json', '{}'), '--from', 'qradar'], 2, /qradar/],
    ];
    for (const [args, wanted, words] of cases) {
      const { code, out, err } = run(...args);
      assert.deepEqual([code, out], [wanted, ''], args.join(' '));
      assert.match(err, words);
    }
  });
});
