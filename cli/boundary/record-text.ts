import type { Boundary, BoundaryCell } from '../../language/authority/cell.js';
import { VERDICT_WORDS } from '../../language/authority/verdict-words.js';
import { visible } from '../../language/visible.js';
import { RECORD } from '../../revisions/index.js';
import { shownAsIs } from '../formats/as-is.js';
import { groupsOf } from './groups.js';

const PLAYBOOK = '.playbook.yaml';
const WRITTEN_BY = '`countersign boundary --write` writes this file';

/** The path of a playbook's record: `x.boundary.md` beside `x.playbook.yaml`. */
export function recordOf(playbook: string): string {
  return `${playbook.slice(0, -PLAYBOOK.length)}${RECORD}`;
}

/** The path of the playbook that a record is of. */
export function playbookOf(record: string): string {
  return `${record.slice(0, -RECORD.length)}${PLAYBOOK}`;
}

/** Whether two texts are the same record: git may have given one the line ends of another system. */
export function sameRecord(one: string, other: string): boolean {
  return one.replaceAll('\r\n', '\n') === other.replaceAll('\r\n', '\n');
}

/** Whether a text was a record once, whatever a merge left of it. */
export function isRecord(text: string): boolean {
  return text.trim() === '' || text.includes(WRITTEN_BY);
}

/**
 * What a playbook may do, to be kept beside it: one line an act, sorted within the question it answers, so that a changed
 * act is one changed line. Says nothing of places, paths or the day, which would change it without changing an act.
 *
 * @param file path of the playbook; its last part is named
 */
export function recordText(boundary: Boundary, file: string): string {
  const { declared, computed } = boundary.operatingModel;
  const parts = [
    `# Boundary of ${code(boundary.playbook)}`,
    `What the playbook ${code(file.replace(/^.*[/\\]/, ''))}, and those it calls, may do and who lets it, one act a line. ${WRITTEN_BY}: do not edit it. It grants nothing. \`countersign boundary --check\` computes it anew and fails where it differs.`,
    `Operating model: ${computed}, ${declared === computed ? 'as declared' : `declared: ${declared ?? 'nothing'}`}.`,
  ];
  for (const { title, cells } of groupsOf(boundary)) {
    const lines = cells.map((cell) => ({ key: `${cell.step}\0${cell.tool}`, text: lineOf(cell) })).sort(inOrder);
    parts.push(`## ${title}`, lines.length === 0 ? 'Nothing.' : lines.map(({ text }) => text).join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

interface Line {
  readonly key: string;
  readonly text: string;
}

/** By step and tool, and then by all of it: never by where it is written. */
function inOrder(a: Line, b: Line): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
}

function lineOf(cell: BoundaryCell): string {
  const fails = cell.verdict === 'violated' || cell.verdict === 'unknown';
  const facts = [
    cell.autonomy,
    whoApproves(cell),
    cell.bounds.length === 0 ? 'no bounds' : `bounds: ${cell.bounds.map(code).join(', ')}`,
    cell.untrusted.length === 0 ? '' : `untrusted: ${cell.untrusted.map(code).join(', ')}`,
    cell.undo === null ? 'nothing undoes it' : `undone by ${code(cell.undo)}`,
    cell.accountable === null ? 'nobody answers for it' : `${code(cell.accountable)} answers for it`,
    `${VERDICT_WORDS[cell.verdict]}${fails ? `: ${shownAsIs(cell.because)}` : ''}`,
  ];
  const act = `${code(cell.step)}: ${code(cell.tool)} (${cell.effect}) on ${code(cell.scope)}`;
  return `- ${act}; ${facts.filter((fact) => fact !== '').join('; ')}`;
}

function whoApproves({ approval, autonomy }: BoundaryCell): string {
  if (!approval) return autonomy === 'approve' ? 'nobody is asked' : '';
  const people = approval.quorum === 1 ? '1 person' : `${approval.quorum} people`;
  const valid = approval.expires === null ? 'until the run ends' : `for ${code(approval.expires)}`;
  const roles = approval.roles.length === 0 ? 'no role' : approval.roles.map(code).join(' or ');
  return `${people} of ${roles} at ${code(approval.gate)}, valid ${valid}`;
}

/**
 * Text of a playbook as code, on one line: no markup, link or mention is looked for in it, and the fence is longer than any
 * run of backticks within. It stays as it is written, so that a change of it can be read.
 */
function code(text: string): string {
  const shown = visible(text).replace(/\s+/g, ' ').trim();
  if (shown === '') return '(nothing)';
  const runs = shown.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const space = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}
