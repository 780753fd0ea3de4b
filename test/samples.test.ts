import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkFile } from '../language/check-file.js';
import type { FileHost } from '../language/host.js';
import { loadPlaybook } from '../language/load.js';
import { alertProblem, loadCase } from '../language/load-case.js';
import { alertEntities } from '../language/model/entities.js';
import type { Json } from '../language/syntax/tree.js';

/** The sample library is what newcomers read first and run first: it has to be right, and safe to publish. */
const LIBRARY = fileURLToPath(new URL('../../playbooks', import.meta.url));
const files = readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' })
  .map((file) => path.join(LIBRARY, file))
  .filter((file) => /\.(yaml|json)$/.test(file))
  .sort();
const ofKind = (suffix: string): string[] => files.filter((file) => file.endsWith(suffix));
const read = (file: string): string => readFileSync(file, 'utf8');
const named = (file: string): string => path.relative(LIBRARY, file).split(path.sep).join('/');
const host: FileHost = { read: (uri) => (files.includes(path.normalize(uri)) ? read(path.normalize(uri)) : undefined) };

describe('sample library', () => {
  it('has playbooks, catalogs, a policy, alerts and cases', () => {
    for (const suffix of ['.playbook.yaml', '.tools.yaml', '.policy.yaml', '.alert.json', '.case.yaml']) {
      assert.notEqual(ofKind(suffix).length, 0, `no ${suffix}`);
    }
  });

  describe('has no problems', () => {
    for (const file of files.filter((one) => one.endsWith('.yaml'))) {
      it(named(file), () => {
        const { kind, problems } = checkFile(file, read(file), host);
        assert.notEqual(kind, undefined, 'the name says it is none of ours');
        assert.deepEqual(
          problems.map(({ rule, message }) => `${rule}: ${message}`),
          [],
        );
      });
    }
  });

  describe('has alerts that are OCSF Detection Findings', () => {
    for (const file of ofKind('.alert.json')) {
      it(named(file), () => {
        const alert: Json = JSON.parse(read(file));
        assert.equal(alertProblem(alert), undefined);
      });
    }
  });

  describe('has alerts whose observables are values of the alert', () => {
    for (const file of ofKind('.alert.json')) {
      it(named(file), () => {
        const { observables, ...rest } = JSON.parse(read(file));
        const elsewhere = new Set(strings(rest));
        const domains = new Set(alertEntities({ observables }).domain);
        for (const { value } of observables) {
          const found = domains.has(value)
            ? [...elsewhere].some((one) => one.endsWith(`@${value}`))
            : elsewhere.has(value);
          assert.ok(found, `${value} occurs nowhere else`);
        }
      });
    }
  });

  describe('has cases that name what is there', () => {
    for (const file of ofKind('.case.yaml')) {
      it(named(file), () => {
        const { case: sample, alert } = loadCase(file, read(file), host);
        assert.equal(`${sample.id?.value}.case.yaml`, path.basename(file));
        assert.notEqual(alert, undefined, 'the alert is not there');
        assert.ok(sample.title && sample.description, 'says nothing about what is worth seeing');
        const playbookFile = path.join(LIBRARY, `${sample.playbook?.value}.playbook.yaml`);
        const { tools, stepOf, policy } = loadPlaybook(playbookFile, read(playbookFile), host);
        for (const answer of sample.answers) {
          const tool = tools.get(answer.tool.value);
          assert.ok(tool, `${answer.tool.value} is in no catalog of the playbook`);
          assert.deepEqual(
            Object.keys(answer.with).filter((argument) => !Object.hasOwn(tool.input.properties ?? {}, argument)),
            [],
          );
        }
        for (const step of sample.turns.keys()) assert.equal(stepOf.get(step)?.kind, 'agent', step);
        for (const { step } of sample.tasks) assert.equal(stepOf.get(step.value)?.kind, 'manual', step.value);
        const people = new Set([...(policy?.roles.values() ?? [])].flat().map((person) => person.value));
        for (const { gate, as, decision } of sample.approvals) {
          assert.ok(stepOf.has(gate.value), `${gate.value} is no step`);
          if (decision !== 'silence') assert.ok(people.has(as), `${as} holds no role`);
        }
      });
    }
  });

  describe('names nobody and nothing real', () => {
    for (const file of files) {
      it(named(file), () => {
        const text = read(file);
        const outside = (pattern: RegExp, reserved: RegExp): string[] =>
          [...text.matchAll(pattern)].map((match) => match[0]).filter((one) => !reserved.test(one));
        // RFC 2606, RFC 5737 and RFC 7042 keep these for documentation.
        assert.deepEqual(outside(/(?<=@|:\/\/)[\w.-]+[\w]/g, /\.example$/), [], 'a host that may be real');
        assert.deepEqual(
          outside(
            /\b[\w-]+\.(com|net|org|io|info|biz|gov|edu|dev|app|cloud|xyz|ai|co|eu|uk|de|nl|fr|us|ru|cn)\b/gi,
            /^$/,
          ),
          [],
          'a domain that may be real',
        );
        assert.deepEqual(
          outside(/\b\d{1,3}(\.\d{1,3}){3}\b/g, /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/),
          [],
          'an address that may be real',
        );
        assert.deepEqual(
          outside(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi, /^00:00:5E:00:53:/i),
          [],
          'a MAC that may be real',
        );
        assert.deepEqual(outside(/\+\d[\d ()-]{6,}\d/g, /^$/), [], 'what may be a telephone number');
      });
    }
  });
});

/** Every string in a JSON value. */
function strings(value: Json): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}
