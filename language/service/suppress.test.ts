import assert from 'node:assert/strict';
import { applyConfig } from '../config/apply-config.js';
import { buildConfig } from '../config/build-config.js';
import { findConfig } from '../config/find-config.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../rules/example.js';
import { parseYaml } from '../syntax/parse.js';
import { openSource } from './source-file.js';
import { suppressionEdit } from './suppress.js';

const CONFIG = 'file:///w/countersign.config.yaml';
const NOISY = `${EXAMPLE_HEAD.replace(/budget:.*\n/, '').replace(/(example\.\w+\.yaml)/g, '../$1')}  - id: investigate
    agent:
      goal: Find out who is behind it
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
`;

/** The configuration after the one problem of a playbook was accepted; `undefined` when that is not offered. */
function accept(config: string | undefined, uri = 'file:///w/a/noisy.playbook.yaml', text = NOISY): string | undefined {
  const files = new Map(Object.entries(EXAMPLE_FILES).map(([name, content]) => [`file:///w/${name}`, content]));
  files.set('file:///w/.git/HEAD', 'x');
  if (config !== undefined) files.set(CONFIG, config);
  const host = { read: (one: string): string | undefined => files.get(one) };
  const source = openSource(uri, text, host);
  const [problem] = source?.problems ?? [];
  assert.ok(source && problem);
  const found = suppressionEdit(source, problem, findConfig(uri, host, []), host);
  if (!found) return undefined;
  assert.equal(found.configUri, CONFIG);
  assert.equal(found.isNew, config === undefined);
  const { range, newText } = found.edit;
  const after = (config ?? '').slice(0, range.start) + newText + (config ?? '').slice(range.end);
  const { root, problems } = parseYaml(after.replace('reason: ""', 'reason: because'));
  assert.deepEqual(problems, []);
  assert.deepEqual(applyConfig(buildConfig(CONFIG, root), uri, text, source.problems).problems, []);
  return after;
}

const ITEM = `rule: missing-budget
    file: a/noisy.playbook.yaml
    step: investigate
    reason: ""
`;

describe('accepting a problem', () => {
  it('starts a configuration, or the list in one', () => {
    assert.equal(accept(undefined), `suppressions:\n  - ${ITEM}`);
    assert.equal(accept(''), `suppressions:\n  - ${ITEM}`);
    assert.equal(accept('rules:\n  x: off'), `rules:\n  x: off\nsuppressions:\n  - ${ITEM}`);
    assert.equal(accept('# why\n'), `# why\nsuppressions:\n  - ${ITEM}`);
  });

  it('adds to the list behind its last item, as it is indented', () => {
    const first = 'rule: x\n    file: y.playbook.yaml\n    reason: z # and more\n';
    assert.equal(accept(`suppressions:\n  - ${first}`), `suppressions:\n  - ${first}  - ${ITEM}`);
    assert.equal(
      accept(`suppressions:\n  - ${first}\n# rules\nrules: {}\n`),
      `suppressions:\n  - ${first}  - ${ITEM}\n# rules\nrules: {}\n`,
    );
    const flush = 'suppressions:\n- { rule: x, file: y.playbook.yaml, reason: z }';
    assert.equal(accept(flush), `${flush}\n- ${ITEM.replace(/^ {2}/gm, '')}`);
  });

  it('quotes a path that YAML would read otherwise', () => {
    assert.match(accept(undefined, 'file:///w/a/x%3A%20y%23.playbook.yaml') ?? '', /file: "a\/x: y#\.playbook\.yaml"/);
  });

  it('is not offered for errors, nor where no line can be added', () => {
    assert.equal(accept('', undefined, NOISY.replace('owner:', 'ownr:')), undefined);
    for (const config of ['{}', '[]', 'suppressions: []\n', 'suppressions:\n', 'rules: {\n'])
      assert.equal(accept(config), undefined, config);
  });
});
