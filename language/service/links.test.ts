import assert from 'node:assert/strict';
import { CATALOG_URI, HEADER, HOST, PLAYBOOK_URI, POLICY_URI } from './fixtures.test.js';
import { linksOf } from './links.js';
import { openSource } from './source-file.js';

const DOCS = 'https://docs.example/';

/** Each linked word and where it leads. */
function links(text: string, uri = PLAYBOOK_URI, docs: string | undefined = DOCS): { readonly [word: string]: string } {
  const source = openSource(uri, text, HOST);
  assert.ok(source);
  return Object.fromEntries(
    linksOf(source, docs).map(({ range, target }) => [text.slice(range.start, range.end), target]),
  );
}

describe('links', () => {
  it('lead to catalogs, policy, context and called playbooks', () => {
    const text = `${HEADER}context: { vips: context/vips.yaml }
steps:
  - id: p
    parallel: all
    branches:
      one:
        - id: c
          call: "contain.playbook.yaml"
`;
    assert.deepEqual(links(text), {
      'catalogs/soc.tools.yaml': CATALOG_URI,
      'default.policy.yaml': POLICY_URI,
      'context/vips.yaml': 'file:///soc/context/vips.yaml',
      'contain.playbook.yaml': 'file:///soc/contain.playbook.yaml',
    });
  });

  it('lead to the pages of techniques and tactics, old ones too, and of nothing else', () => {
    assert.deepEqual(links('attack: [T1566.002, TA0001, "T1086", T9999, Phishing]\r\n'), {
      'T1566.002': 'https://attack.mitre.org/techniques/T1566/002/',
      TA0001: 'https://attack.mitre.org/tactics/TA0001/',
      T1086: 'https://attack.mitre.org/techniques/T1086/',
    });
  });

  it('lead from a case to its alert', () => {
    const target = { '../alerts/a.json': 'file:///soc/alerts/a.json' };
    assert.deepEqual(links('case: c\nalert: ../alerts/a.json\n', 'file:///soc/cases/c.case.yaml'), target);
  });

  it('lead from a configuration to rules and files, and from a policy to what it waives', () => {
    const config = `rules: { unused-input: ignore, no-such-rule: warning }
suppressions:
  - { rule: missing-budget, file: a.playbook.yaml, reason: x }
  - { rule: missing-budget2, file: old/, reason: x }
`;
    const uri = 'file:///soc/countersign.config.yaml';
    assert.deepEqual(links(config, uri), {
      'unused-input': `${DOCS}rules/unused-input.md`,
      'missing-budget': `${DOCS}rules/missing-budget.md`,
      'a.playbook.yaml': PLAYBOOK_URI.replace('demo', 'a'),
    });
    assert.deepEqual(links('waivers:\n  - { rule: missing-budget, playbook: x }\n', POLICY_URI), {
      'missing-budget': `${DOCS}rules/missing-budget.md`,
    });
  });

  it('of rules are none without documentation', () => {
    const source = openSource('file:///soc/countersign.config.yaml', 'rules: { unused-input: ignore }', HOST);
    assert.ok(source);
    assert.deepEqual(linksOf(source, undefined), []);
  });

  it('are none in nothing', () => {
    assert.deepEqual(links(''), {});
    assert.deepEqual(links('attack: ['), {});
  });
});
