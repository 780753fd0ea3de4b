import type { ReportedChange } from './report.js';

/** A change, with what it is to playbooks that call the one it is in. */
export interface ToldOnce {
  readonly change: ReportedChange;
  /** The same change of the same act, where it runs as a part of another playbook. */
  readonly callers: readonly ReportedChange[];
}

/** Changes of one act that differ only in who calls it are told once, where it stands nearest to its own playbook. */
export function toldOnce(changes: readonly ReportedChange[]): readonly ToldOnce[] {
  const alike = new Map<string, ReportedChange[]>();
  for (const change of changes) {
    const place = (change.after ?? change.before)?.place;
    const ways = change.differences.map(({ dimension, direction }) => `${dimension} ${direction}`).sort();
    const { tool, violates, withoutPerson, acknowledged } = change;
    const key = JSON.stringify([
      place?.uri,
      place?.range.start,
      tool,
      change.class,
      violates,
      withoutPerson,
      acknowledged?.change.value,
      ways,
    ]);
    const there = alike.get(key);
    if (there) there.push(change);
    else alike.set(key, [change]);
  }
  return [...alike.values()].flatMap((some): readonly ToldOnce[] => {
    const [change, ...callers] = some.sort((a, b) => depthOf(a) - depthOf(b));
    return change ? [{ change, callers }] : [];
  });
}

/** How many calls lie between the playbook and the step. */
function depthOf({ step }: ReportedChange): number {
  return step.split('/').length;
}
