import type { Handler, Step } from '../model/playbook.js';
import type { Structure } from './structure.js';

/**
 * Tells of two steps whether the second may begin after the first began, as the graph's edges go, in time that depends on
 * how deep they are nested and not on how far apart they are.
 */
export function precedenceIn(structure: Structure): (first: Step, second: Step) => boolean {
  const { placeOf } = structure;
  const leaving = new Map<Step, boolean>();
  const blocked = new Map<readonly Step[], number>();

  /** Whether what follows a step can be reached from it. */
  function leaves(step: Step): boolean {
    const known = leaving.get(step);
    if (known !== undefined) return known;
    const result = step.when !== undefined || handlerLeaves(step.onError) || bodyLeaves(step);
    leaving.set(step, result);
    return result;
  }

  function bodyLeaves(step: Step): boolean {
    switch (step.kind) {
      case 'if':
        return listLeaves(step.then) || listLeaves(step.else);
      case 'switch':
        return [...step.cases.map((one) => one.steps), ...(step.default ? [step.default] : [])].some(listLeaves);
      case 'parallel':
        return step.branches.length === 0 || step.branches.some((branch) => listLeaves(branch.steps));
      case 'stop':
        return false;
      default:
        return true;
    }
  }

  function handlerLeaves(handler: Handler): boolean {
    return handler.then === 'continue' && listLeaves(handler.steps);
  }

  function listLeaves(steps: readonly Step[]): boolean {
    return firstBlocked(steps) === steps.length;
  }

  /** Index of the first step of a list that nothing in the list follows. */
  function firstBlocked(steps: readonly Step[]): number {
    const known = blocked.get(steps);
    if (known !== undefined) return known;
    const found = steps.findIndex((step) => !leaves(step));
    const index = found < 0 ? steps.length : found;
    blocked.set(steps, index);
    return index;
  }

  /** Whether `inner` can be reached from where a list around it begins at item `from`. */
  function isOpen(list: readonly Step[], from: number, inner: Step): boolean {
    for (let at: Step | undefined = inner; at; ) {
      const place = placeOf.get(at);
      if (!place) return false;
      if (place.list === list) return place.index >= from && !hasBlock(list, from, place.index);
      if (firstBlocked(place.list) < place.index) return false;
      at = place.parent;
    }
    return false;
  }

  /** Whether a step of `list` from index `from` up to, not including, `to` leads nowhere. */
  function hasBlock(list: readonly Step[], from: number, to: number): boolean {
    if (firstBlocked(list) >= to) return false;
    for (let index = from; index < to; index++) {
      const step = list[index];
      if (step && !leaves(step)) return true;
    }
    return false;
  }

  return (first, second) => {
    const start = placeOf.get(first);
    const end = placeOf.get(second);
    if (!start || !end) return false;
    if (start.position < end.position && end.position <= start.last) return isInside(first, second);
    if (!leaves(first)) return false;
    for (let at = first; ; ) {
      const place = placeOf.get(at);
      if (!place) return false;
      const { list, index, parent, edge } = place;
      if (isOpen(list, index + 1, second)) return true;
      if (hasBlock(list, index + 1, list.length) || !parent) return false;
      const repeats = parent.kind === 'for-each' && edge === 'steps' && parent.max !== 1;
      if (repeats && isOpen(list, 0, second)) return true;
      if (!goesOn(parent, edge)) return false;
      at = parent;
    }
  };

  /** Whether the end of a list inside `parent` leads to what follows the parent. */
  function goesOn(parent: Step, edge: string): boolean {
    if (edge === 'on-error') return parent.onError.then === 'continue';
    if (parent.kind === 'gate' && edge === 'on-reject') return parent.onReject.then === 'continue';
    if (parent.kind === 'gate' && edge === 'on-timeout') return parent.onTimeout.then === 'continue';
    return true;
  }

  function isInside(outer: Step, inner: Step): boolean {
    for (let at: Step | undefined = inner; at && at !== outer; ) {
      const place = placeOf.get(at);
      if (!place || firstBlocked(place.list) < place.index) return false;
      at = place.parent;
    }
    return true;
  }
}
