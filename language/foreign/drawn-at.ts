import { parsedJson } from '../json.js';
import type { Node } from '../syntax/tree.js';
import { at, itemsOf, textAt, textOf } from './read-node.js';

/** Where a product draws a step, in its own units: x to the right, y downwards. Says nothing of what is run. */
export interface DrawnAt {
  readonly x: number;
  readonly y: number;
}

/**
 * Where a step is drawn, as products write it into the step: `position` as a map or a pair (Shuffle, n8n), `x` and `y` (Splunk SOAR),
 * or JSON in the text `view` (XSOAR).
 */
export function drawnAt(node: Node | undefined): DrawnAt | undefined {
  const view = textAt(node, 'view');
  if (view !== undefined) return inView(view);
  const position = at(node, 'position');
  if (position?.kind === 'list') {
    const [x, y] = itemsOf(position);
    return point(textOf(x), textOf(y));
  }
  const holder = position ?? node;
  return point(textAt(holder, 'x'), textAt(holder, 'y'));
}

/** Where the steps of a story are drawn, by what they are called in JSON such as `{"guid": [570, 210]}` (Tines). */
export function drawnIn(layout: string | undefined): ReadonlyMap<string, DrawnAt> {
  const places = layout === undefined ? undefined : parsedJson(layout);
  const found = new Map<string, DrawnAt>();
  if (typeof places !== 'object' || places === null) return found;
  for (const [name, pair] of Object.entries(places)) {
    const drawn = Array.isArray(pair) ? point(String(pair[0] ?? ''), String(pair[1] ?? '')) : undefined;
    if (drawn) found.set(name, drawn);
  }
  return found;
}

function inView(text: string): DrawnAt | undefined {
  const view = parsedJson(text);
  if (typeof view !== 'object' || view === null || !('position' in view)) return undefined;
  const { position } = view;
  if (typeof position !== 'object' || position === null || !('x' in position && 'y' in position)) return undefined;
  return point(String(position.x), String(position.y));
}

function point(x: string | undefined, y: string | undefined): DrawnAt | undefined {
  if (!x?.trim() || !y?.trim()) return undefined;
  const drawn = { x: Math.round(Number(x)), y: Math.round(Number(y)) };
  return Number.isSafeInteger(drawn.x) && Number.isSafeInteger(drawn.y) ? drawn : undefined;
}
