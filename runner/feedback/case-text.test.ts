import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildCase } from '../../language/model/build-case.js';
import { checkShape } from '../../language/model/shape.js';
import { parseYaml } from '../../language/syntax/parse.js';
import type { Json, JsonObject } from '../protocol/trace.js';
import { type CaseContent, caseText } from './case-text.js';

const content = (over: Partial<CaseContent>): CaseContent => ({
  ...{ id: 'one', title: 'One', description: 'Said so.', playbook: 'triage', truth: 'malicious', injected: undefined },
  feedback: {
    run: 'run-1',
    trace: `sha256:${'0'.repeat(64)}`,
    by: ['ana@soc.example'],
    reviewed: 'seen',
    example: undefined,
  },
  ...{ alert: 'one.alert.json', inputs: {}, events: [], answers: [], approvals: [], tasks: [], undo: [], sampled: [] },
  ...{ draws: false, expect: { verdict: undefined, must: [], may: [], mustNot: [], changedAt: [] } },
  ...over,
});

describe('the file of a feedback case', () => {
  it('is read as what it was made of, whatever texts say', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom(
        'yes',
        '0x1',
        '<<',
        '&a',
        '*a',
        '!!str',
        '- x',
        'a: b',
        '# c',
        '',
        ' x ',
        'a\n\n  b\n',
        '2026-01-01',
        '~',
        '__proto__',
      ),
    );
    const json = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        text,
        fc.constantFrom<Json>(0, -1.5, 1e21, null, false),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(text, fc.constantFrom('a', 'b')), tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(json, text, (value, said) => {
        const args: JsonObject = { value };
        const made = caseText(
          content({
            description: `x${said}`,
            answers: [{ tool: 'a.b', with: args, output: value }],
            approvals: [{ gate: 'ask', as: 'bo', decision: 'modify', call: 2, with: args, reason: `y${said}` }],
            tasks: [{ step: 'look', as: 'bo', output: args }],
          }),
        );
        const tree = parseYaml(made);
        assert.deepEqual(
          [...tree.problems, ...(tree.root ? checkShape('case', tree.root, tree.problems) : [])],
          [],
          made,
        );
        const read = buildCase('file:///one.case.yaml', tree.root);
        const plain = (one: unknown): unknown => JSON.parse(JSON.stringify(one));
        assert.equal(read.description, `x${said}`);
        assert.deepEqual(plain(read.answers[0]?.with), plain(args));
        assert.deepEqual(plain(read.answers[0]?.output), plain(value));
        assert.deepEqual(plain(read.approvals[0]?.with), plain(args));
        assert.deepEqual([read.approvals[0]?.call, read.approvals[0]?.reason], [2, `y${said}`]);
        assert.deepEqual(plain(read.tasks[0]?.output), plain(args));
      }),
      { numRuns: 200 },
    );
  });

  it('says where it comes from and what is expected, and nothing that is empty', () => {
    const made = caseText(
      content({ expect: { verdict: 'malicious', must: ['a.b'], may: [], mustNot: ['c.d'], changedAt: ['ask'] } }),
    );
    const read = buildCase('file:///one.case.yaml', parseYaml(made).root);
    assert.deepEqual(read.feedback, content({}).feedback);
    assert.deepEqual(
      [read.expect?.verdict, read.expect?.mustAct, read.expect?.mustNotAct],
      ['malicious', ['a.b'], ['c.d']],
    );
    assert.deepEqual(
      read.expect?.decided.map(({ at, decision }) => [at.value, decision]),
      [['ask', 'modify']],
    );
    assert.doesNotMatch(made, /may:|answers|tasks|sampled|inputs|events/);
  });
});
