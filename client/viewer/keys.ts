/** What a key does, whichever pane has the focus. */
export type KeyAction =
  | 'next'
  | 'previous'
  | 'next-decision'
  | 'previous-decision'
  | 'search'
  | 'help'
  | 'reveal'
  | 'link'
  | 'range-from'
  | 'range-to'
  | 'range-clear'
  | 'pane-1'
  | 'pane-2'
  | 'pane-3'
  | 'pane-4'
  | 'pane-5';

const ACTIONS: ReadonlyMap<string, KeyAction> = new Map([
  ['j', 'next'],
  ['k', 'previous'],
  ['n', 'next-decision'],
  ['p', 'previous-decision'],
  ['/', 'search'],
  ['?', 'help'],
  ['o', 'reveal'],
  ['y', 'link'],
  ['[', 'range-from'],
  [']', 'range-to'],
  ['\\', 'range-clear'],
  ['1', 'pane-1'],
  ['2', 'pane-2'],
  ['3', 'pane-3'],
  ['4', 'pane-4'],
  ['5', 'pane-5'],
]);

export function keyAction(key: string): KeyAction | undefined {
  return ACTIONS.get(key);
}

/** What the help says: the keys, and what they do. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['j, k', 'next event, event before'],
  ['n, p', 'next decision, decision before; while a search is on: next match, match before'],
  ['↑, ↓, Home, End, Page Up, Page Down', 'move in the events, the waterfall or the steps'],
  ['←, →', 'in the steps and the waterfall: fold, unfold; on the ends of the time range: move them'],
  ['Enter', 'details of the event'],
  ['Escape', 'back to the list; closes the details; leaves the search as it is'],
  ['/', 'search'],
  ['1 to 5', 'Events, Steps, Waterfall, Approvals, Budget'],
  ['[, ]', 'time range from, or to, the selected event'],
  ['\\', 'the whole time again'],
  ['+, −, 0', 'in the waterfall: closer, farther, all of it'],
  ['o', 'the line of the playbook'],
  ['y', 'copy a link to the event'],
  ['?', 'these keys'],
];
