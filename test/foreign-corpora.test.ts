import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { findForeign } from '../cli/foreign/found.js';
import { effectOf } from '../language/foreign/effects/effects-of.js';
import { boundariesOf } from '../language/foreign/folder.js';
import { assertImportsAlike } from '../language/foreign/import/compare.test.js';
import type { ForeignFormat } from '../language/foreign/model.js';
import { summaryOf } from '../language/foreign/summary.js';

/**
 * Playbooks that others wrote for other products. They are no part of this repository: they are read from `shared/corpora` beside
 * the checkout, or from COUNTERSIGN_CORPORA.
 */
const FOLDER = path.join(
  process.env.COUNTERSIGN_CORPORA ?? fileURLToPath(new URL('../../../shared/corpora', import.meta.url)),
  'playbooks',
);
/** The folders of each product's playbooks. */
const FOLDERS: { readonly [F in ForeignFormat]: readonly string[] } = {
  xsoar: ['xsoar-2020', 'xsoar-sdk-fixtures', 'xsiam-secops-framework'],
  cacao: ['cacao'],
  elastic: ['elastic-workflows'],
  'logic-apps': ['azure-logic-apps'],
  'google-secops': ['google-secops'],
  stackstorm: ['stackstorm'],
  'splunk-soar': ['splunk-soar'],
  shuffle: ['shuffle'],
  tines: ['tines'],
  n8n: ['n8n'],
};
const FORMATS = Object.keys(FOLDERS).filter((name): name is ForeignFormat => Object.hasOwn(FOLDERS, name));

type Plain = { readonly [key: string]: unknown } | readonly unknown[] | string | number | boolean | null | undefined;

describe('Playbooks of other products, as they are published', function () {
  this.timeout(120_000);

  before(function () {
    if (existsSync(FOLDER)) return;
    console.log(`      There are no corpora at ${FOLDER}; COUNTERSIGN_CORPORA names another folder.`);
    this.skip();
  });

  for (const format of FORMATS) {
    it(`${format}: every file is read, and every step of it is one of a boundary or said not to be understood`, function () {
      const folders = FOLDERS[format].map((name) => path.join(FOLDER, name)).filter((folder) => existsSync(folder));
      if (folders.length === 0) this.skip();
      const found = findForeign(folders);
      const own = found.chosen.filter((one) => one.format === format);
      assert.ok(own.length > 0);
      for (const playbook of own) {
        const file = fileURLToPath(playbook.uri);
        const steps = playbook.steps.filter(({ part }) => !part).length;
        assert.equal(steps, playbook.stepsInFile, file);
        // Counted a second time, by another reader and without knowing what steps are.
        const counted = countedIn(format, file);
        if (counted !== undefined) assert.equal(steps, counted, file);
        for (const { uri, range } of playbook.steps) {
          const text = found.textOf(uri);
          assert.ok(
            0 <= range.start && range.start <= range.end && range.end <= text.length,
            `${file}: ${range.start}`,
          );
        }
        assert.equal(new Set(playbook.steps.map(({ id }) => id)).size, playbook.steps.length, file);
      }
      for (const { boundary, playbook } of boundariesOf(found.folder, own, found.catalogs)) {
        for (const { verdict, autonomy, because, witness } of boundary.cells) {
          assert.notEqual(because, '');
          assert.ok(witness.length >= 0);
          // What nobody is asked about is never fine.
          if (autonomy === 'autonomous' && because !== 'No path leads to it.')
            assert.notEqual(verdict, 'proven', playbook.uri);
        }
      }
    });
  }

  it('one that is imported has the acts of the original at its levels, in files without a fault of their own', () => {
    const found = findForeign([FOLDER]);
    // All of them take longer than a test should: COUNTERSIGN_CORPORA_WHOLE=1 asks for them.
    const share = process.env.COUNTERSIGN_CORPORA_WHOLE ? 1 : 12;
    const chosen = found.chosen.filter((_, index) => index % share === 0);
    const made = chosen.map((playbook) => assertImportsAlike(playbook, found.folder.find, found.catalogs));
    const files = made.flatMap((one) => (one.ok ? one.files : []));
    const text = files.map((one) => one.text).join('');
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    console.log(
      `      ${made.filter(({ ok }) => ok).length} of ${made.length} imported: ${files.length} files, ${count(/^ +undecided: /gm)} undecided steps, ${count(/^ +gate:/gm)} gates, ${count(/^ +approval:/gm)} approvals, ${count(/^ +for-each:/gm)} loops`,
    );
    assert.ok(files.length > 0);
  });

  it('of each folder as a whole it is told what acts without a person, worst first', () => {
    const found = findForeign([FOLDER]);
    const roots = boundariesOf(found.folder, found.folder.roots, found.catalogs);
    const { acts, formats } = summaryOf(found.folder, roots);
    assert.equal(
      formats.length,
      FORMATS.filter((format) => FOLDERS[format].some((name) => existsSync(path.join(FOLDER, name)))).length,
    );
    const levels = acts.map(({ level }) => level);
    assert.ok(levels.indexOf(1) === -1 || levels.lastIndexOf(0) < levels.indexOf(1));
  });

  it('the effects of labelled actions are told in the safe direction', function () {
    const file = path.join(FOLDER, '_effect-catalog/google-secops-actions.jsonl');
    if (!existsSync(file)) this.skip();
    const count = { changes: 0, found: 0, said: 0 };
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
      const { action, short, mutates_external: changes } = JSON.parse(line);
      const act = {
        kind: 'act',
        action,
        scope: '',
        target: undefined,
        args: [],
        description: short ?? '',
        hint: undefined,
        byPerson: false,
      } as const;
      // Without catalogs: what names and descriptions say.
      const saysChange = effectOf(act, 'google-secops', { of: () => [] }).effect !== 'read';
      if (changes) count.changes++;
      if (changes && saysChange) count.found++;
      if (saysChange) count.said++;
    }
    const recall = count.found / count.changes;
    const precision = count.found / count.said;
    console.log(`      recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}`);
    assert.ok(recall >= 0.98, `recall ${recall}`);
    assert.ok(precision >= 0.8, `precision ${precision}`);
  });
});

/** The steps of a file, by their number alone; `undefined` where the file is too broken for another reader. */
function countedIn(format: ForeignFormat, file: string): number | undefined {
  const load = (one: string): Plain =>
    parse(readFileSync(one, 'utf8').replace(/^\uFEFF/, ''), { logLevel: 'silent', maxAliasCount: -1 });
  let root: Plain;
  try {
    root = load(file);
  } catch {
    return undefined;
  }
  switch (format) {
    case 'xsoar':
      return size(at(root, 'tasks'));
    case 'cacao':
      return size(at(root, 'workflow'));
    case 'stackstorm':
      return size(at(root, 'tasks') ?? at(root, 'chain'));
    case 'n8n':
      return size(at(root, 'nodes'));
    case 'tines':
      return size(at(root, 'agents'));
    case 'shuffle':
      return size(at(root, 'actions')) + size(at(root, 'triggers'));
    case 'elastic':
      return within(
        root,
        (one) =>
          typeof at(one, 'type') === 'string' &&
          typeof at(one, 'name') === 'string' &&
          at(one, 'steps-of') === undefined,
        ['with', 'triggers', 'consts', 'inputs', 'tags'],
      );
    case 'logic-apps':
      return within(root, (one) => at(one, 'runAfter') !== undefined, ['inputs', 'triggers', 'schema']);
    case 'google-secops': {
      const folder = path.join(path.dirname(file), 'steps');
      const files = existsSync(folder) ? readdirSync(folder).map((name) => load(path.join(folder, name))) : [];
      return files.reduce<number>((sum, one) => sum + 1 + size(at(one, 'parallel_actions')), 0);
    }
    case 'splunk-soar': {
      const data = at(at(root, 'coa'), 'data');
      const cells = at(at(data, 'joint'), 'cells');
      return (
        size(at(data, 'nodes')) +
        (Array.isArray(cells) ? cells.filter((cell) => at(cell, 'type') !== 'link').length : 0)
      );
    }
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function size(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

/** How many maps in a value are steps, wherever they are but under keys that hold none. */
function within(value: unknown, isStep: (one: unknown) => boolean, without: readonly string[]): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.entries(value).filter(([key]) => !without.includes(key));
  return (isStep(value) ? 1 : 0) + inside.reduce((sum, [, one]) => sum + within(one, isStep, without), 0);
}
