import assert from 'node:assert/strict';
import { checkFile } from '../check-file.js';
import type { FileHost } from '../host.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../rules/example.js';
import { parseYaml } from '../syntax/parse.js';
import { applyConfig } from './apply-config.js';
import { buildConfig } from './build-config.js';
import { configFinder, findConfig } from './find-config.js';
import { unusedOfFolders } from './unused.js';

const AGENT = (id: string): string => `  - id: ${id}
    agent:
      goal: Find out who is behind it
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
`;
/** Two agents without a budget, the second inside the first branch of an \`if\`. */
const NOISY = `${EXAMPLE_HEAD.replace(/budget:.*\n/, '')}${AGENT('first')}  - id: choose
    if: alert.severity_id >= 3
    then:
${AGENT('second').replace(/^/gm, '    ').trimEnd()}
`;
const CONFIG = 'file:///w/countersign.config.yaml';

/** A host of these files, by their paths below `file:///w/`. */
function hostOf(files: { readonly [name: string]: string }): FileHost {
  const all = new Map(
    Object.entries({ ...EXAMPLE_FILES, ...files }).map(([name, text]) => [`file:///w/${name}`, text]),
  );
  return { read: (uri) => all.get(uri) };
}

function checkConfig(text: string, files: { readonly [name: string]: string } = {}): readonly Problem[] {
  return checkFile(CONFIG, text, hostOf(files)).problems;
}

/** `rule @ words`, in order. */
function told(text: string, problems: readonly Problem[]): string[] {
  return problems.map(({ rule, range }) => `${rule} @ ${text.slice(range.start, range.end)}`);
}

describe('the configuration of a file', () => {
  const find = (files: { readonly [name: string]: string }, uri: string, roots: readonly string[] = []) =>
    findConfig(uri, hostOf(files), roots).config?.uri;

  it('is the nearest above it, up to the root of the repository', () => {
    const files = { '.git/HEAD': 'ref: x', 'countersign.config.yaml': '', 'a/countersign.config.yaml': '' };
    assert.equal(find(files, 'file:///w/a/b/x.playbook.yaml'), 'file:///w/a/countersign.config.yaml');
    assert.equal(find(files, 'file:///w/c/x.playbook.yaml'), CONFIG);
    assert.equal(find(files, 'file:///w/x.playbook.yaml'), CONFIG);
    assert.equal(find(files, 'file:///x.playbook.yaml'), undefined);
  });

  it('is not taken from above the repository, a linked working tree included', () => {
    for (const mark of ['a/.git/HEAD', 'a/.git']) {
      const files = { 'countersign.config.yaml': '', [mark]: 'x' };
      assert.equal(find(files, 'file:///w/a/b/x.playbook.yaml', ['file:///w']), undefined);
    }
  });

  it('is, outside a repository, looked for up to the outermost root, or else in its own folder', () => {
    const files = { 'countersign.config.yaml': '' };
    assert.equal(find(files, 'file:///w/a/b/x.playbook.yaml'), undefined);
    assert.equal(find(files, 'file:///w/a/b/x.playbook.yaml', ['file:///w/a']), undefined);
    assert.equal(find(files, 'file:///w/a/b/x.playbook.yaml', ['file:///w/a', 'file:///w']), CONFIG);
    assert.equal(find(files, 'file:///w/x.playbook.yaml'), CONFIG);
  });

  it('is the same inside a repository whatever the roots', () => {
    const files = { '.git/HEAD': 'ref: x', 'countersign.config.yaml': '' };
    for (const roots of [[], ['file:///w/a/b'], ['file:///']])
      assert.equal(find(files, 'file:///w/a/b/x.playbook.yaml', roots), CONFIG);
  });

  it('names every place that was looked at, so that a new file counts', () => {
    const host = hostOf({ 'a/.git/HEAD': 'x' });
    assert.deepEqual(findConfig('file:///w/a/b/x.playbook.yaml', host, []).candidates, [
      'file:///w/a/b/countersign.config.yaml',
      'file:///w/a/countersign.config.yaml',
    ]);
  });

  it('ends for URIs of any form', () => {
    for (const uri of ['', 'x', 'x.playbook.yaml', '/', '//', 'untitled:x', 'file://', 'file:///', 'http://h/x'])
      assert.equal(findConfig(uri, { read: () => undefined }, ['']).config, undefined);
  });

  it('is one object for all the files it holds for', () => {
    const find = configFinder(hostOf({ '.git/HEAD': 'x', 'countersign.config.yaml': '' }), []);
    assert.ok(find('file:///w/a/x.yaml'));
    assert.equal(find('file:///w/a/x.yaml'), find('file:///w/b/y.yaml'));
  });
});

describe('what a configuration does', () => {
  const uri = 'file:///w/noisy.playbook.yaml';
  const { problems } = checkFile(uri, NOISY, hostOf({}));
  const apply = (config: string, review = false) =>
    applyConfig(buildConfig(CONFIG, parseYaml(config).root), uri, NOISY, problems, { review });
  const suppression = (more: string): string =>
    `suppressions: [{ rule: missing-budget, file: noisy.playbook.yaml, reason: r${more} }]`;

  it('reports both agents without one', () => {
    assert.deepEqual(told(NOISY, problems), ['missing-budget @ first', 'missing-budget @ second']);
  });

  it('sets the severity of a rule', () => {
    for (const level of ['error', 'information'] as const) {
      const reported = apply(`rules: { missing-budget: ${level} }`).problems;
      assert.deepEqual(
        reported.map(({ severity }) => severity),
        [level, level],
      );
    }
    assert.deepEqual(apply('rules: { missing-budget: off }').problems, []);
  });

  it('suppresses a rule in a file, below a folder, or at the innermost step alone', () => {
    assert.equal(apply(suppression('')).problems.length, 0);
    assert.equal(apply(suppression('').replace('noisy.playbook.yaml', './')).suppressed.length, 2);
    assert.equal(apply(suppression('').replace('noisy.playbook.yaml', 'other/')).problems.length, 2);
    assert.deepEqual(told(NOISY, apply(suppression(', step: first')).problems), ['missing-budget @ second']);
    assert.deepEqual(told(NOISY, apply(suppression(', step: second')).problems), ['missing-budget @ first']);
    assert.equal(apply(suppression(', step: choose')).problems.length, 2);
  });

  it('does nothing without a reason, with an unreadable step, or for another rule', () => {
    for (const broken of [
      suppression('').replace('reason: r', 'reason: ""'),
      suppression('').replace('reason: r', 'reason: " "'),
      suppression('').replace('reason: r', 'step: first'),
      suppression(', step: 3'),
      suppression('').replace('missing-budget', 'missing-undo'),
      suppression('').replace('missing-budget', 'missing-budgt'),
    ])
      assert.equal(apply(broken).problems.length, 2, broken);
  });

  it('shows a reviewer everything, at no less than its own severity', () => {
    assert.equal(apply(suppression(''), true).problems.length, 2);
    assert.deepEqual(apply('rules: { missing-budget: off }', true).problems, problems);
    assert.deepEqual(apply('rules: { missing-budget: information }', true).problems, problems);
    assert.equal(apply('rules: { missing-budget: error }', true).problems[0]?.severity, 'error');
  });

  it('never hides that a file could not be read as it was meant', () => {
    const broken = NOISY.replace('owner:', 'ownr: x\nowner:');
    const found = checkFile(uri, broken, hostOf({})).problems.filter(({ rule }) => rule === 'unknown-key');
    assert.equal(found.length, 1);
    const config = buildConfig(
      CONFIG,
      parseYaml(
        'rules: { unknown-key: off }\nsuppressions: [{ rule: unknown-key, file: noisy.playbook.yaml, reason: r }]',
      ).root,
    );
    assert.deepEqual(applyConfig(config, uri, broken, found).problems, found);
  });

  it('knows a file however its URI is encoded', () => {
    const config = buildConfig(
      CONFIG,
      parseYaml('suppressions: [{ rule: missing-budget, file: a b@c.playbook.yaml, reason: r }]').root,
    );
    for (const spelling of ['file:///w/a%20b@c.playbook.yaml', 'file:///w/a%20b%40c.playbook.yaml'])
      assert.equal(applyConfig(config, spelling, NOISY, problems).problems.length, 0, spelling);
  });
});

describe('a configuration is checked:', () => {
  it('an empty one is fine', () => {
    assert.deepEqual(checkConfig(''), []);
    assert.deepEqual(checkConfig('# nothing yet\n'), []);
  });

  it('an unknown rule, at the word, with what was meant', () => {
    const text =
      'rules: { missing-budgt: off }\nsuppressions:\n  - { rule: "ungated-akt", file: x.playbook.yaml, reason: r }\n';
    const problems = checkConfig(text);
    assert.deepEqual(told(text, problems), ['unknown-rule @ missing-budgt', 'unknown-rule @ ungated-akt']);
    assert.match(problems[0]!.message, /Did you mean "missing-budget"\?/);
    assert.match(problems[1]!.message, /Did you mean "ungated-act"\?/);
    assert.ok(problems.every(({ severity }) => severity === 'error'));
  });

  it('what cannot be silenced', () => {
    const text =
      'rules:\n  yaml-syntax: off\n  unknown-key: warning\n  wrong-type: error\nsuppressions:\n  - { rule: invalid-value, file: noisy.playbook.yaml, reason: r }\n';
    const problems = checkConfig(text, { 'noisy.playbook.yaml': NOISY });
    assert.deepEqual(told(text, problems), [
      'invalid-value @ yaml-syntax',
      'invalid-value @ unknown-key',
      'invalid-value @ invalid-value',
    ]);
    assert.match(problems[0]!.message, /cannot be reported as anything but an error/);
    assert.match(problems[2]!.message, /cannot be suppressed/);
  });

  for (const [what, item, rule, word] of [
    ['a missing reason', '{ rule: missing-budget, file: noisy.playbook.yaml }', 'missing-key', 'rule'],
    ['an empty reason', '{ rule: missing-budget, file: noisy.playbook.yaml, reason: "" }', 'invalid-value', ''],
    ['a blank reason', '{ rule: missing-budget, file: noisy.playbook.yaml, reason: " " }', 'invalid-value', ' '],
    ['a pattern for a file', '{ rule: missing-budget, file: "**/*.yaml", reason: r }', 'invalid-value', '**/*.yaml'],
    [
      'an absolute path',
      '{ rule: missing-budget, file: /a.playbook.yaml, reason: r }',
      'invalid-value',
      '/a.playbook.yaml',
    ],
    [
      'an unknown key',
      '{ rule: missing-budget, file: noisy.playbook.yaml, reason: r, stepp: a }',
      'unknown-key',
      'stepp',
    ],
  ] as const)
    it(what, () => {
      const text = `suppressions:\n  - ${item}\n`;
      const problems = checkConfig(text, { 'noisy.playbook.yaml': NOISY });
      assert.ok(told(text, problems).includes(`${rule} @ ${word}`), told(text, problems).join('\n'));
    });

  it('a level that is none', () => {
    const text = 'rules: { missing-budget: warnng }\n';
    const problems = checkConfig(text);
    assert.deepEqual(told(text, problems), ['invalid-value @ warnng']);
    assert.match(problems[0]!.message, /Did you mean "warning"\?/);
  });

  it('bad YAML, and what is right of it still counts', () => {
    const text = 'rules:\n  missing-budget: off\nsuppressions: [\n';
    const problems = checkConfig(text);
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['yaml-syntax'],
    );
  });

  it('suppressions that cover nothing, each with why', () => {
    const unused = (file: string, more = '', files: { readonly [name: string]: string } = {}): string[] => {
      const text = `suppressions:\n  - { rule: missing-budget, file: ${file}, reason: r${more} }\n`;
      const problems = checkConfig(text, { 'noisy.playbook.yaml': NOISY, ...files });
      assert.ok(problems.every(({ rule, severity }) => rule === 'unused-suppression' && severity === 'warning'));
      return problems.map(({ message }) => message);
    };
    assert.deepEqual(unused('noisy.playbook.yaml'), []);
    assert.deepEqual(unused('noisy.playbook.yaml', ', step: second'), []);
    assert.match(unused('noisy.playbook.yaml', ', step: third')[0]!, /reports nothing at step "third"/);
    assert.match(unused('gone.playbook.yaml')[0]!, /there is no such file/);
    assert.match(unused('x.txt', '', { 'x.txt': '' })[0]!, /not a file that is checked/);
    assert.match(unused('countersign.config.yaml')[0]!, /wrong with a configuration cannot be suppressed/);
    const inner = { 'a/x.playbook.yaml': NOISY, 'a/countersign.config.yaml': '' };
    assert.match(unused('a/x.playbook.yaml', '', inner)[0]!, /another configuration holds there/);
    assert.deepEqual(unused('folder/'), [], 'only who lists files can tell');
  });

  it('a suppression that another one covers already', () => {
    const item = '{ rule: missing-budget, file: noisy.playbook.yaml, reason: r }';
    const problems = checkConfig(`suppressions:\n  - ${item}\n  - ${item}\n`, { 'noisy.playbook.yaml': NOISY });
    assert.equal(problems.length, 1);
  });

  it('folders, once every file below them was checked', () => {
    const config = buildConfig(
      CONFIG,
      parseYaml(
        'suppressions: [{ rule: missing-budget, file: a/, reason: r }, { rule: missing-undo, file: b/, reason: r }]',
      ).root,
    );
    assert.equal(unusedOfFolders(config, new Set(config.suppressions.slice(0, 1)), () => true).length, 1);
    assert.equal(unusedOfFolders(config, new Set(), (folder) => folder === 'file:///w/a/').length, 1);
  });
});
