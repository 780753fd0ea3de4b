import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type Disposable,
  EventEmitter,
  RelativePattern,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { DryRuns } from '../dry-run/dry-run.js';
import { COMMANDS, SECTION, SETTINGS, VIEWS } from '../names.js';
import { tracesFolder } from '../settings.js';
import { CONTROL, isWritten } from './live-elsewhere.js';
import { type RunSummary, summaryOf } from './run-summary.js';
import { type Going, runWords } from './run-words.js';
import { soon } from './soon.js';
import { traceEnds } from './trace-ends.js';
import { when } from './when.js';

const ENDING = '.trace.jsonl';
/** How many runs are looked into before a person asks for older ones. */
const PAGE = 100;
/** A run writes many lines in a moment, and the list says little of them. */
const AFTER_MS = 300;

type Node =
  | { readonly kind: 'run'; readonly uri: Uri; readonly item: TreeItem }
  | { readonly kind: 'older'; readonly left: number };

interface Kept {
  readonly size: number;
  readonly changed: number;
  readonly summary: RunSummary;
}

/** The runs of the workspace, the newest first. Nothing is read or watched before the view is looked at. */
export function runsView(dryRuns: DryRuns): {
  readonly disposables: readonly Disposable[];
  readonly older: () => void;
} {
  const changed = new EventEmitter<void>();
  const refresh = soon(AFTER_MS, () => changed.fire());
  const kept = new Map<string, Kept>();
  let watchers: readonly Disposable[] | undefined;
  let shown = PAGE;

  const watch = (): void => {
    watchers ??= folders().map((folder) => {
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, `*${ENDING}{,${CONTROL}}`));
      watcher.onDidCreate(refresh.ask);
      watcher.onDidChange(refresh.ask);
      watcher.onDidDelete(refresh.ask);
      return watcher;
    });
  };
  const unwatch = (): void => {
    for (const watcher of watchers ?? []) watcher.dispose();
    watchers = undefined;
    refresh.ask();
  };
  const summary = async ({ path, size, changed: at }: Found): Promise<RunSummary> => {
    const before = kept.get(path);
    if (before?.size === size && before.changed === at) return before.summary;
    const read = await traceEnds(path).then(summaryOf, (): RunSummary => ({ kind: 'unreadable' }));
    kept.set(path, { size, changed: at, summary: read });
    return read;
  };
  const going = async ({ path, controlled }: Found): Promise<Going> => {
    const run = dryRuns.going().find(({ trace }) => trace === path);
    if (run !== undefined) return { in: 'here', waiting: run.waiting.length };
    return controlled && (await isWritten(path)) ? { in: 'elsewhere' } : { in: 'none' };
  };
  const provider: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (node) => (node.kind === 'run' ? node.item : olderItem(node.left)),
    getChildren: async (parent) => {
      if (parent !== undefined) return [];
      watch();
      const found = (await Promise.all(folders().map(tracesIn))).flat().sort(newestFirst);
      const page = found.slice(0, shown);
      const paths = new Set(page.map(({ path }) => path));
      for (const path of kept.keys()) if (!paths.has(path)) kept.delete(path);
      const nodes = await Promise.all(
        page.map(async (one): Promise<Node> => {
          const uri = Uri.file(one.path);
          return { kind: 'run', uri, item: runItem(uri, await summary(one), await going(one)) };
        }),
      );
      const left = found.length - page.length;
      return left > 0 ? [...nodes, { kind: 'older', left }] : nodes;
    },
  };
  return {
    older: () => {
      shown += PAGE;
      changed.fire();
    },
    disposables: [
      changed,
      refresh,
      { dispose: () => watchers?.map((watcher) => watcher.dispose()) },
      window.createTreeView(VIEWS.runs, { treeDataProvider: provider }),
      dryRuns.onDidChange(() => refresh.ask()),
      workspace.onDidChangeWorkspaceFolders(unwatch),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${SECTION}.${SETTINGS.tracesFolder}`)) unwatch();
      }),
    ],
  };
}

function folders(): readonly Uri[] {
  const all = (workspace.workspaceFolders ?? [])
    .map(({ uri }) => tracesFolder(uri))
    .filter(({ scheme }) => scheme === 'file');
  return [...new Map(all.map((uri) => [uri.toString(), uri])).values()];
}

interface Found {
  /** File system path. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
  /** Whether a control file lies beside it. */
  readonly controlled: boolean;
}

async function tracesIn(folder: Uri): Promise<readonly Found[]> {
  // No run yet: there is no folder.
  const entries = await workspace.fs.readDirectory(folder).then(
    (found) => found,
    () => [],
  );
  const names = new Set(entries.map(([name]) => name));
  const found = await Promise.all(
    entries
      .filter(([name]) => name.endsWith(ENDING))
      .map(async ([name]): Promise<readonly Found[]> => {
        const path = Uri.joinPath(folder, name).fsPath;
        return stat(path).then(
          ({ size, mtimeMs }) => [{ path, size, changed: mtimeMs, controlled: names.has(`${name}${CONTROL}`) }],
          // Gone since.
          () => [],
        );
      }),
  );
  return found.flat();
}

/** Files of one checkout are of the same moment; our names have the time in them. */
function newestFirst(a: Found, b: Found): number {
  return b.changed - a.changed || (a.path < b.path ? 1 : -1);
}

function runItem(uri: Uri, summary: RunSummary, going: Going): TreeItem {
  const words = runWords(basename(uri.fsPath), summary, going, when);
  const item = new TreeItem(words.label);
  item.id = uri.toString();
  item.description = words.description;
  item.tooltip = words.tooltip;
  item.iconPath = new ThemeIcon(words.icon, words.colour === undefined ? undefined : new ThemeColor(words.colour));
  item.contextValue = words.context;
  item.accessibilityInformation = { label: words.spoken };
  item.command =
    going.in === 'here'
      ? { command: COMMANDS.showRun, title: 'Show Run', arguments: [uri] }
      : { command: COMMANDS.openTrace, title: 'Open Trace', arguments: [uri] };
  return item;
}

function olderItem(left: number): TreeItem {
  const item = new TreeItem(`Show older runs (${left})`, TreeItemCollapsibleState.None);
  item.iconPath = new ThemeIcon('history');
  item.command = { command: COMMANDS.olderRuns, title: 'Show Older Runs' };
  return item;
}
