import assert from 'node:assert/strict';
import { keptFiles } from './host.js';
import { loadPlaybook } from './load.js';
import { exampleText, MAX_EXAMPLE, MAX_EXAMPLES } from './read-examples.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from './rules/example.js';

const REVIEWED = EXAMPLE_FILES['reviewed.case.yaml'] ?? '';
const ALERT = JSON.parse(EXAMPLE_FILES['example.alert.json'] ?? '');

/** Loads a playbook that names examples, among these files beside those of the rules' examples. */
function load(names: readonly string[], files: { readonly [name: string]: string } = {}, kept = keptFiles()) {
  const text = EXAMPLE_HEAD.replace('steps:\n', `examples: [${names.join(', ')}]\nsteps:\n`);
  const all: { readonly [name: string]: string } = { ...EXAMPLE_FILES, ...files };
  const host = { kept, read: (uri: string) => all[uri.replace('file:///w/', '')] };
  const loaded = loadPlaybook(
    'file:///w/x.playbook.yaml',
    `${text}  - id: over\n    stop: { outcome: completed }\n`,
    host,
  );
  const problems = loaded.problems.flatMap(({ rule, range, message }) =>
    names.some((name) => loaded.text.slice(range.start, range.end) === name) ? [[rule, message] as const] : [],
  );
  return { loaded, problems };
}

/** A reviewed case whose alert has so many characters more. */
function ofLength(id: string, more: number) {
  return {
    [`${id}.case.yaml`]: REVIEWED.replace('case: reviewed', `case: ${id}`).replace('example.alert', id),
    [`${id}.json`]: JSON.stringify({ ...ALERT, message: 'x'.repeat(more) }),
  };
}

describe('the examples of a playbook', () => {
  it('are what a person decided over an alert, with the reason, of reviewed cases alone', () => {
    const { loaded, problems } = load(['reviewed.case.yaml', 'decided.case.yaml']);
    assert.deepEqual(
      problems.map(([rule]) => rule),
      ['unreviewed-example'],
    );
    const [only, ...others] = loaded.examples;
    assert.ok(only && others.length === 0, 'the other is not offered');
    assert.deepEqual(only.content, {
      ...{ case: 'reviewed', alert: ALERT, truth: 'benign', verdict: 'benign' },
      reason: "Refused at ask. The account is a service's.",
    });
    assert.equal(only.mark.by, 'ana@soc.example');
    assert.deepEqual(only.files, ['file:///w/reviewed.case.yaml', 'file:///w/example.alert.json']);
  });

  it('are of this playbook, whole, and reviewed by somebody whom the policy knows', () => {
    for (const [name, text, rule, said] of [
      ['other.case.yaml', REVIEWED.replace('playbook: example', 'playbook: another'), 'broken-reference', /another/],
      [
        'half.case.yaml',
        REVIEWED.replace('alert: example', 'alert: none'),
        'broken-reference',
        /line \d+: There is no/,
      ],
      [
        'eve.case.yaml',
        REVIEWED.replace('by: ana@soc', 'by: eve@soc'),
        'unreviewed-example',
        /eve@soc.example.*no role/,
      ],
      [
        'hand.case.yaml',
        REVIEWED.replace(/feedback:[\s\S]*?(?=alert:)/, ''),
        'unreviewed-example',
        /not made of a decision/,
      ],
      ['word.yaml', REVIEWED, 'broken-reference', /must end in \.case\.yaml/],
    ] as const) {
      const { loaded, problems } = load([name], { [name]: text });
      assert.deepEqual([loaded.examples.length, problems.length, problems[0]?.[0]], [0, 1, rule], name);
      assert.match(problems[0]?.[1] ?? '', said);
    }
    assert.equal(load(['gone.case.yaml']).problems[0]?.[0], 'file-not-found');
  });

  it('are never more than is stated: one by itself, and all together', () => {
    const of = (id: string, more: number) => load([`${id}.case.yaml`], ofLength(id, more));
    const [none] = of('none', 0).loaded.examples;
    assert.ok(none);
    const room = MAX_EXAMPLE - exampleText({ ...none.content, alert: { ...ALERT, message: '' } }).length;
    assert.equal(of('most', room).loaded.examples.length, 1);
    const over = of('more', room + 1);
    assert.deepEqual([over.loaded.examples.length, over.problems[0]?.[0]], [0, 'broken-reference']);
    assert.match(over.problems[0]?.[1] ?? '', new RegExp(`has ${MAX_EXAMPLE + 1} characters`));

    const ids = ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee'];
    const five = load(
      ids.map((id) => `${id}.case.yaml`),
      Object.assign({}, ...ids.map((id) => ofLength(id, room))),
    );
    assert.equal(five.loaded.examples.length, MAX_EXAMPLES / MAX_EXAMPLE);
    assert.match(five.problems[0]?.[1] ?? '', /"eeee\.case\.yaml" is one too many/);
  });

  it('are read anew where the case or its alert changed, and only there', () => {
    const kept = keptFiles();
    const first = load(['reviewed.case.yaml'], {}, kept).loaded.examples[0];
    assert.equal(load(['reviewed.case.yaml'], {}, kept).loaded.examples[0]?.content, first?.content);
    const alert = JSON.stringify({ ...ALERT, message: 'New.' });
    const other = load(['reviewed.case.yaml'], { 'example.alert.json': alert }, kept).loaded.examples[0];
    assert.match(JSON.stringify(other?.content), /New\./);
    const text = REVIEWED.replace('truth: benign', 'truth: ambiguous');
    const third = load(['reviewed.case.yaml'], { 'reviewed.case.yaml': text }, kept).loaded.examples[0];
    assert.equal(third?.content.truth, 'ambiguous');
  });
});
