import {
  commands,
  type Disposable,
  EventEmitter,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type Uri,
  window,
  workspace,
} from 'vscode';
import { LIBRARY_EMPTY, VIEWS } from '../names.js';
import { LIBRARY_GLOB, type LibraryFile, type LibraryFolder, type LibrarySection, libraryOf } from './library-tree.js';
import { soon } from './soon.js';

/** More than a person finds their way in; the rest is in the Explorer. */
const MOST = 5000;
/** A checkout changes many files in a moment. */
const AFTER_MS = 300;

type Node =
  | { readonly kind: 'section'; readonly section: LibrarySection }
  | { readonly kind: 'folder'; readonly folder: LibraryFolder; readonly section: string }
  | { readonly kind: 'file'; readonly file: LibraryFile; readonly uri: Uri };

/** Playbooks, catalogs, policies and cases of the workspace. Nothing is looked for before the view is looked at. */
export function libraryView(): readonly Disposable[] {
  const changed = new EventEmitter<void>();
  const refresh = soon(AFTER_MS, () => changed.fire());
  let watcher: Disposable | undefined;
  let uris: ReadonlyMap<string, Uri> = new Map();

  const watch = (): void => {
    if (watcher !== undefined) return;
    const made = workspace.createFileSystemWatcher(LIBRARY_GLOB, false, true, false);
    made.onDidCreate(refresh.ask);
    made.onDidDelete(refresh.ask);
    watcher = made;
  };
  const filesIn = ({ files }: LibraryFolder): Node[] =>
    files.flatMap((file): Node[] => {
      const uri = uris.get(file.path);
      return uri === undefined ? [] : [{ kind: 'file', file, uri }];
    });
  const childrenOf = (node: Node): Node[] => {
    if (node.kind === 'file') return [];
    if (node.kind === 'folder') return filesIn(node.folder);
    const [only, ...more] = node.section.folders;
    // A folder that is the only one says nothing.
    if (only !== undefined && more.length === 0) return filesIn(only);
    // What lies at the top needs no folder to be opened first.
    return node.section.folders.flatMap((folder): Node[] =>
      folder.path === '' ? filesIn(folder) : [{ kind: 'folder', folder, section: node.section.id }],
    );
  };
  const provider: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: itemOf,
    getChildren: async (parent) => {
      if (parent !== undefined) return childrenOf(parent);
      watch();
      const found = await workspace.findFiles(LIBRARY_GLOB, '**/node_modules/**', MOST);
      commands.executeCommand('setContext', LIBRARY_EMPTY, found.length === 0);
      uris = new Map(found.map((uri) => [workspace.asRelativePath(uri), uri]));
      return libraryOf([...uris.keys()]).map((section): Node => ({ kind: 'section', section }));
    },
  };
  return [
    changed,
    refresh,
    { dispose: () => watcher?.dispose() },
    window.createTreeView(VIEWS.library, { treeDataProvider: provider, showCollapseAll: true }),
    workspace.onDidChangeWorkspaceFolders(() => refresh.ask()),
  ];
}

function itemOf(node: Node): TreeItem {
  switch (node.kind) {
    case 'section': {
      const { id, label, icon, folders } = node.section;
      const item = new TreeItem(
        label,
        id === 'playbook' ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed,
      );
      item.id = id;
      item.iconPath = new ThemeIcon(icon);
      const [only, ...more] = folders;
      const count = folders.reduce((sum, { files }) => sum + files.length, 0);
      item.description =
        more.length === 0 && only !== undefined && only.path !== '' ? `${count} in ${only.path}` : `${count}`;
      return item;
    }
    case 'folder': {
      const { path, files } = node.folder;
      const item = new TreeItem(path, TreeItemCollapsibleState.Collapsed);
      item.id = `${node.section}/${path}`;
      item.iconPath = ThemeIcon.Folder;
      item.description = `${files.length}`;
      return item;
    }
    case 'file': {
      const item = new TreeItem(node.file.name);
      // Without `resourceUri`, which would put the file's whole name there; its problems are in the Explorer.
      item.id = node.uri.toString();
      item.tooltip = node.file.path;
      item.iconPath = ThemeIcon.File;
      item.contextValue = `library.${node.file.kind}`;
      item.command = { command: 'vscode.open', title: 'Open', arguments: [node.uri] };
      return item;
    }
  }
}
