import { basename } from 'node:path';
import {
  type Disposable,
  EventEmitter,
  languages,
  Range,
  TabInputText,
  TabInputTextDiff,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { BoundaryItem } from '../../server/protocol/requests.js';
import type { ForeignDocuments } from '../foreign/foreign-documents.js';
import type { Language } from '../language-client.js';
import { isPlaybook, VIEWS } from '../names.js';
import {
  type BoundaryGroup,
  boundaryGroups,
  boundaryMessage,
  cellWords,
  nextBoundary,
  type ShownBoundary,
} from './boundary-tree.js';
import { soon } from './soon.js';

type Node =
  | { readonly kind: 'group'; readonly group: BoundaryGroup }
  | { readonly kind: 'cell'; readonly cell: BoundaryItem };

/** Of a playbook that the language server does not look into. */
const UNTOLD = 'It is too large, or cannot be read, so what it may do cannot be told.';

/** While somebody types it is asked for no more often than this. */
const AFTER_MS = 250;

/**
 * What the playbook in view may do, by who decides. Where the editor in view is none of a playbook, such as its trace or its
 * policy, the last one stays as long as it is open. The server is asked only while the view is to be seen.
 */
export function boundaryView(language: Language, foreign: ForeignDocuments): readonly Disposable[] {
  const changed = new EventEmitter<void>();
  const refresh = soon(AFTER_MS, () => changed.fire());
  let playbook: Uri | undefined;
  let shown: ShownBoundary | undefined;

  const provider: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (node) =>
      node.kind === 'group' ? groupItem(node.group) : cellItem(node.cell, shown?.boundary?.product),
    getChildren: async (parent) => {
      if (parent !== undefined) return parent.kind === 'group' ? parent.group.cells.map(cellNode) : [];
      const asked = playbook;
      const reply = asked === undefined ? null : await language.boundary(asked);
      // Another one came into view meanwhile, and is asked about in its turn.
      if (asked === playbook) shown = asked === undefined ? undefined : nextBoundary(shown, asked.toString(), reply);
      const product = shown?.boundary?.product;
      const name = playbook === undefined ? '' : basename(playbook.path, '.playbook.yaml');
      view.description = product === undefined ? name : `${name} · ${product}`;
      view.message = playbook !== undefined && shown === undefined ? UNTOLD : (boundaryMessage(shown) ?? '');
      return boundaryGroups(shown?.boundary ?? { cells: [] }).map((group) => ({ kind: 'group', group }));
    },
  };
  const view = window.createTreeView(VIEWS.boundary, { treeDataProvider: provider, showCollapseAll: true });
  const isShown = (uri: Uri): boolean => uri.toString() === playbook?.toString();
  const follow = (uri: Uri | undefined): void => {
    if (uri === undefined || isShown(uri) || !(isPlaybook(uri.path) || foreign.has(uri))) return;
    // An older version in a diff is not what may run.
    if (uri.scheme !== 'file' && uri.scheme !== 'vscode-vfs') return;
    playbook = uri;
    changed.fire();
  };
  const leave = (): void => {
    playbook = undefined;
    changed.fire();
  };
  follow(window.activeTextEditor?.document.uri);
  return [
    changed,
    refresh,
    view,
    window.onDidChangeActiveTextEditor((editor) => follow(editor?.document.uri)),
    foreign.onDidChange(() => {
      if (playbook !== undefined && !isPlaybook(playbook.path) && !foreign.has(playbook)) leave();
      follow(window.activeTextEditor?.document.uri);
    }),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (isShown(document.uri)) refresh.ask();
    }),
    // What a policy, a catalog or a called playbook changes about it comes with its problems checked again.
    languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.some(isShown)) refresh.ask();
    }),
    // A document outlives its tabs while somebody reads it, a test or another extension.
    window.tabGroups.onDidChangeTabs(() => {
      if (playbook !== undefined && !hasTab(playbook)) leave();
    }),
  ];
}

function hasTab(uri: Uri): boolean {
  return window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => {
      if (input instanceof TabInputText) return input.uri.toString() === uri.toString();
      return input instanceof TabInputTextDiff && input.modified.toString() === uri.toString();
    }),
  );
}

function cellNode(cell: BoundaryItem): Node {
  return { kind: 'cell', cell };
}

function groupItem({ id, label, icon, cells }: BoundaryGroup): TreeItem {
  const item = new TreeItem(label, TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.description = `${cells.length}`;
  item.accessibilityInformation = { label: `${label}: ${cells.length} ${cells.length === 1 ? 'act' : 'acts'}` };
  item.iconPath = new ThemeIcon(icon);
  return item;
}

function cellItem(cell: BoundaryItem, product: string | undefined): TreeItem {
  const words = cellWords(cell, product);
  const item = new TreeItem(words.label);
  item.description = words.description;
  item.tooltip = words.tooltip;
  item.iconPath = new ThemeIcon(words.icon, new ThemeColor(words.colour));
  item.accessibilityInformation = { label: words.spoken };
  const { uri, range } = cell.place;
  const selection = new Range(range.start.line, range.start.character, range.end.line, range.end.character);
  item.command = {
    command: 'vscode.open',
    title: 'Go to the Playbook',
    arguments: [Uri.parse(uri, true), { selection }],
  };
  return item;
}
