import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { checkFile } from '../check-file.js';
import { parseYaml } from '../syntax/parse.js';
import type { AlertFormat } from './alert-format.js';
import { ALERT_FORMATS } from './map-alert.js';
import { buildMapping } from './read-mapping.js';

const WORDS = ['unknown', 'informational', 'low', 'medium', 'high', 'critical'] as const;

/** A format as somebody would write it in a file of their own. */
function written(format: AlertFormat): string {
  const { name, recognizedBy, jsonTexts, ruleUid, severity, entities, ...others } = format;
  return stringify({
    mapping: name,
    ...others,
    'recognized-by': recognizedBy,
    'json-texts': jsonTexts,
    'rule-uid': ruleUid,
    severity: {
      at: severity.at,
      levels: Object.fromEntries(Object.entries(severity.levels).map(([word, id]) => [word, WORDS[id]])),
    },
    entities: Object.fromEntries(entities.map(({ type, at }) => [type, at])),
  });
}

function problemsOf(text: string): readonly (readonly [words: string, rule: string])[] {
  const { kind, problems } = checkFile('file:///w/own.mapping.yaml', text, { read: () => undefined });
  assert.equal(kind, 'mapping');
  return problems.map(({ range, rule }) => [text.slice(range.start, range.end), rule]);
}

const OWN = `mapping: own
title: An alert of our own
vendor: Ours
product: Watch
recognized-by: [watch_id]
headline: [name]
time: [at]
severity: { at: [level], levels: { sev1: critical, 2: low } }
entities: { host: ["machines[kind=server].name", machine], user: [who] }
`;

describe('a mapping in a file', () => {
  it('can say whatever a format says that is known', () => {
    for (const format of ALERT_FORMATS) {
      const text = written(format);
      assert.deepEqual(problemsOf(text), [], format.name);
      assert.deepEqual(buildMapping(parseYaml(text).root), format);
    }
  });

  it('is read as it is written, with the usual words for severities unless it has its own', () => {
    const read = (text: string) => buildMapping(parseYaml(text).root);
    assert.deepEqual(problemsOf(OWN), []);
    const { severity, entities, uid, jsonTexts } = read(OWN);
    assert.deepEqual(severity, { at: ['level'], levels: { sev1: 5, 2: 2 } });
    assert.deepEqual(entities, [
      { type: 'host', at: ['machines[kind=server].name', 'machine'] },
      { type: 'user', at: ['who'] },
    ]);
    assert.deepEqual([uid, jsonTexts], [[], undefined]);
    assert.equal(read(OWN.replace(/, levels: .*? }/, '')).severity.levels.critical, 5);
  });

  it('says at the word what is wrong', () => {
    for (const [from, to, words, rule] of [
      ['title:', 'titel:', 'titel', 'unknown-key'],
      ['critical', 'severe', 'severe', 'invalid-value'],
      ['user: [who]', 'person: [who]', 'person', 'unknown-key'],
      ['[watch_id]', 'watch_id', 'watch_id', 'wrong-type'],
      ['[kind=server]', '[kind server]', 'machines[kind server].name', 'invalid-value'],
      ['time: [at]\n', '', '', 'missing-key'],
    ] as const) {
      const problems = problemsOf(OWN.replace(from, to));
      assert.ok(
        problems.some(([at, name]) => name === rule && (words === '' || at === words)),
        JSON.stringify(problems),
      );
    }
  });
});
