import type { Range } from '../syntax/tree.js';
import { entryOf } from '../syntax/tree.js';
import type { Proposal } from './proposal.js';
import type { SourceFile } from './source-file.js';
import { freshId, gapAt, lastWord, lineBreak, nextLine, stepText, written } from './step-text.js';

/** For a switch that leaves out a value: a default that hands over to people. */
export function defaultProposals(source: SourceFile, range: Range): Proposal[] {
  const { playbook, text } = source;
  const problems = source.problems.filter(
    (one) => one.rule === 'non-exhaustive-switch' && one.range.start <= range.end && range.start <= one.range.end,
  );
  return problems.flatMap((problem): Proposal[] => {
    const step = playbook?.steps.find((one) => one.kind === 'switch' && one.keyRange.start === problem.range.start);
    const place = step && stepText(source, step);
    const cases = step && entryOf(step.node, 'cases')?.value;
    if (!playbook || !step || !place || !cases || step.node.entries.some(({ key }) => key.text === 'default'))
      return [];
    const at = nextLine(text, lastWord(cases));
    const id = freshId(`other_${step.id.value}`, playbook.stepOf);
    const lines = [
      'default:',
      `  - id: ${id}`,
      '    stop: { outcome: escalated, reason: No case is written for this value. }',
    ];
    return [
      {
        title: 'Add a default case that hands over to people',
        kind: 'quickfix',
        preferred: true,
        makesFile: false,
        problems: [problem],
        changes: () => [
          {
            uri: source.uri,
            create: false,
            edits: [
              {
                range: { start: at, end: at },
                newText: gapAt(text, at) + written(lines, place.keys, lineBreak(text)),
              },
            ],
          },
        ],
      },
    ];
  });
}
