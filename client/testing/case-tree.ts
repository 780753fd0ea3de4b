import { basename } from 'node:path';
import type { Range, TestController, TestItem, Uri } from 'vscode';
import type { CaseItem } from '../../server/protocol/requests.js';

/** Where the tree of tests has its knowledge from. */
export interface TreeSources {
  readonly playbooks: () => Promise<readonly Uri[]>;
  readonly cases: (playbook: Uri) => Promise<readonly CaseItem[]>;
  readonly uriOf: (text: string) => Uri;
  /** The line with this number, from 0. */
  readonly lineOf: (line: number) => Range;
  /** Where a playbook lies, as far as a person needs to know; may be empty. */
  readonly description: (playbook: Uri) => string;
}

/** Playbooks and below them their cases. A test is an item with a parent; the rest are playbooks. */
export interface CaseTree {
  /** Looks for the playbooks, not yet for their cases. */
  readonly discover: () => Promise<void>;
  /** Looks for the cases of a playbook's item. */
  readonly resolve: (playbook: TestItem) => Promise<void>;
  /** Looks again for what was looked for before. Asked for while it does, it looks once more when it is through. */
  readonly refresh: () => Promise<void>;
  /** The tests below items, each once, looking for cases where nobody has yet. */
  readonly testsOf: (items: Iterable<TestItem>, without: readonly TestItem[]) => Promise<readonly TestItem[]>;
}

export function createCaseTree(
  { items, createTestItem }: Pick<TestController, 'items' | 'createTestItem'>,
  sources: TreeSources,
): CaseTree {
  const resolved = new Set<string>();
  let refreshing: Promise<void> | undefined;
  let again = false;

  const discover = async (): Promise<void> => {
    const found = await sources.playbooks();
    const known = new Set(found.map(String));
    for (const [id] of [...items]) {
      if (known.has(id)) continue;
      items.delete(id);
      resolved.delete(id);
    }
    for (const uri of found) {
      if (items.get(uri.toString())) continue;
      const item = createTestItem(uri.toString(), basename(uri.path).replace(/\.playbook\.yaml$/, ''), uri);
      const description = sources.description(uri);
      if (description !== '') item.description = description;
      item.range = sources.lineOf(0);
      item.canResolveChildren = true;
      items.add(item);
    }
  };

  const resolve = async (playbook: TestItem): Promise<void> => {
    const { uri } = playbook;
    if (uri === undefined || playbook.parent !== undefined) return;
    playbook.busy = true;
    try {
      const cases = await sources.cases(uri);
      resolved.add(playbook.id);
      // An item that stays the same object keeps its results, and a run of it that goes on.
      playbook.children.replace(cases.map((one) => itemOf(playbook, one)));
      playbook.error = undefined;
    } catch (error) {
      playbook.error = `The cases of this playbook cannot be told: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      playbook.busy = false;
    }
  };

  const itemOf = (playbook: TestItem, one: CaseItem): TestItem => {
    const id = `${playbook.id}#${one.uri}`;
    const item = playbook.children.get(id) ?? createTestItem(id, one.title, sources.uriOf(one.uri));
    item.label = one.title;
    item.sortText = one.id;
    item.range = sources.lineOf(one.line);
    return item;
  };

  const lookAgain = async (): Promise<void> => {
    do {
      again = false;
      await discover();
      for (const id of [...resolved]) {
        const playbook = items.get(id);
        if (playbook) await resolve(playbook);
      }
    } while (again);
  };

  return {
    discover,
    resolve,
    refresh: () => {
      again = true;
      refreshing ??= lookAgain().finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
    testsOf: async (given, without) => {
      const left = new Set(without.map(({ id }) => id));
      const tests = new Map<string, TestItem>();
      for (const item of given) {
        if (left.has(item.id)) continue;
        if (item.parent === undefined && !resolved.has(item.id)) await resolve(item);
        const below = item.parent === undefined ? [...item.children].map(([, child]) => child) : [item];
        for (const test of below) if (!left.has(test.id)) tests.set(test.id, test);
      }
      return [...tests.values()];
    },
  };
}

/**
 * The path of a playbook that does not lie at the top of the workspace, whole: a screen reader says it instead of the name.
 * @param relativePath with `/`
 */
export function describedPath(relativePath: string): string {
  return relativePath.includes('/') ? relativePath : '';
}
