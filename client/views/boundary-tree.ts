import type { BoundaryItem, BoundaryReply } from '../../server/protocol/requests.js';
import { shortened, visible } from '../viewer/events/visible.js';

/** Acts that the same people decide about. */
export interface BoundaryGroup {
  readonly id: string;
  readonly label: string;
  readonly icon: string;
  readonly cells: readonly BoundaryItem[];
}

/** What is shown of a playbook: what was last read of it, and whether that is what its text says now. */
export interface ShownBoundary {
  readonly uri: string;
  readonly boundary: Extract<BoundaryReply, { kind: 'boundary' }> | undefined;
  /** The text is broken since: `boundary` is what it said before. */
  readonly broken: boolean;
  /** It was broken from the first: `boundary` is what can be read of it. */
  readonly partial: boolean;
}

/** Takes a new answer. Of a text that is broken, what it said before stays. */
export function nextBoundary(
  shown: ShownBoundary | undefined,
  uri: string,
  reply: BoundaryReply | null,
): ShownBoundary | undefined {
  if (reply === null) return undefined;
  if (reply.kind === 'boundary') return { uri, boundary: reply, broken: false, partial: false };
  const before = shown?.uri === uri && !shown.partial ? shown.boundary : undefined;
  return { uri, boundary: before ?? reply.readable, broken: true, partial: before === undefined };
}

/** The acts by who decides about them: first what nobody is asked about. */
export function boundaryGroups({ cells, product }: Told): readonly BoundaryGroup[] {
  const groups = new Map<string, BoundaryGroup & { readonly rank: string }>();
  for (const cell of cells) {
    const { rank, ...kind } = kindOf(cell, product !== undefined);
    const id = `${rank} ${kind.label}`;
    groups.set(id, { id, rank, ...kind, cells: [...(groups.get(id)?.cells ?? []), cell] });
  }
  return [...groups.values()]
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map(({ id, label, icon, cells: own }) => ({ id, label, icon, cells: own }));
}

type Told = Pick<Extract<BoundaryReply, { kind: 'boundary' }>, 'cells' | 'product'>;

/** @param isForeign in other products a person may be asked whose answer decides nothing */
function kindOf(
  { autonomy, approval }: BoundaryItem,
  isForeign: boolean,
): { rank: string; label: string; icon: string } {
  switch (autonomy) {
    case 'autonomous':
      return { rank: '1', label: 'Without a person', icon: 'zap' };
    case 'notify':
      return { rank: '2', label: 'Without a person, who is told', icon: 'bell' };
    case 'approve':
      if (approval === null && isForeign)
        return { rank: '2', label: 'A person takes part, and decides nothing', icon: 'comment' };
      return approval === null
        ? { rank: '4', label: 'Approval: nobody can give it', icon: 'circle-slash' }
        : { rank: '3', label: `Approval: ${people(approval.quorum, approval.roles)}`, icon: 'shield' };
    case 'assist':
      return { rank: '5', label: 'A person does it, prepared for them', icon: 'person' };
    case 'manual':
      return { rank: '6', label: 'A person does it', icon: 'person' };
  }
}

function people(quorum: number, roles: readonly string[]): string {
  const named = line(roles.join(' or '));
  return quorum > 1 ? `${quorum} of ${named}` : named;
}

/** An act as a tree shows it. */
export interface CellWords {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  readonly colour: string;
  readonly spoken: string;
}

const VERDICTS = {
  proven: { icon: 'pass', colour: 'testing.iconPassed', words: 'proven' },
  runtime: { icon: 'watch', colour: 'charts.blue', words: 'checked at run time' },
  violated: { icon: 'error', colour: 'testing.iconFailed', words: 'violated' },
  unknown: { icon: 'question', colour: 'list.warningForeground', words: 'unknown' },
} as const;

/** @param product the product of a playbook that is none of ours: what its words cannot say is left out */
export function cellWords(cell: BoundaryItem, product?: string): CellWords {
  const { tool, step, scope, approval, bounds, untrusted, undo, accountable, verdict, because, effect } = cell;
  const { icon, colour, words } = VERDICTS[verdict];
  const doubt = verdict === 'violated' || verdict === 'unknown' ? [words] : [];
  const shown = [...doubt, line(step), line(scope)].join(' · ');
  const expires = approval?.expires ?? null;
  const facts: readonly (readonly [string, string])[] = [
    ['Verdict', `${words}. ${because}`],
    ['Step', step],
    ['Effect', `${effect} on ${scope}`],
    ['Asked at', approval === null ? '' : `${approval.gate}${expires === null ? '' : `, valid for ${expires}`}`],
    ['Bounds', bounds.join(', ')],
    ['Untrusted values', untrusted.join(', ')],
    ['Undone by', product === undefined ? (undo ?? 'nothing') : ''],
    ['Answers for it', accountable ?? ''],
  ];
  return {
    label: line(tool),
    description: shown,
    tooltip: [
      line(tool),
      ...facts.flatMap(([name, text]) => (text === '' ? [] : [`${name}: ${line(text, 400)}`])),
    ].join('\n'),
    icon,
    colour,
    spoken: `${line(tool)}, ${words}, step ${line(step)}, on ${line(scope)}`,
  };
}

/** What stands above the tree; `undefined`: the tree says it all, or there is nothing to say. */
export function boundaryMessage(shown: ShownBoundary | undefined): string | undefined {
  if (shown === undefined) return undefined;
  if (shown.broken) {
    if (shown.boundary === undefined) return 'Its text is broken, so what it may do cannot be told.';
    return shown.partial
      ? 'Its text is broken: this is what can be read of it, and parts may be missing.'
      : 'Its text is broken: this is what it said before.';
  }
  return shown.boundary?.cells.length === 0 ? 'It only reads and records: nothing it does needs authority.' : undefined;
}

function line(text: string, length = 120): string {
  return visible(shortened(text, length));
}
