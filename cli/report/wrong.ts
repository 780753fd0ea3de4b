import { type Block, missing, table, text } from '../document/document.js';
import { count } from '../terminal.js';
import { ALONE, type Answer, cellsAt, linkTo, type Subject, traceLinks } from './subject.js';

/** 3. What happens when the AI acts wrongly? */
export function whenWrong(subject: Subject): Answer {
  const { traces, home, playbooks } = subject;
  const cells = cellsAt(subject, ALONE);
  const withoutUndo = cells.filter(({ cell }) => cell.undo === null);
  const withoutOwner = playbooks.flatMap(({ id, boundary }) =>
    boundary.cells.filter(({ accountable }) => accountable === null).map((cell) => `${id} ${cell.step}`),
  );
  const means: readonly (readonly [string, string, readonly (typeof traces)[number][], string])[] = [
    [
      'Taken back',
      'countersign undo',
      traces.filter(({ undone }) => undone > 0),
      'undo an act of a dry run while its time is open',
    ],
    ['Ended by a person', 'countersign kill', traces.filter(({ killed }) => killed), 'kill a run that waits at a gate'],
    [
      'Refused or changed by a person',
      'the gates of the boundary',
      traces.filter(({ overruled }) => overruled.length > 0),
      'refuse, and change, a call at a gate',
    ],
    [
      'Handed to people',
      'steps that stop as "escalated", and gates that are handed on',
      traces.filter(({ outcome, handedOn }) => outcome === 'escalated' || handedOn > 0),
      'run a case that fits no pattern',
    ],
    ['Stopped by the policy', 'every call', traces.filter(({ denied }) => denied > 0), '"countersign redteam"'],
    [
      'Drawn for review',
      '"review" of a step, or of a ceiling',
      traces.filter(({ reviews }) => reviews > 0),
      'run cases with "sampled"',
    ],
  ];
  const exercised = means.filter(([, , some]) => some.length > 0);
  const blocks: Block[] = [
    ...(cells.length === 0
      ? []
      : [
          text('Acts without a person, and how each is taken back:'),
          table(
            ['Playbook', 'Step', 'Act', 'Taken back by', 'Bounds', 'Answers for it'],
            cells.map(({ playbook, cell }) => [
              [linkTo(home, playbook.file, playbook.id)],
              cell.step,
              cell.tool,
              cell.undo ?? 'nothing',
              cell.bounds.filter((bound) => /undone|told|reviewed/.test(bound)).join('; ') || 'none',
              cell.accountable ?? 'nobody',
            ]),
          ),
        ]),
    text('What exists, and whether the traces show it at work:'),
    table(
      ['Means', 'Exists as', 'Seen in', 'For example'],
      means.map(([name, as, some]) => [
        name,
        as,
        some.length === 0 ? 'no trace' : count(some.length, 'trace'),
        some.length === 0 ? '' : traceLinks(home, some, 2),
      ]),
    ),
  ];
  const idle = means.filter(([, , some]) => some.length === 0);
  if (idle.length > 0)
    blocks.push(
      missing(
        `That it works, for: ${idle.map(([name, , , how]) => `${name.toLowerCase()} (${how})`).join('; ')}. Give the traces with --traces.`,
      ),
    );
  if (withoutUndo.length > 0)
    blocks.push(
      missing(
        `A way back from ${withoutUndo.map(({ cell }) => `${cell.tool} at ${cell.step}`).join(', ')}: its catalog names no "undo".`,
      ),
    );
  if (withoutOwner.length > 0)
    blocks.push(missing(`Who answers for ${[...new Set(withoutOwner)].join(', ')}. Name a role under "accountable".`));
  return {
    ...{ number: 3, question: 'What happens when the AI acts wrongly?' },
    status: exercised.length === means.length && withoutOwner.length === 0 ? 'shown' : 'in part',
    short: `${means.length} means exist, ${exercised.length} of them seen at work; ${withoutUndo.length} of ${count(cells.length, 'act')} without a person cannot be taken back.`,
    blocks,
  };
}
