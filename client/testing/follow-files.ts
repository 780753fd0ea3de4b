import { Disposable, type TestController, type TextDocument, workspace } from 'vscode';
import type { TestTree } from './test-tree.js';

/** Has the tests of a document that is shown in the tree, where it is one that has some; `discover` fills the tree before. */
export type Shown = (document: TextDocument, discover: () => Promise<void>) => Promise<void>;

/**
 * Fills a tree of tests when it is wanted, and keeps it as the files are from then on.
 * @param files a pattern of those that are followed
 * @param alone takes what nobody waits for
 */
export function followFiles(
  controller: TestController,
  tree: TestTree,
  files: string,
  shown: Shown,
  alone: (work: Promise<unknown>) => void,
): Disposable {
  const following: Disposable[] = [];
  /** Looks for what is tested, and from the first time on after every change. */
  const discover = async (): Promise<void> => {
    if (following.length === 0) {
      const watcher = workspace.createFileSystemWatcher(files);
      const refresh = (): void => alone(tree.refresh());
      following.push(
        watcher,
        ...[watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete].map((event) => event(refresh)),
      );
    }
    await tree.discover();
  };
  controller.resolveHandler = async (item) => {
    await (item ? tree.resolve(item) : discover());
  };
  controller.refreshHandler = async () => {
    await discover();
    await tree.refresh();
  };
  for (const document of workspace.textDocuments) alone(shown(document, discover));
  const opened = workspace.onDidOpenTextDocument((document) => alone(shown(document, discover)));
  return new Disposable(() => Disposable.from(opened, ...following).dispose());
}
