import type { ApprovalRequest, TaskRequest } from '../../runner/protocol/messages.js';
import type { Verification } from '../../runner/protocol/trace.js';
import { type Filter, matching, NO_FILTER } from './events/filter.js';
import { Story } from './events/story.js';
import type { ToViewer } from './protocol/messages.js';

/** A question a person has not answered yet. */
export type Question =
  | { readonly kind: 'approval'; readonly ask: string; readonly request: ApprovalRequest; readonly user: string }
  | { readonly kind: 'task'; readonly ask: string; readonly request: TaskRequest; readonly user: string };

/** What the page shows. */
export interface State {
  readonly phase: 'waiting' | 'open' | 'error';
  readonly error: { readonly title: string; readonly message: string };
  readonly name: string;
  readonly live: boolean;
  readonly story: Story;
  readonly verification: Verification | null;
  readonly filter: Filter;
  /** Indexes of the lines that pass the filter; `null` when all do. */
  readonly rows: readonly number[] | null;
  /** Index of the selected line. */
  readonly selected: number | null;
  readonly details: boolean;
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
    verification: null,
    filter: NO_FILTER,
    rows: null,
    selected: null,
    details: false,
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
      story.append(message.lines);
      const kept = state.phase === 'open' && state.selected !== null && state.selected < story.lines.length;
      return {
        ...state,
        phase: 'open',
        error: NO_ERROR,
        name: message.name,
        live: message.live,
        story,
        verification: message.verification,
        rows: rowsFor(story, state.filter),
        selected: kept ? state.selected : null,
        details: kept && state.details,
      };
    }
    case 'append': {
      const from = state.story.lines.length;
      state.story.append(message.lines);
      const rows = state.rows === null ? null : [...state.rows, ...matching(state.story, state.filter, from)];
      return { ...state, rows };
    }
    case 'verified':
      return {
        ...state,
        live: false,
        verification: message.verification,
        announcement: state.live
          ? `The run ended: ${state.story.closed?.outcome ?? 'incomplete'}.`
          : `The trace is ${message.verification.valid ? 'intact' : 'broken'}.`,
      };
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

export function filtered(state: State, filter: Filter): State {
  const rows = rowsFor(state.story, filter);
  const count = rows?.length ?? state.story.lines.length;
  const selected = rows === null || (state.selected !== null && rows.includes(state.selected)) ? state.selected : null;
  return {
    ...state,
    filter,
    rows,
    selected,
    details: state.details && selected !== null,
    announcement: `${count} of ${state.story.lines.length} events shown.`,
  };
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
  const title = question.request.title;
  return {
    ...state,
    phase: 'open',
    questions: [...state.questions, question],
    announcement: question.kind === 'approval' ? `Approval needed: ${title}` : `Task for you: ${title}`,
  };
}

function rowsFor(story: Story, filter: Filter): readonly number[] | null {
  return filter.chip === 'all' && filter.search.trim() === '' ? null : matching(story, filter);
}
