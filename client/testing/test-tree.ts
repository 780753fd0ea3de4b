import type { Range, TestController, TestItem, Uri } from 'vscode';
import { iconless } from '../plain.js';

/** A test below what it is a test of. */
export interface TestEntry {
  /** Tells it from the others there, and stays while it is the same test. */
  readonly key: string;
  readonly title: string;
  readonly sort: string;
  /** The file it is written in, and the line, from 0. */
  readonly uri: string;
  readonly line: number;
}

/** Where the tree of tests has its knowledge from. */
export interface TreeSources {
  /** What is tested, each with a name: playbooks, or files with tests of a policy. */
  readonly subjects: () => Promise<readonly Uri[]>;
  readonly nameOf: (subject: Uri) => string;
  readonly tests: (subject: Uri) => Promise<readonly TestEntry[]>;
  readonly uriOf: (text: string) => Uri;
  /** The line with this number, from 0. */
  readonly lineOf: (line: number) => Range;
  /** Where it lies, as far as a person needs to know; may be empty. */
  readonly description: (subject: Uri) => string;
}

/** What is tested, and below it its tests. A test is an item with a parent. */
export interface TestTree {
  /** Looks for what is tested, not yet for the tests. */
  readonly discover: () => Promise<void>;
  /** Looks for the tests of an item. */
  readonly resolve: (subject: TestItem) => Promise<void>;
  /** Looks again for what was looked for before. Asked for while it does, it looks once more when it is through. */
  readonly refresh: () => Promise<void>;
  /** The tests below items, each once, looking for them where nobody has yet. */
  readonly testsOf: (items: Iterable<TestItem>, without: readonly TestItem[]) => Promise<readonly TestItem[]>;
}

export function createTestTree(
  { items, createTestItem }: Pick<TestController, 'items' | 'createTestItem'>,
  sources: TreeSources,
): TestTree {
  const resolved = new Set<string>();
  let refreshing: Promise<void> | undefined;
  let again = false;

  const discover = async (): Promise<void> => {
    const found = await sources.subjects();
    const known = new Set(found.map(String));
    for (const [id] of [...items]) {
      if (known.has(id)) continue;
      items.delete(id);
      resolved.delete(id);
    }
    for (const uri of found) {
      if (items.get(uri.toString())) continue;
      const item = createTestItem(uri.toString(), iconless(sources.nameOf(uri)), uri);
      const description = sources.description(uri);
      if (description !== '') item.description = iconless(description);
      item.range = sources.lineOf(0);
      item.canResolveChildren = true;
      items.add(item);
    }
  };

  const resolve = async (subject: TestItem): Promise<void> => {
    const { uri } = subject;
    if (uri === undefined || subject.parent !== undefined) return;
    subject.busy = true;
    try {
      const tests = await sources.tests(uri);
      resolved.add(subject.id);
      // An item that stays the same object keeps its results, and a run of it that goes on.
      subject.children.replace(tests.map((one) => itemOf(subject, one)));
      subject.error = undefined;
    } catch (error) {
      subject.error = `Its tests cannot be told: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      subject.busy = false;
    }
  };

  const itemOf = (subject: TestItem, one: TestEntry): TestItem => {
    const id = `${subject.id}#${one.key}`;
    const item = subject.children.get(id) ?? createTestItem(id, iconless(one.title), sources.uriOf(one.uri));
    item.label = iconless(one.title);
    item.sortText = one.sort;
    item.range = sources.lineOf(one.line);
    return item;
  };

  const lookAgain = async (): Promise<void> => {
    do {
      again = false;
      await discover();
      for (const id of [...resolved]) {
        const subject = items.get(id);
        if (subject) await resolve(subject);
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
 * The path of a file that does not lie at the top of the workspace, whole: a screen reader says it instead of the name.
 * @param relativePath with `/`
 */
export function describedPath(relativePath: string): string {
  return relativePath.includes('/') ? relativePath : '';
}
