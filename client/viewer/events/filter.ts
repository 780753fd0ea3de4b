import type { TraceLine } from '../../../runner/protocol/trace.js';
import type { Story } from './story.js';
import { wordsFor } from './words.js';

export const CHIPS = ['all', 'acts', 'denied', 'approvals', 'model', 'tools'] as const;
export type Chip = (typeof CHIPS)[number];

export interface Filter {
  readonly chip: Chip;
  /** Words that must all occur, in any case; empty for no search. */
  readonly search: string;
}

export const NO_FILTER: Filter = { chip: 'all', search: '' };

/** What is said where no event passes: a title and what to do or think. */
export function nothingFor(filter: Filter, live: boolean): readonly [title: string, text: string] {
  if (filter.search.trim() !== '') return ['No event matches', 'Search for something else, or choose “All”.'];
  const yet = live ? ' yet' : '';
  switch (filter.chip) {
    case 'acts':
      return [`No consequential act${yet}`, 'Nothing was tried that would change anything.'];
    case 'denied':
      return [`Nothing was denied${yet}`, 'Every call that was proposed was allowed, and nobody refused.'];
    case 'approvals':
      return [`Nobody was asked${yet}`, 'No gate was reached and no person had anything to do.'];
    case 'model':
      return [`No model took part${yet}`, 'No agent step was run.'];
    case 'tools':
      return [`No tool was called${yet}`, 'No call was proposed.'];
    case 'all':
      return ['No event matches', 'This trace has no events.'];
  }
}

/** Indexes of the lines from `from` on that pass, in order. */
export function matching(story: Story, filter: Filter, from = 0): number[] {
  const wanted = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const found: number[] = [];
  for (let index = from; index < story.lines.length; index++) {
    const line = story.lines[index];
    if (line === undefined || !inChip(line, filter.chip, story)) continue;
    if (wanted.length > 0) {
      const text = searchable(line, story);
      if (!wanted.every((word) => text.includes(word))) continue;
    }
    found.push(index);
  }
  return found;
}

/** What a search looks through: the words of the row and everything the line carries. */
function searchable(line: TraceLine, story: Story): string {
  const { text, note } = wordsFor(line, story);
  return `${line.event} ${line.step ?? ''} ${line.actor.id} ${text} ${note} ${JSON.stringify(line.data)}`.toLowerCase();
}

function inChip(line: TraceLine, chip: Chip, story: Story): boolean {
  switch (chip) {
    case 'all':
      return true;
    case 'acts':
      return isAct(line, story);
    case 'denied':
      return isDenial(line);
    case 'approvals':
      return (
        line.event.startsWith('gate.') ||
        line.event.startsWith('task.') ||
        line.event === 'decided' ||
        line.event === 'modified' ||
        line.event === 'escalated' ||
        (line.event === 'authorized' && line.data.decision === 'needs-approval')
      );
    case 'model':
      return line.event.startsWith('model.') || line.event === 'budget';
    case 'tools':
      return ['proposed', 'authorized', 'intent', 'executed', 'outcome.unknown', 'withheld'].includes(line.event);
  }
}

function isAct(line: TraceLine, story: Story): boolean {
  switch (line.event) {
    case 'proposed':
      return story.isConsequential(line.data.call.id);
    case 'authorized':
    case 'intent':
    case 'executed':
    case 'notified':
    case 'outcome.unknown':
    case 'withheld':
    case 'undone':
      return story.isConsequential(line.data.call);
    default:
      return false;
  }
}

function isDenial(line: TraceLine): boolean {
  switch (line.event) {
    case 'authorized':
      return line.data.decision === 'deny';
    case 'decided':
      return line.data.decision === 'reject';
    case 'gate.closed':
      return line.data.outcome !== 'approved' && line.data.outcome !== 'withdrawn';
    case 'task.done':
      return !line.data.performed;
    case 'step.left':
      return ['denied', 'rejected', 'timed-out'].includes(line.data.outcome);
    case 'run.closed':
      return line.data.outcome === 'denied';
    default:
      return false;
  }
}
