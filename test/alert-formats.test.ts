import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALERT_FORMATS, formatOf, mapAlert } from '../language/alert-formats/map-alert.js';
import { panther } from '../language/alert-formats/panther.js';
import { buildMapping } from '../language/alert-formats/read-mapping.js';
import { checkFile } from '../language/check-file.js';
import { alertProblem } from '../language/load-case.js';
import { alertEntities } from '../language/model/entities.js';
import { parseYaml } from '../language/syntax/parse.js';
import type { Json } from '../language/syntax/tree.js';
import { repository } from './platform/repository.js';

/** Real alerts that others published; no part of this repository. See `corpora.test.ts`. */
const CORPORA = process.env.COUNTERSIGN_CORPORA ?? fileURLToPath(new URL('../../../shared/corpora', import.meta.url));
const FOLDER = path.join(CORPORA, 'alerts');

/** Alerts as they were sent: collections wrap them, as JSON in a text or beside what should come of them. */
function* alertsIn(file: string): Generator<Json> {
  const text = readFileSync(file, 'utf8');
  const parts = file.endsWith('.log') ? text.trim().split('\n') : [text];
  for (const part of parts) {
    const whole = jsonOf(part);
    if (whole === undefined) continue;
    yield whole;
    for (const at of [['event'], ['splunk', 'alert'], ['input', 'message']]) {
      const inner = at.reduce<Json | undefined>(memberOf, whole);
      const alert = typeof inner === 'string' ? jsonOf(inner) : inner;
      if (alert !== undefined) yield alert;
    }
  }
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([member]) => member === name)?.[1];
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('the page on alerts of other products', () => {
  const page = readFileSync(path.join(repository, 'docs/alerts.md'), 'utf8');

  it('has a line for every format, with what it is recognized by', () => {
    const rows = [...page.matchAll(/^\| `(\w[\w-]*)` \| .* \| (.*) \|$/gm)].map(([, name, members = '']) => [
      name,
      [...members.matchAll(/`([^`]+)`/g)].map(([, member]) => member),
    ]);
    assert.deepEqual(
      rows,
      // Of a list of evidence the page names the list, the table a member of its items.
      ALERT_FORMATS.map(({ name, recognizedBy }) => [name, recognizedBy.map((at) => at.replace(/\.label$/, ''))]),
    );
  });

  it('shows a mapping that is one of the formats', () => {
    const [, shown = ''] = /```yaml\n(mapping:.*?)```/s.exec(page) ?? [];
    assert.deepEqual(checkFile('file:///w/panther.mapping.yaml', shown, { read: () => undefined }).problems, []);
    assert.deepEqual(buildMapping(parseYaml(shown).root), panther);
  });
});

describe('real alerts', () => {
  before(function () {
    if (existsSync(FOLDER)) return;
    console.log(`      There are no alerts at ${FOLDER}; COUNTERSIGN_CORPORA names another folder.`);
    this.skip();
  });

  it('of products whose format is known become findings, with entities that are in them and no others', () => {
    const mappedOf = new Map<string, number>();
    let entities = 0;
    for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.(json|log)$/.test(name) || name.startsWith('_')) continue;
      for (const source of alertsIn(path.join(FOLDER, name))) {
        const format = formatOf(source);
        if (!format) continue;
        const mapped = mapAlert(source, format);
        assert.ok(mapped.ok, `${name}: ${mapped.ok ? '' : mapped.message}`);
        assert.equal(alertProblem(mapped.alert), undefined, name);
        const text = JSON.stringify(source);
        for (const value of Object.values(alertEntities(mapped.alert)).flat()) {
          entities++;
          assert.ok(text.includes(JSON.stringify(value).slice(1, -1)), `${name}: ${value} is not in it`);
        }
        mappedOf.set(format.name, (mappedOf.get(format.name) ?? 0) + 1);
      }
    }
    for (const format of ['elastic', 'splunk', 'crowdstrike', 'defender']) assert.ok(mappedOf.has(format), format);
    assert.ok(entities >= 8, String(entities));
  });
});
