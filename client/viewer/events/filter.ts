import type { TraceLine } from '../../../runner/protocol/trace.js';
import { MARK } from '../model/marks.js';
import type { Story } from './story.js';
import { wordsFor } from './words.js';

export const CHIPS = ['all', 'acts', 'denied', 'approvals', 'untrusted', 'model', 'tools'] as const;
export type Chip = (typeof CHIPS)[number];

/** A part of the run, in milliseconds since it opened; both ends belong to it. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Filter {
  readonly chip: Chip;
  /** Words that must all occur, in any case; empty for no search. */
  readonly search: string;
  /** Absent for the whole run. */
  readonly range?: Range;
}

export const NO_FILTER: Filter = { chip: 'all', search: '' };

/** Whether every event passes. */
export function passesAll({ chip, search, range }: Filter): boolean {
  return chip === 'all' && search.trim() === '' && range === undefined;
}

/** What is said where no event passes: a title and what to do or think. */
export function nothingFor(filter: Filter, live: boolean): readonly [title: string, text: string] {
  if (filter.search.trim() !== '') return ['No event matches', 'Search for something else, or choose “All”.'];
  if (filter.range !== undefined)
    return ['Nothing of this kind in the chosen time', 'Choose another time, or all of it.'];
  const yet = live ? ' yet' : '';
  switch (filter.chip) {
    case 'acts':
      return [`No consequential act${yet}`, 'Nothing was tried that would change anything.'];
    case 'denied':
      return [`Nothing was denied${yet}`, 'Every call that was proposed was allowed, and nobody refused.'];
    case 'approvals':
      return [`Nobody was asked${yet}`, 'No gate was reached and no person had anything to do.'];
    case 'untrusted':
      return [`No untrusted value reached a call${yet}`, 'No call was made of data that an attacker may have written.'];
    case 'model':
      return [`No model took part${yet}`, 'No agent step was run.'];
    case 'tools':
      return [`No tool was called${yet}`, 'No call was proposed.'];
    case 'all':
      return ['No event matches', 'This trace has no events.'];
  }
}

/** Indexes of the lines from `from` up to `end` that pass, in order. Without a search no line is read for it. */
export function matching(story: Story, filter: Filter, from = 0, end = story.lines.length): number[] {
  const wanted = wordsOf(filter);
  const [first, last] = filter.range === undefined ? [0, end] : story.between(filter.range.from, filter.range.to);
  const found: number[] = [];
  for (let index = Math.max(from, first); index < Math.min(end, last); index++) {
    if (inChip(story, filter.chip, index) && (wanted.length === 0 || says(story, index, wanted))) found.push(index);
  }
  return found;
}

/** Whether one line passes. */
export function passes(story: Story, filter: Filter, index: number): boolean {
  return matching(story, filter, index, index + 1).length > 0;
}

function wordsOf({ search }: Filter): readonly string[] {
  return search.toLowerCase().split(/\s+/).filter(Boolean);
}

function says(story: Story, index: number, wanted: readonly string[]): boolean {
  const line = story.lines.at(index);
  if (line === undefined) return false;
  const text = searchable(line, story);
  return wanted.every((word) => text.includes(word));
}

/** What a search looks through: the words of the row and everything the line carries. */
function searchable(line: TraceLine, story: Story): string {
  const { text, note } = wordsFor(line, story);
  return `${line.event} ${line.step ?? ''} ${line.actor.id} ${text} ${note} ${JSON.stringify(line.data)}`.toLowerCase();
}

function inChip(story: Story, chip: Chip, index: number): boolean {
  return chip === 'all' || (story.marks.at(index) & MARKS[chip]) !== 0;
}

const MARKS: Readonly<Record<Exclude<Chip, 'all'>, number>> = {
  acts: MARK.act,
  denied: MARK.denied,
  approvals: MARK.approval,
  untrusted: MARK.untrusted,
  model: MARK.model,
  tools: MARK.tool,
};
