import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { attackDomain, attackEntry, EXAMPLE_HEAD, loadCase, loadPlaybook } from '../../language/index.js';
import type { Terminal } from '../terminal.js';
import { coverage } from './coverage.js';
import { coveredBy } from './covered.js';
import { layersOf, layerText } from './layer.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const STEPS = `  - id: look
    manual: { task: Look., role: analyst }
`;
const POLICY = 'policy: p\nroles: { analyst: [ana, bo], soc-manager: [cy, di] }\n';
const host = { read: (uri: string) => (uri.endsWith('.policy.yaml') ? POLICY : undefined) };

/** A playbook that has no error unless `model` is a claim above what it is. */
function playbook(id: string, attack: readonly string[], model = 'traditional') {
  const head = EXAMPLE_HEAD.replace('playbook: example', `playbook: ${id}`)
    .replace('operating-model: ai-augmented', `operating-model: ${model}`)
    .replace(/catalogs:.*\n/, `attack: [${attack.join(', ')}]\n`);
  return loadPlaybook(`file:///${id}.playbook.yaml`, head + STEPS, host);
}

const aCase = (id: string, of: string, expect: string) =>
  loadCase(`file:///${id}.case.yaml`, `case: ${id}\nplaybook: ${of}\nalert: a.json\n${expect}`, host);

describe('coverage of ATT&CK', () => {
  it('is by technique: which playbooks name it, in order, and their labelled cases', () => {
    const { techniques, playbooks, leftOut } = coveredBy(
      [playbook('two', ['T1566.002', 'T1078']), playbook('one', ['T1078'])],
      [
        aCase('a', 'one', 'expect: { verdict: benign }\n'),
        aCase('b', 'one', 'expect: { outcome: completed }\n'),
        aCase('c', 'other', 'expect: { verdict: benign }\n'),
      ],
    );
    assert.deepEqual(leftOut, []);
    assert.deepEqual(playbooks, ['one', 'two']);
    assert.deepEqual(techniques, [
      {
        id: 'T1078',
        name: 'Valid Accounts',
        domain: 'enterprise-attack',
        answers: [
          { playbook: 'one', model: 'traditional', cases: 1 },
          { playbook: 'two', model: 'traditional', cases: 0 },
        ],
      },
      {
        id: 'T1566.002',
        name: 'Phishing: Spearphishing Link',
        domain: 'enterprise-attack',
        answers: [{ playbook: 'two', model: 'traditional', cases: 0 }],
      },
    ]);
  });

  it('does not count what does not run, nor what is no technique, and says so', () => {
    const covered = coveredBy(
      [playbook('claims', ['T1078'], 'ai-soc'), playbook('odd', ['TA0001', 'T9999', 'T1486'])],
      [],
    );
    assert.deepEqual(
      covered.techniques.map(({ id }) => id),
      ['T1486'],
    );
    assert.deepEqual(
      covered.leftOut.map(({ what, why }) => `${what}: ${why}`),
      [
        'claims: it has errors, so it does not run',
        'TA0001 of odd: a tactic is no technique',
        'T9999 of odd: ATT&CK has no such technique',
      ],
    );
  });

  it('is a layer for each matrix, and a file holds one layer or a list', () => {
    const mixed = coveredBy([playbook('mixed', ['T1078', 'T0800', 'T1404'])], []);
    assert.deepEqual(
      layersOf(mixed).map(({ domain, techniques }) => [domain, techniques.map(({ techniqueID }) => techniqueID)]),
      [
        ['enterprise-attack', ['T1078']],
        ['ics-attack', ['T0800']],
        ['mobile-attack', ['T1404']],
      ],
    );
    assert.ok(Array.isArray(JSON.parse(layerText(mixed))));
    const one = JSON.parse(layerText(coveredBy([playbook('one', ['T1078'])], [])));
    assert.deepEqual([one.domain, one.versions.layer, one.techniques[0].score], ['enterprise-attack', '4.5', 1]);
  });

  it('keeps to the rules of the layer format 4.5, whatever playbooks name', () => {
    const ids = ['T1078', 'T1566', 'T1566.002', 'T0800', 'T0843.001', 'T1404', 'TA0001', 'T9999', 'T1486', 'nothing'];
    fc.assert(
      fc.property(fc.array(fc.subarray(ids), { maxLength: 5 }), (named) => {
        const covered = coveredBy(
          named.map((attack, at) => playbook(`p-${at}`, attack)),
          [],
        );
        for (const layer of layersOf(covered)) assert.deepEqual(layerProblems(JSON.parse(JSON.stringify(layer))), []);
      }),
      { numRuns: 40 },
    );
  });

  it('of the samples is a layer of Enterprise, without the playbook that drifted', () => {
    const said: string[] = [];
    const terminal: Terminal = {
      out: (text) => said.push(text),
      err: (text) => assert.fail(text),
      paint: (_, text) => text,
      live: false,
    };
    const library = path.join(repository, 'playbooks');
    assert.ok(existsSync(library));
    assert.equal(coverage([library, '--format', 'layer'], terminal), 0);
    const layer = JSON.parse(said.join(''));
    assert.deepEqual(layerProblems(layer), []);
    const named = new Set<string>(layer.techniques.map((one: { techniqueID: string }) => one.techniqueID));
    for (const id of ['T1566.002', 'T1486', 'T1505.003', 'T1071.004', 'T1528', 'T1657']) assert.ok(named.has(id), id);
    assert.ok(layer.metadata.some((one: { name: string }) => one.name === 'left out: night-shift'));
    const text: string[] = [];
    assert.equal(coverage([library], { ...terminal, out: (one) => text.push(one) }), 0);
    assert.match(text.join(''), /^T1486 +Data Encrypted for Impact +\d+ cases: ransomware-outbreak$/m);
    assert.match(text.join(''), /^Not counted: night-shift, it has errors, so it does not run\.$/m);
    assert.match(readFileSync(path.join(repository, 'docs/cli.md'), 'utf8'), /countersign coverage \[PATH…\]/);
  });
});

type Kind = 'text' | 'number' | 'flag' | 'list' | 'object';

/** The members of each object of the format, from its tables; `!` marks what must be there. */
const FORMAT: { readonly [of: string]: { readonly [member: string]: Kind | `${Kind}!` } } = {
  layer: {
    name: 'text!',
    versions: 'object',
    domain: 'text!',
    description: 'text',
    customDataURL: 'text',
    filters: 'object',
    sorting: 'number',
    layout: 'object',
    hideDisabled: 'flag',
    techniques: 'list',
    gradient: 'object',
    legendItems: 'list',
    showTacticRowBackground: 'flag',
    tacticRowBackground: 'text',
    selectTechniquesAcrossTactics: 'flag',
    selectSubtechniquesWithParent: 'flag',
    selectVisibleTechniques: 'flag',
    metadata: 'list',
    links: 'list',
  },
  versions: { attack: 'text', navigator: 'text!', layer: 'text!' },
  technique: {
    techniqueID: 'text!',
    tactic: 'text',
    comment: 'text',
    enabled: 'flag',
    score: 'number',
    color: 'text',
    metadata: 'list',
    links: 'list',
    showSubtechniques: 'flag',
  },
  layout: {
    layout: 'text',
    showID: 'flag',
    showName: 'flag',
    showAggregateScores: 'flag',
    countUnscored: 'flag',
    aggregateFunction: 'text',
    expandedSubtechniques: 'text',
  },
  gradient: { colors: 'list!', minValue: 'number!', maxValue: 'number!' },
  metadata: { name: 'text!', value: 'text!' },
};

/** What of a layer breaks the rules of https://github.com/mitre-attack/attack-navigator, layers/spec/v4.5/layerformat.md. */
function layerProblems(layer: { readonly [member: string]: never }): string[] {
  const found: string[] = [];
  const kindOf = (value: unknown): Kind =>
    Array.isArray(value)
      ? 'list'
      : typeof value === 'string'
        ? 'text'
        : typeof value === 'number'
          ? 'number'
          : typeof value === 'boolean'
            ? 'flag'
            : 'object';
  const check = (of: string, value: object, at: string): void => {
    const members = FORMAT[of] ?? {};
    for (const [member, inner] of Object.entries(value)) {
      const wanted = members[member]?.replace('!', '');
      if (wanted !== kindOf(inner)) found.push(`${at}.${member}: ${wanted ?? 'unknown'}`);
    }
    for (const [member, kind] of Object.entries(members))
      if (kind.endsWith('!') && !Object.hasOwn(value, member)) found.push(`${at}.${member} is missing`);
  };
  const must = (right: boolean, what: string): void => {
    if (!right) found.push(what);
  };
  const { versions, layout, gradient, techniques, metadata, domain, sorting } = layer as unknown as {
    versions: { layer: string; navigator: string };
    layout: { layout: string; aggregateFunction: string; expandedSubtechniques: string };
    gradient: { colors: string[]; minValue: number; maxValue: number };
    techniques: { techniqueID: string; metadata: object[] }[];
    metadata: object[];
    domain: string;
    sorting: number;
  };
  check('layer', layer, 'layer');
  check('versions', versions, 'versions');
  check('layout', layout, 'layout');
  check('gradient', gradient, 'gradient');
  for (const one of metadata) check('metadata', one, 'metadata');
  must(versions.layer === '4.5', 'versions.layer');
  must(versions.navigator.localeCompare('4.9.0', 'en', { numeric: true }) >= 0, 'versions.navigator');
  must(['enterprise-attack', 'mobile-attack', 'ics-attack'].includes(domain), 'domain');
  must([0, 1, 2, 3].includes(sorting), 'sorting');
  must(['side', 'flat', 'mini'].includes(layout.layout), 'layout.layout');
  must(['average', 'min', 'max', 'sum'].includes(layout.aggregateFunction), 'layout.aggregateFunction');
  must(['none', 'all', 'annotated'].includes(layout.expandedSubtechniques), 'layout.expandedSubtechniques');
  must(gradient.colors.length >= 2 && gradient.colors.every((one) => /^#[0-9a-f]{6}$/i.test(one)), 'gradient.colors');
  must(gradient.maxValue > gradient.minValue, 'gradient.maxValue');
  must(new Set(techniques.map(({ techniqueID }) => techniqueID)).size === techniques.length, 'a technique twice');
  for (const one of techniques) {
    check('technique', one, one.techniqueID);
    for (const inner of one.metadata) check('metadata', inner, `${one.techniqueID}.metadata`);
    must(/^T\d{4}(\.\d{3})?$/.test(one.techniqueID) && attackEntry(one.techniqueID) !== undefined, one.techniqueID);
    must(attackDomain(one.techniqueID) === domain, `${one.techniqueID} in ${domain}`);
  }
  return found;
}
