import assert from 'node:assert/strict';
import { checkFile } from '../check-file.js';
import type { Problem } from '../problem.js';
import type { Range } from '../syntax/tree.js';
import { EXAMPLE_DAY, EXAMPLE_FILES, EXAMPLE_HEAD } from './example.js';
import { RULES } from './index.js';
import { RULE_NAMES } from './names.js';
import type { Example } from './rule.js';

const ALERT = {
  class_uid: 2004,
  category_uid: 2,
  type_uid: 200401,
  activity_id: 1,
  severity_id: 4,
  time: 1_700_000_000_000,
  metadata: { version: '1.6.0', product: { vendor_name: 'Example' } },
  finding_info: { uid: 'f-1', title: 'An example' },
};

const FILES: { readonly [uri: string]: string } = {
  ...Object.fromEntries(Object.entries(EXAMPLE_FILES).map(([name, text]) => [`file:///w/${name}`, text])),
  'file:///w/example.alert.json': JSON.stringify(ALERT),
  'file:///w/noisy.playbook.yaml': `${EXAMPLE_HEAD.replace(/budget:.*\n/, '')}  - id: investigate
    agent:
      goal: Find out who is behind it
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
`,
  'file:///w/broken.alert.json': JSON.stringify({ ...ALERT, finding_info: undefined }),
};
/** Where an example of a kind would lie. */
function uriOf(kind: Example['kind']): string {
  if (kind === 'config') return 'file:///w/countersign.config.yaml';
  return `file:///w/x.${kind === 'steps' ? 'playbook' : kind}.yaml`;
}
const host = { today: EXAMPLE_DAY, read: (uri: string): string | undefined => FILES[uri] };

/** The problems of an example, and the ranges its marks enclose. */
function run(example: Example): {
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly marks: readonly Range[];
} {
  const marked = example.kind === 'steps' ? EXAMPLE_HEAD + example.text : example.text;
  const marks: Range[] = [];
  let text = '';
  let start = 0;
  for (const part of marked.split(/([«»])/)) {
    if (part === '«') start = text.length;
    else if (part === '»') marks.push({ start, end: text.length });
    else text += part;
  }
  return { text, marks, problems: checkFile(uriOf(example.kind), text, host).problems };
}

describe('rules', () => {
  it('are all described, each once', () => {
    const named = Object.values(RULE_NAMES).flat().sort();
    assert.deepEqual(RULES.map((rule) => rule.name).sort(), named);
    for (const rule of RULES) assert.ok((RULE_NAMES[rule.group] as readonly string[]).includes(rule.name), rule.name);
  });

  for (const rule of RULES) {
    // The runner alone knows both a case and the playbook it is run with.
    const reported = rule.name !== 'wrong-playbook';
    const unmarked = rule.name === 'not-text' || rule.name === 'file-too-large';

    if (reported) {
      it(`${rule.name}: reports its failing example at the marked words`, () => {
        const { problems, marks, text } = run(rule.failing);
        const own = problems.filter((problem) => problem.rule === rule.name);
        assert.ok(
          own.length > 0,
          `not reported; got ${JSON.stringify(
            problems.map((problem) => [problem.rule, problem.message]),
            null,
            1,
          )}`,
        );
        for (const problem of own) assert.equal(problem.severity, rule.severity);
        if (unmarked) return;
        const words = (ranges: readonly Range[]): string[] =>
          ranges.map((range) => `${range.start} ${text.slice(range.start, range.end)}`);
        assert.deepEqual(words(own.map((problem) => problem.range)), words(marks));
      });
    }

    it(`${rule.name}: passes its passing example`, () => {
      const { problems } = run(rule.passing);
      assert.deepEqual(
        problems.filter((problem) => problem.rule === rule.name),
        [],
      );
    });

    it(`${rule.name}: its fixes mend it`, () => {
      const { problems, text } = run(rule.failing);
      for (const problem of problems.filter((one) => one.rule === rule.name)) {
        for (const fix of problem.fixes) {
          const edits = [...fix.edits].sort((a, b) => b.range.start - a.range.start);
          const mended = edits.reduce(
            (at, edit) => at.slice(0, edit.range.start) + edit.newText + at.slice(edit.range.end),
            text,
          );
          const left = checkFile(uriOf(rule.failing.kind), mended, host).problems.filter(
            (one) => one.rule === rule.name && one.message === problem.message,
          );
          assert.deepEqual(left, [], fix.title);
        }
      }
    });
  }

  it('leave every passing example of kind steps free of errors of any rule but the claim’s', () => {
    for (const rule of RULES) {
      if (rule.passing.kind !== 'steps') continue;
      const others = run(rule.passing).problems.filter(
        (one) => one.severity === 'error' && one.rule !== 'operating-model-mismatch',
      );
      assert.deepEqual(others, [], rule.name);
    }
  });
});
