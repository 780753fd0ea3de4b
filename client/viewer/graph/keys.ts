/** What the help says: the keys, and what they do. */
export const GRAPH_KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['↑, ↓, Home, End', 'step before, next step'],
  ['→', 'unfold; the first step inside'],
  ['←', 'fold; the step around'],
  ['n, p', 'next act or gate, the one before'],
  ['c', 'the step the cursor of the text is in'],
  ['Enter', 'go to the step in the text'],
  ['Escape', 'close the facts'],
  ['/', 'find steps; Enter: the next one found, Shift+Enter: the one before'],
  ['+, −, 0', 'closer, farther, as it was'],
  ['f', 'fit into the window'],
  ['?', 'these keys'],
];
