import { type FindForeign, type ForeignBoundary, foreignBoundary } from './boundary.js';
import type { EffectCatalogs } from './effects/effects-of.js';
import type { ForeignPlaybook } from './model.js';

/** Playbooks of other products that were read together, so that they find each other by name. */
export interface ForeignFolder {
  readonly playbooks: readonly ForeignPlaybook[];
  readonly find: FindForeign;
  /** Those that no other one of them calls: where runs start. All of a circle that nothing outside calls. */
  readonly roots: readonly ForeignPlaybook[];
}

/**
 * Puts playbooks together. A name finds one of the same product: in the same folder if there is one, else the first. Where two
 * of one folder have a name, neither is meant: a call of it is of a playbook that is not known.
 */
export function foreignFolder(playbooks: readonly ForeignPlaybook[]): ForeignFolder {
  const named = new Map<string, ForeignPlaybook[]>();
  for (const one of playbooks) {
    for (const name of new Set(one.names)) {
      const key = `${one.format} ${name}`;
      named.set(key, [...(named.get(key) ?? []), one]);
    }
  }
  const find: FindForeign = (caller, name) => {
    const all = named.get(`${caller.format} ${name}`) ?? [];
    const beside = all.filter(({ uri }) => folderOf(uri) === folderOf(caller.uri));
    const chosen = beside.length > 0 ? beside : all;
    return chosen.length === 1 ? chosen[0] : undefined;
  };
  const called = new Set<ForeignPlaybook>();
  const reach = (from: ForeignPlaybook, into: Set<ForeignPlaybook>): void => {
    const queue = [from];
    for (const one of queue) {
      for (const { does } of one.steps) {
        const target = does.kind === 'call' ? find(one, does.target.value) : undefined;
        if (!target || into.has(target)) continue;
        into.add(target);
        queue.push(target);
      }
    }
  };
  for (const one of playbooks) {
    for (const { does } of one.steps) {
      const target = does.kind === 'call' ? find(one, does.target.value) : undefined;
      if (target && target !== one) called.add(target);
    }
  }
  const roots = playbooks.filter((one) => !called.has(one));
  const covered = new Set(roots);
  for (const root of roots) reach(root, covered);
  return { playbooks, find, roots: [...roots, ...playbooks.filter((one) => !covered.has(one))] };
}

/** The boundary of each playbook of a folder. */
export function boundariesOf(
  { find }: ForeignFolder,
  playbooks: readonly ForeignPlaybook[],
  catalogs: EffectCatalogs,
): readonly ForeignBoundary[] {
  return playbooks.map((one) => foreignBoundary(one, find, catalogs));
}

function folderOf(uri: string): string {
  return uri.slice(0, uri.lastIndexOf('/'));
}
