import type { Act } from '../authority/acts.js';
import type { BoundaryCell } from '../authority/cell.js';
import { describeType } from '../expressions/types.js';
import type { LoadedPlaybook } from '../load.js';
import type { ForEachStep, Step } from '../model/playbook.js';
import type { Range } from '../syntax/tree.js';
import { actsAt, explainLevel, explainVerdict } from './explain-acts.js';
import type { Texts } from './place-link.js';
import type { SourceFile } from './source-file.js';

/** Which hints a person wants. */
export interface HintChoice {
  /** The level in force behind a step's id, where neither the step nor the playbook's default says the same. */
  readonly autonomy: boolean;
  /** Who approves an act, behind its tool. */
  readonly approver: boolean;
  /** What the variable of a loop holds. */
  readonly types: boolean;
}

export interface Hint {
  readonly kind: keyof HintChoice;
  /** Where it is shown, between two characters. */
  readonly offset: number;
  readonly label: string;
  /** Markdown: the reason. */
  readonly tooltip: string;
}

/** The hints of a playbook that are shown in `range`, in the order of the text. */
export function inlayHints(source: SourceFile, range: Range, choice: HintChoice, texts: Texts): Hint[] {
  const { playbook } = source;
  if (!playbook) return [];
  const within = (offset: number): boolean => range.start <= offset && offset <= range.end;
  const hints: Hint[] = [];
  const visible = playbook.steps.filter(({ node }) => node.range.start <= range.end && range.start <= node.range.end);
  if (choice.autonomy) hints.push(...visible.flatMap((step) => levelHint(step, source, texts)));
  if (choice.approver) hints.push(...approverHints(visible, source, playbook));
  if (choice.types)
    hints.push(...visible.flatMap((step) => (step.kind === 'for-each' ? itemHint(step, source, playbook) : [])));
  return hints.filter(({ offset }) => within(offset)).sort((a, b) => a.offset - b.offset);
}

function levelHint(step: Step, source: SourceFile, texts: Texts): Hint[] {
  const acts = actsAt(source, step);
  const levels = [...new Set(acts.map(({ autonomy }) => autonomy.level))];
  const written = step.autonomy?.value ?? source.playbook?.playbook.defaults.autonomy?.value;
  if (levels.length === 0 || (levels.length === 1 && levels[0] === written)) return [];
  const tooltip = acts.map((act) => explainLevel(act, source, texts)).join('\n\n');
  const offset = afterWord(source.text, step.id.range);
  return [{ kind: 'autonomy', offset, label: `runs at ${levels.join(' or ')}`, tooltip }];
}

function approverHints(steps: readonly Step[], source: SourceFile, playbook: LoadedPlaybook): Hint[] {
  const acts = steps.flatMap((step) => playbook.actsAt.get(step) ?? []);
  const asked = acts.filter(({ autonomy }) => autonomy.level === 'approve');
  if (asked.length === 0) return [];
  const cells = new Map<number, BoundaryCell>();
  for (const cell of source.boundary()?.cells ?? []) {
    if (cell.place.uri === source.uri) cells.set(cell.place.range.start, cell);
  }
  return asked.flatMap((act) => {
    const cell = cells.get(act.toolName.range.start);
    return cell ? [approverHint(act, cell, source)] : [];
  });
}

function approverHint({ toolName }: Act, cell: BoundaryCell, { text }: SourceFile): Hint {
  return {
    kind: 'approver',
    offset: afterWord(text, toolName.range),
    label: approverText(cell),
    tooltip: explainVerdict(cell),
  };
}

/** `approved at ask by 2 of analyst`. Never claims an approval that is not on every path. */
function approverText({ approval, verdict }: BoundaryCell): string {
  if (!approval) return verdict === 'unknown' ? 'approval unknown' : 'nobody approves';
  const who = approval.roles.join(' or ') || 'nobody';
  const by = approval.quorum === 1 ? who : `${approval.quorum} of ${who}`;
  const sure = verdict === 'proven' || verdict === 'runtime';
  return `${sure ? 'approved' : 'not always approved'} at ${approval.gate} by ${by}`;
}

function itemHint(step: ForEachStep, { text }: SourceFile, { scopes }: LoadedPlaybook): Hint[] {
  const { item, steps } = step;
  const [first] = steps;
  const type = item && first && scopes.get(first)?.variables.get(item.value);
  if (!item || !type || type.kind === 'any') return [];
  const list = step.in?.parsed.text.trim().replace(/\s+/g, ' ') ?? '';
  return [
    {
      kind: 'types',
      offset: afterWord(text, item.range),
      label: `: ${describeType(type)}`,
      tooltip: `Each item of \`${list.replaceAll('`', "'")}\``,
    },
  ];
}

/** The place behind a word, and behind its quote. */
function afterWord(text: string, { start, end }: Range): number {
  const quote = text[end];
  return (quote === '"' || quote === "'") && text[start - 1] === quote ? end + 1 : end;
}
