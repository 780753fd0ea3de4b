import { type BoundaryCell, VERDICT_WORDS } from '../../language/index.js';
import { shownPath } from '../files.js';
import { shownAsIs } from '../formats/as-is.js';
import type { FileBoundary } from './boundary.js';
import { countOfVerdicts, groupsOf, pathOfCell, whoApproves } from './groups.js';

/** What playbooks may do, for a pull request: a table a group, counterexamples below. */
export function boundaryMarkdown(results: readonly FileBoundary[]): string {
  return `${results.map(one).join('\n\n')}\n`;
}

function one({ boundary, file, foreign }: FileBoundary): string {
  const { declared, computed, because } = boundary.operatingModel;
  const claim = declared === computed ? 'as declared' : `declared: ${declared ?? 'nothing'}`;
  const parts = [
    `### ${shownAsIs(boundary.playbook)} (${shownAsIs(shownPath(file))})`,
    `**${countOfVerdicts(boundary)}.** Operating model: ${computed} (${claim}): ${shownAsIs(because[0] ?? '')}.`,
  ];
  for (const { title, cells } of groupsOf(boundary)) {
    parts.push(`#### ${title}`, cells.length === 0 ? 'Nothing.' : table(cells, foreign !== undefined));
  }
  const failing = boundary.cells.filter(({ verdict }) => verdict === 'violated' || verdict === 'unknown');
  if (failing.length > 0) {
    parts.push('#### What is not proven', failing.map((cell) => `- ${shownAsIs(counterexample(cell))}`).join('\n'));
  }
  return parts.join('\n\n');
}

function table(cells: readonly BoundaryCell[], foreign: boolean): string {
  const rows = cells.map((cell) =>
    [
      VERDICT_WORDS[cell.verdict],
      cell.step,
      `${cell.tool} (${cell.effect})`,
      cell.scope,
      foreign && !cell.approval ? '' : whoApproves(cell),
      cell.bounds.join('; '),
      cell.untrusted.join(', '),
      cell.undo ?? '',
      cell.accountable ?? '',
    ]
      .map(shownAsIs)
      .join(' | '),
  );
  return [
    '| verdict | step | tool | on | who | bounds | untrusted | undo | answers for it |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

function counterexample(cell: BoundaryCell): string {
  const path = cell.verdict === 'violated' ? ` Path: ${pathOfCell(cell)}.` : '';
  return `${cell.step}, ${cell.tool}: ${cell.because}${path}`;
}
