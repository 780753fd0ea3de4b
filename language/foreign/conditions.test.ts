import assert from 'node:assert/strict';
import fc from 'fast-check';
import { meaningOf, meaningOfLiteral } from './answers.js';
import { decisionIn } from './conditions.js';

const asked = (text: string): string | undefined => (text.includes('answer') ? 'ask' : undefined);
const says = (condition: string): string => {
  const decision = decisionIn(condition, asked);
  return decision ? `${decision.whenTrue} ${decision.whenFalse}` : 'nothing';
};

describe('Conditions that read an answer', () => {
  it('approve where they hold only after a yes', () => {
    for (const condition of [
      'answer == true',
      "answer = 'yes'",
      'answer: "Approve"',
      '"yes" == answer',
      "answer === 'isolate'",
      "answer == 'yes' and other > 3",
      "answer in ['yes', 'ok']",
      'answer.approved',
      '{{ answer == true }}',
      "answer == 'yes' or answer == 'ok'",
      '<% answer = true %>',
    ])
      assert.equal(says(condition), 'approves refuses', condition);
  });

  it('approve on their other side where that is only taken after a yes', () => {
    for (const condition of ["answer != 'yes'", 'not answer: true', '!answer.approved'])
      assert.equal(says(condition), 'refuses approves', condition);
  });

  it('approve nothing otherwise', () => {
    for (const condition of [
      "answer == 'no'", '"no" == answer', 'answer != "no"', 'answer == other.value', 'other.value == answer', 'answer: *', 'answer > 1', 'answer == null', "answer == ''",
      "answer == 'yes' or other == 1", "not (answer == 'yes')", "not answer: false", 'answer == $other', 'answer == "{{ other }}"', 'answer.text', "answer in ['yes', 'no']", 'answer == ${other}',
    ]) assert.equal(says(condition), 'refuses refuses', condition); // biome-ignore format: a list
    assert.equal(says('other == true'), 'nothing');
  });

  it('never approve by a text that says no somewhere, and never throw', () => {
    fc.assert(fc.property(fc.string(), (text) => assert.notEqual(meaningOf(`${text} no`), 'approves')));
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('answer', ' ', '==', '!=', 'not ', 'and ', 'or ', '(', ')', "'yes'", 'x', ':', '"'),
        }),
        (text) => void says(text),
      ),
    );
    for (const text of ['$x', '{{ x }}', 'a.b', '@x', '', 'null', 'f(x)', 'x:y'])
      assert.equal(meaningOfLiteral(text), 'refuses', text);
  });
});
