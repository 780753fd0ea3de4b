import type { Json, TraceLine } from '../../../runner/protocol/trace.js';

/** A value of a call's arguments that is worth looking for elsewhere. */
export interface Leaf {
  /** Where in the arguments, as `mailboxes[0]`. */
  readonly path: string;
  readonly value: string | number;
}

/** An earlier event that contains the same value. That says nothing about where the value was taken from. */
export interface Sighting {
  /** Index of the line. */
  readonly at: number;
  /** Where in the line's data, as `result.messages[0].to`. */
  readonly path: string;
  /** Whether it is the value there, or text around it. */
  readonly whole: boolean;
}

/** Shorter texts, and smaller numbers, are found everywhere and tell nothing. */
const LEAST_TEXT = 3;
const LEAST_NUMBER = 100;
const MAX_LEAVES = 200;
/** Events named for one value; the first of them are nearest to where it came up. */
export const MAX_SIGHTINGS = 5;

/** The values of a call's arguments that are looked for. */
export function leavesOf(value: Json): readonly Leaf[] {
  const leaves: Leaf[] = [];
  walk(value, '', (leaf, path) => {
    if (leaves.length >= MAX_LEAVES) return false;
    if (typeof leaf === 'string' && leaf.trim().length >= LEAST_TEXT) leaves.push({ path, value: leaf });
    if (typeof leaf === 'number' && Math.abs(leaf) >= LEAST_NUMBER) leaves.push({ path, value: leaf });
    return true;
  });
  return leaves;
}

/**
 * Looks through one line for values; `found` gets each that is there, once. Only what brings data in is looked through:
 * the alert as a model was given it, what tools and models answered, what people filled in, items of loops, inputs of calls.
 */
export function sight(
  line: TraceLine,
  at: number,
  leaves: readonly Leaf[],
  found: (leaf: Leaf, sighting: Sighting) => void,
): void {
  const data = broughtIn(line);
  if (data === undefined) return;
  const left = new Set(leaves);
  walk(data, '', (value, path) => {
    for (const leaf of left) {
      const whole = value === leaf.value;
      const part = typeof value === 'string' && value.includes(String(leaf.value));
      if (!whole && !part) continue;
      found(leaf, { at, path, whole });
      left.delete(leaf);
    }
    return left.size > 0;
  });
}

/** What kind of source an event is, in words. */
export function sourceOf(line: TraceLine): string {
  switch (line.event) {
    case 'model.request':
      return 'given to the model';
    case 'model.response':
      return 'said by the model';
    case 'executed':
      return `answer of ${line.data.tool}`;
    case 'task.done':
      return `filled in by ${line.actor.id}`;
    case 'decided':
      return `said by ${line.actor.id}`;
    case 'iteration':
      return 'item of a loop';
    case 'called':
      return 'input of a called playbook';
    default:
      return 'result of a step';
  }
}

function broughtIn(line: TraceLine): Json | undefined {
  switch (line.event) {
    case 'model.request':
      return { input: line.data.input };
    case 'model.response':
      return {
        text: line.data.text,
        calls: line.data.calls.map((call) => call.arguments),
        output: line.data.output ?? null,
      };
    case 'executed':
      return { result: line.data.result };
    case 'task.done':
      return { output: line.data.output };
    case 'decided':
      return { reason: line.data.reason };
    case 'iteration':
      return { item: line.data.item };
    case 'called':
      return { inputs: line.data.inputs };
    case 'step.left':
      return { output: line.data.output };
    default:
      return undefined;
  }
}

/** Visits the leaves of a value, in order, until told to stop. Not by recursion: a trace can nest deeply. */
function walk(value: Json, root: string, visit: (leaf: Json, path: string) => boolean): void {
  const pending: { readonly value: Json; readonly path: string }[] = [{ value, path: root }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value: node, path } = next;
    if (node === null || typeof node !== 'object') {
      if (!visit(node, path)) return;
      continue;
    }
    const list = Array.isArray(node);
    const entries = Object.entries(node).map(([key, child]) => ({
      value: child,
      path: list ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`,
    }));
    for (const entry of entries.reverse()) pending.push(entry);
  }
}
