import type { ApprovalRequest, TaskRequest } from '../../runner/protocol/messages.js';
import type { Verification } from '../../runner/protocol/trace.js';
import { Outline } from './compare/outline.js';
import { type Filter, matching, NO_FILTER, passes, passesAll, type Range } from './events/filter.js';
import { Story } from './events/story.js';
import { visible } from './events/visible.js';
import { feed, type Models, newModels } from './model/models.js';
import type { ToViewer } from './protocol/messages.js';

export const PANES = ['events', 'steps', 'waterfall', 'approvals', 'budget'] as const;
export type Pane = (typeof PANES)[number];

/** One of two traces that are compared. */
export interface Side {
  readonly name: string;
  readonly story: Story;
  readonly outline: Outline;
  /** `null` until all of it has been read and checked. */
  readonly verification: Verification | null;
}

/** A question a person has not answered yet. */
export type Question =
  | { readonly kind: 'approval'; readonly ask: string; readonly request: ApprovalRequest; readonly user: string }
  | { readonly kind: 'task'; readonly ask: string; readonly request: TaskRequest; readonly user: string };

/** What the page shows. */
export interface State {
  readonly phase: 'waiting' | 'open' | 'error' | 'compare';
  readonly error: { readonly title: string; readonly message: string };
  readonly name: string;
  readonly live: boolean;
  readonly story: Story;
  readonly models: Models;
  readonly verification: Verification | null;
  readonly pane: Pane;
  readonly filter: Filter;
  /** Indexes of the lines that pass the filter, in order; `null` when all do. It grows in place. */
  readonly rows: number[] | null;
  /** How many lines the filter has been asked of. A search in a large trace goes on in parts. */
  readonly scanned: number;
  /** The part of the time the waterfall shows; `null` for all there is to show. */
  readonly view: Range | null;
  /** Index of the selected line. */
  readonly selected: number | null;
  readonly details: boolean;
  /** The event to select as soon as it is there. */
  readonly wanted: number | null;
  /** Whether the keys are shown. */
  readonly help: boolean;
  readonly sides: { readonly a: Side; readonly b: Side } | null;
  /** Whether selecting an event shows its YAML line. */
  readonly follow: boolean;
  readonly questions: readonly Question[];
  /** Problems with what was filled in, by field; the empty name for the answer as a whole. */
  readonly problems: ReadonlyMap<string, string>;
  /** Said by a screen reader. */
  readonly announcement: string;
}

const NO_ERROR: State['error'] = { title: '', message: '' };

export function startState(follow: boolean): State {
  return {
    phase: 'waiting',
    error: NO_ERROR,
    name: '',
    live: false,
    story: new Story(),
    models: newModels(),
    verification: null,
    pane: 'events',
    filter: NO_FILTER,
    rows: null,
    scanned: 0,
    view: null,
    selected: null,
    details: false,
    wanted: null,
    help: false,
    sides: null,
    follow,
    questions: [],
    problems: new Map(),
    announcement: '',
  };
}

/** The state after a message of the extension. The story of the state before is taken over and grows. */
export function receive(state: State, message: ToViewer): State {
  switch (message.type) {
    case 'open': {
      const story = new Story();
      const models = newModels();
      story.append(message.lines);
      feed(models, message.lines);
      const kept = state.phase === 'open' && state.selected !== null && state.selected < story.lines.length;
      const fresh = passesAll(state.filter) ? null : [];
      return scanMore(
        select({
          ...state,
          phase: 'open',
          error: NO_ERROR,
          name: message.name,
          live: message.live,
          story,
          models,
          verification: message.verification,
          rows: fresh,
          scanned: 0,
          selected: kept ? state.selected : null,
          details: kept && state.details,
          // A trace that is read again comes in parts: what was chosen is chosen again when it is there.
          wanted: kept || state.selected === null || state.phase !== 'open' ? state.wanted : state.selected,
        }),
      );
    }
    case 'append':
      state.story.append(message.lines);
      feed(state.models, message.lines);
      return scanMore(select({ ...state }));
    case 'verified':
      return {
        ...state,
        live: false,
        verification: message.verification,
        announcement: state.live
          ? `The run ended: ${visible(state.story.closed?.outcome ?? 'incomplete')}.`
          : `The trace is ${message.verification.valid ? 'intact' : 'broken'}.`,
      };
    case 'select':
      return select({ ...state, wanted: message.seq });
    case 'compare': {
      // The other of the two cannot be read: that stays what is said.
      if (state.phase === 'error') return state;
      const { side, name, lines, verification } = message;
      const sides = state.sides ?? { a: newSide(), b: newSide() };
      const grown = sides[side];
      grown.story.append(lines);
      for (const line of lines) grown.outline.add(line);
      return { ...state, phase: 'compare', sides: { ...sides, [side]: { ...grown, name, verification } } };
    }
    case 'error':
      return {
        ...state,
        phase: 'error',
        error: { title: message.title ?? 'The trace cannot be shown', message: message.message },
        live: false,
        questions: [],
      };
    case 'approval':
      return ask(state, { kind: 'approval', ask: message.ask, request: message.request, user: message.user });
    case 'task':
      return ask(state, { kind: 'task', ask: message.ask, request: message.request, user: message.user });
    case 'withdrawn':
      return {
        ...state,
        questions: state.questions.filter((question) => question.ask !== message.ask),
        problems: new Map(),
        announcement: 'The question is closed.',
      };
  }
}

/** Lines a search looks through before the page may draw again. */
const SCAN = 20_000;

/** The state with another filter. A large trace may not have been searched to its end yet: see `scanMore`. */
export function filtered(state: State, filter: Filter): State {
  const rows = passesAll(filter) ? null : [];
  const stays = state.selected !== null && (rows === null || passes(state.story, filter, state.selected));
  const selected = stays ? state.selected : null;
  const next = scanMore({ ...state, filter, rows, scanned: 0, selected, details: state.details && stays });
  return { ...next, announcement: counted(next) };
}

/** Whether the filter has been asked of every line. */
export function isScanned({ scanned, story, rows }: State): boolean {
  return rows === null || scanned >= story.lines.length;
}

/** Asks the filter of more lines. Without a search that costs next to nothing, and all of them are asked. */
export function scanMore(state: State): State {
  const { rows, scanned, story, filter } = state;
  const all = story.lines.length;
  if (rows === null || scanned >= all) return state;
  const end = filter.search.trim() === '' ? all : Math.min(all, scanned + SCAN);
  for (const index of matching(story, filter, scanned, end)) rows.push(index);
  const next = { ...state, scanned: end };
  return end === all && scanned > 0 ? { ...next, announcement: counted(next) } : next;
}

function counted(state: State): string {
  const { length } = state.story.lines;
  return isScanned(state) ? `${rowCount(state)} of ${length} events shown.` : 'Searching…';
}

/** Selects the event that is wanted, once it is there. */
function select(state: State): State {
  const { wanted, story, rows, filter } = state;
  if (wanted === null || wanted >= story.lines.length) return state;
  const shown = rows === null || passes(story, filter, wanted);
  const open = shown ? state : filtered(state, NO_FILTER);
  return { ...open, selected: wanted, details: true, wanted: null };
}

function newSide(): Side {
  return { name: '', story: new Story(), outline: new Outline(), verification: null };
}

/** How many rows the list has. */
export function rowCount(state: State): number {
  return state.rows?.length ?? state.story.lines.length;
}

/** The line index of a row. */
export function lineOfRow(state: State, row: number): number | undefined {
  return state.rows === null ? row : state.rows[row];
}

/** The row of a line index, or -1. Rows are in order, so it is found by halving. */
export function rowOfLine(state: State, index: number): number {
  if (state.rows === null) return index < state.story.lines.length ? index : -1;
  let [low, high] = [0, state.rows.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = state.rows[middle] ?? 0;
    if (at === index) return middle;
    if (at < index) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function ask(state: State, question: Question): State {
  if (state.questions.some((other) => other.ask === question.ask)) return state;
  const title = visible(question.request.title);
  return {
    ...state,
    phase: 'open',
    questions: [...state.questions, question],
    announcement: question.kind === 'approval' ? `Approval needed: ${title}` : `Task for you: ${title}`,
  };
}
