import { type BoundaryCell, VERDICT_WORDS } from '../../language/index.js';
import { shownPath } from '../files.js';
import { shownAsIs } from '../formats/as-is.js';
import { lineLink } from '../formats/line-link.js';
import type { FileBoundary } from './boundary.js';
import { countOfVerdicts, groupsOf, pathOfCell, whoApproves } from './groups.js';

/** What playbooks may do, for a pull request: a table a group, counterexamples below. */
export function boundaryMarkdown(results: readonly FileBoundary[]): string {
  return `${results.map(one).join('\n\n')}\n`;
}

function one(result: FileBoundary): string {
  const { boundary, file } = result;
  const { declared, computed, because } = boundary.operatingModel;
  const claim = declared === computed ? 'as declared' : `declared: ${declared ?? 'nothing'}`;
  const parts = [
    `### ${shownAsIs(boundary.playbook)} (${shownAsIs(shownPath(file))})`,
    `**${countOfVerdicts(boundary)}.** Operating model: ${computed} (${claim}): ${shownAsIs(because[0] ?? '')}.`,
  ];
  for (const { title, cells } of groupsOf(boundary)) {
    parts.push(`#### ${title}`, cells.length === 0 ? 'Nothing.' : table(cells, result));
  }
  const failing = boundary.cells.filter(({ verdict }) => verdict === 'violated' || verdict === 'unknown');
  if (failing.length > 0) {
    parts.push('#### What is not proven', failing.map((cell) => `- ${shownAsIs(counterexample(cell))}`).join('\n'));
  }
  parts.push(...foreignNotes(result));
  return parts.join('\n\n');
}

function table(cells: readonly BoundaryCell[], result: FileBoundary): string {
  if (result.foreign) return foreignTable(cells, result);
  const rows = cells.map((cell) =>
    [
      VERDICT_WORDS[cell.verdict],
      cell.step,
      `${cell.tool} (${cell.effect})`,
      cell.scope,
      whoApproves(cell),
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

/** Without what other products cannot say, and with the line: nobody who reviews it here knows such a file by heart. */
function foreignTable(cells: readonly BoundaryCell[], result: FileBoundary): string {
  const rows = cells.map((cell) =>
    [
      ...[
        VERDICT_WORDS[cell.verdict],
        cell.step,
        `${cell.tool} (${cell.effect})`,
        cell.scope,
        cell.approval ? whoApproves(cell) : '',
      ].map(shownAsIs),
      linkTo(cell.place, result),
    ].join(' | '),
  );
  return [
    '| verdict | step | tool | on | who | line |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

/** Of a playbook of another product: what of it is not understood, and questions whose answer nothing reads. */
function foreignNotes(result: FileBoundary): readonly string[] {
  const { notUnderstood = [], unread = [] } = result.foreign ?? {};
  const list = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [`#### ${title}`, lines.map((line) => `- ${line}`).join('\n')];
  return [
    ...list(
      'Asked, and no condition reads the answer',
      unread.map(({ id, ...place }) => `${shownAsIs(id)} ${linkTo(place, result)}`),
    ),
    ...list(
      'Not understood, and taken for acts',
      notUnderstood.map(({ what, ...place }) => `${shownAsIs(what)} ${linkTo(place, result)}`),
    ),
  ];
}

function linkTo({ uri, range }: BoundaryCell['place'], { linesOf, nameOf }: FileBoundary): string {
  return lineLink(nameOf(uri), linesOf(uri).positionAt(range.start).line + 1);
}

function counterexample(cell: BoundaryCell): string {
  const path = cell.verdict === 'violated' ? ` Path: ${pathOfCell(cell)}.` : '';
  return `${cell.step}, ${cell.tool}: ${cell.because}${path}`;
}
