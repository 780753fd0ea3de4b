import type { Act } from '../authority/acts.js';
import type { BoundaryCell, CellVerdict } from '../authority/cell.js';
import { VERDICT_WORDS } from '../authority/verdict-words.js';
import type { Step } from '../model/playbook.js';
import { code, plain } from './explain.js';
import { placeLink, type Texts } from './place-link.js';
import type { SourceFile } from './source-file.js';

/**
 * The acts of a step, or those with one tool, as Markdown: the level in force at each, why and where that is written, and
 * the verdict on it. Empty for a step that is no action and no agent.
 */
export function explainActs(step: Step, source: SourceFile, texts: Texts, only?: string): string {
  const { playbook } = source;
  if (!playbook || (step.kind !== 'action' && step.kind !== 'agent')) return '';
  const acts = actsAt(source, step).filter(({ toolName }) => only === undefined || toolName.value === only);
  if (acts.length > 0) return acts.map((act) => explainAct(act, source, texts)).join('\n\n');
  const named = step.kind === 'action' ? step.tool.value !== '' : step.tools.length > 0;
  return named && only === undefined ? 'Only reads and records: nothing here needs a level or an approval.' : '';
}

/** The level at an act and why: `identity.suspend runs at approve: the policy’s ceiling … is approve (default.policy.yaml:7)`. */
export function explainLevel({ toolName, autonomy }: Act, source: SourceFile, texts: Texts): string {
  const where = autonomy.decidedAt ? ` (${placeLink(source, autonomy.decidedAt, texts)})` : '';
  return `\`${code(toolName.value)}\` runs at **${autonomy.level}**: ${plain(autonomy.because)}${where}`;
}

/** A verdict in one line: `✓ **proven**: Every path to it has the approval of "ask".` */
export function explainVerdict({ verdict, because }: Pick<BoundaryCell, 'verdict' | 'because'>): string {
  return `${MARKS[verdict]} **${VERDICT_WORDS[verdict]}**: ${plain(because)}`;
}

/** The cell of an act of this very file. */
export function cellOfAct(source: SourceFile, { toolName }: Act): BoundaryCell | undefined {
  const { start } = toolName.range;
  return source.boundary()?.cells.find(({ place }) => place.range.start === start && place.uri === source.uri);
}

/** The acts of a step, each tool once. */
export function actsAt({ playbook }: SourceFile, step: Step): readonly Act[] {
  const acts = playbook?.actsAt.get(step) ?? [];
  return acts.filter((act, index) => acts.findIndex((one) => one.toolName.value === act.toolName.value) === index);
}

function explainAct(act: Act, source: SourceFile, texts: Texts): string {
  const cell = cellOfAct(source, act);
  // Two blanks before the line break: a new line, not a new paragraph.
  return [explainLevel(act, source, texts), ...(cell ? [explainVerdict(cell)] : [])].join('  \n');
}

const MARKS = { proven: '✓', runtime: '◷', violated: '✗', unknown: '?' } as const satisfies {
  [V in CellVerdict]: string;
};
