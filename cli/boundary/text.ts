import { type BoundaryCell, VERDICT_WORDS } from '../../language/index.js';
import { shownPath } from '../files.js';
import { type Paint, plain, type Terminal } from '../terminal.js';
import type { FileBoundary } from './boundary.js';
import { countOfVerdicts, groupsOf, pathOfCell, whoApproves } from './groups.js';

/** What playbooks may do, for a person at a terminal. */
export function boundaryText(results: readonly FileBoundary[], { paint }: Pick<Terminal, 'paint'>): string {
  return results.map((result) => one(result, paint)).join('\n');
}

function one(result: FileBoundary, paint: Paint): string {
  const { boundary, file } = result;
  const { declared, computed, because } = boundary.operatingModel;
  const claim = result.foreign
    ? `${computed}`
    : declared === computed
      ? `${computed}, as declared`
      : `${computed}, and not ${declared ?? 'declared'} as it claims`;
  const lines = [
    `${paint('bold', plain(boundary.playbook || 'A playbook without an id'))}  ${paint('dim', plain(shownPath(file)))}`,
    `Operating model: ${claim}: ${plain(because[0] ?? '')}.`,
  ];
  for (const { title, cells } of groupsOf(boundary)) {
    lines.push('', paint('bold', title));
    if (cells.length === 0) lines.push(paint('dim', '  nothing'));
    for (const cell of cells) lines.push(...cellLines(cell, result, paint));
  }
  const bad = boundary.cells.some(({ verdict }) => verdict === 'violated' || verdict === 'unknown');
  if (result.foreign) lines.push(...foreignLines(result.foreign, result, paint));
  lines.push('', `${bad ? paint('red', '✗') : paint('green', '✓')} ${countOfVerdicts(boundary)}`, '');
  return lines.join('\n');
}

/** What of a playbook of another product is not understood, and what people are asked in vain. */
function foreignLines(
  { notUnderstood, unread }: NonNullable<FileBoundary['foreign']>,
  { linesOf, nameOf }: FileBoundary,
  paint: Paint,
): string[] {
  const at = ({ uri, range }: BoundaryCell['place']): string =>
    paint('dim', plain(`${nameOf(uri)}:${linesOf(uri).positionAt(range.start).line + 1}`));
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : ['', paint('bold', title), ...items];
  return [
    ...list(
      'Asked, and no condition reads the answer',
      unread.map((step) => `  ${plain(step.id)}  ${at(step)}`),
    ),
    ...list(
      'Not understood',
      notUnderstood.map((one) => `  ${plain(one.what)}  ${at(one)}`),
    ),
  ];
}

function cellLines(cell: BoundaryCell, { linesOf, nameOf, foreign }: FileBoundary, paint: Paint): string[] {
  const { line } = linesOf(cell.place.uri).positionAt(cell.place.range.start);
  const where = `${nameOf(cell.place.uri)}:${line + 1}`;
  const facts: readonly (readonly [string, string])[] = [
    ['who', foreign && !cell.approval ? '' : whoApproves(cell)],
    ['bounds', cell.bounds.join('; ')],
    ['untrusted', cell.untrusted.join(', ')],
    // Of these other products say nothing.
    ['undo', foreign ? '' : (cell.undo ?? 'nothing undoes it')],
    ['answers for it', foreign ? '' : (cell.accountable ?? 'nobody')],
    ['why', cell.because],
    [cell.verdict === 'violated' ? 'path' : '', cell.verdict === 'violated' ? pathOfCell(cell) : ''],
  ];
  return [
    `  ${mark(cell, paint)} ${paint('bold', plain(cell.step))}  ${plain(cell.tool)} (${cell.effect}) on ${plain(cell.scope)}  ${paint('dim', plain(where))}`,
    ...facts.flatMap(([name, fact]) =>
      fact === '' || name === '' ? [] : [`      ${paint('dim', `${name}:`)} ${plain(fact)}`],
    ),
  ];
}

function mark({ verdict }: BoundaryCell, paint: Paint): string {
  switch (verdict) {
    case 'proven':
      return paint('green', '✓ proven ');
    case 'runtime':
      return paint('yellow', `◷ ${VERDICT_WORDS.runtime} `);
    case 'violated':
      return paint('red', '✗ violated ');
    case 'unknown':
      return paint('red', '? unknown ');
  }
}
