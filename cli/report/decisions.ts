import type { BoundaryCell } from '../../language/index.js';
import { pathOfCell, whoApproves } from '../boundary/groups.js';
import { type Block, heading, list, missing, table, text } from '../document/document.js';
import { count } from '../terminal.js';
import { ALONE, type Answer, cellsAt, linkTo, type ReportedPlaybook, type Subject } from './subject.js';

/** 1. Which specific decisions are made without a person? */
export function withoutAPerson(subject: Subject): Answer {
  const cells = cellsAt(subject, ALONE);
  const judging = subject.playbooks.flatMap((playbook) =>
    playbook.loaded.steps.flatMap((step) =>
      step.kind === 'agent' && verdictReads(playbook, step.id.value)
        ? [`${playbook.id}: the verdict is what the agent of "${step.id.value}" says.`]
        : [],
    ),
  );
  const blocks: Block[] = [];
  if (cells.length === 0) blocks.push(text('No consequential act runs without a person.'));
  else {
    blocks.push(
      table(
        ['Playbook', 'Step', 'Act', 'On', 'Inside these bounds', 'Told', 'Proof'],
        cells.map(({ playbook, cell }) => [
          [linkTo(subject.home, playbook.file, playbook.id)],
          cell.step,
          `${cell.tool} (${cell.effect})`,
          cell.scope,
          cell.bounds.join('; ') || 'none beside its level',
          cell.autonomy === 'notify' ? 'people, at once' : 'nobody, but for the trace',
          cell.verdict,
        ]),
      ),
    );
  }
  if (judging.length > 0) blocks.push(text('Judgements that acts and people build on:'), list(judging));
  blocks.push(
    text('Reading and recording need no approval and are not in this list; question 9 has what agents read.'),
  );
  const unproven = cells.filter(({ cell }) => cell.verdict === 'unknown' || cell.verdict === 'violated').length;
  return {
    ...{ number: 1, question: 'Which specific decisions are made without a person?' },
    status: unproven > 0 ? 'in part' : 'shown',
    short:
      cells.length === 0
        ? 'None that is consequential.'
        : `${count(cells.length, 'act')} in ${count(new Set(cells.map(({ playbook }) => playbook.id)).size, 'playbook')}: ${[...new Set(cells.map(({ cell }) => cell.tool))].join(', ')}.`,
    blocks,
  };
}

/** Whether the playbook's verdict is made of what a step answered. */
function verdictReads({ loaded }: ReportedPlaybook, step: string): boolean {
  const source = loaded.playbook.verdict?.parsed.text ?? '';
  return new RegExp(`\\bsteps\\.${step}\\b`).test(source);
}

/** 6. What are the authorization boundaries of agent actions? */
export function boundaries(subject: Subject): Answer {
  const { playbooks, home } = subject;
  const all = playbooks.flatMap(({ boundary }) => boundary.cells);
  const bad = playbooks.flatMap((playbook) =>
    playbook.boundary.cells
      .filter(({ verdict }) => verdict === 'violated' || verdict === 'unknown')
      .map((cell) => ({ playbook, cell })),
  );
  const broken = playbooks.filter(({ errors }) => errors.length > 0);
  const blocks: Block[] = [
    table(
      [
        'Playbook',
        'Alone',
        'After approval',
        'By a person',
        'Proven',
        'Checked by the run',
        'Not proven',
        'Policy',
        'Record',
      ],
      playbooks.map(({ id, file, loaded, boundary: { cells }, record }) => [
        [linkTo(home, file, id)],
        ...[
          cells.filter(({ autonomy }) => autonomy === 'notify' || autonomy === 'autonomous'),
          cells.filter(({ autonomy }) => autonomy === 'approve'),
          cells.filter(({ autonomy }) => autonomy === 'assist' || autonomy === 'manual'),
          at(cells, 'proven'),
          at(cells, 'runtime'),
          [...at(cells, 'violated'), ...at(cells, 'unknown')],
        ].map((some) => String(some.length)),
        loaded.policy?.id?.value ?? 'none: nobody may approve, and nothing consequential runs alone',
        record === undefined ? 'none' : [linkTo(home, record, 'record')],
      ]),
    ),
  ];
  for (const playbook of playbooks) {
    const { cells } = playbook.boundary;
    if (cells.length === 0) continue;
    blocks.push(heading(3, playbook.id), cellsTable(cells));
  }
  if (bad.length > 0) {
    blocks.push(
      heading(3, 'Not proven'),
      list(
        bad.map(({ playbook, cell }) => {
          const way = cell.verdict === 'violated' ? ` Path: ${pathOfCell(cell)}.` : '';
          return `${playbook.id}, ${cell.step}, ${cell.tool}: ${cell.because}${way}`;
        }),
      ),
    );
  }
  if (broken.length > 0)
    blocks.push(
      heading(3, 'Playbooks that do not run'),
      list(
        broken.map(
          ({ id, errors }) => `${id}: ${errors[0] ?? ''}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}`,
        ),
      ),
    );
  if (playbooks.some(({ record }) => record === undefined))
    blocks.push(
      missing(
        'Some playbooks have no boundary record, so a change of what they may do is not in their diff. "countersign boundary --write" makes it; "countersign diff" in review says what a change lets the AI do that it could not before.',
      ),
    );
  return {
    ...{ number: 6, question: 'What are the authorization boundaries of agent actions?' },
    status: bad.length > 0 ? 'in part' : 'shown',
    short: `${count(all.length, 'act')}: ${at(all, 'proven').length} proven on every path, ${at(all, 'runtime').length} that the run also checks, ${bad.length} not proven.`,
    blocks,
  };
}

function cellsTable(cells: readonly BoundaryCell[]): Block {
  return table(
    ['Step', 'Act', 'Level', 'On', 'Who lets it run', 'Bounds', 'Proof', 'Undone by', 'Answers for it'],
    cells.map((cell) => [
      cell.step,
      `${cell.tool} (${cell.effect})`,
      cell.autonomy,
      cell.scope,
      whoApproves(cell) || (cell.autonomy === 'approve' ? 'nobody is asked' : 'nobody has to'),
      cell.bounds.join('; '),
      cell.verdict,
      cell.undo ?? 'nothing',
      cell.accountable ?? 'nobody',
    ]),
  );
}

function at(cells: readonly BoundaryCell[], verdict: BoundaryCell['verdict']): readonly BoundaryCell[] {
  return cells.filter((cell) => cell.verdict === verdict);
}
