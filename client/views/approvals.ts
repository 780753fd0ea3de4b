import { type Disposable, EventEmitter, ThemeColor, ThemeIcon, type TreeDataProvider, TreeItem, window } from 'vscode';
import type { DryRuns } from '../dry-run/dry-run.js';
import { COMMANDS, VIEWS } from '../names.js';
import { type Question, waitingWords } from './waiting.js';
import { when } from './when.js';

interface Node {
  readonly question: Question;
  /** Title of its run. */
  readonly run: string;
}

/** What waits for a person in the dry runs of this window. Its badge counts; nothing comes to the front by itself. */
export function approvalsView(dryRuns: DryRuns): readonly Disposable[] {
  const changed = new EventEmitter<void>();
  const waiting = (): readonly Node[] =>
    dryRuns.going().flatMap(({ title, waiting: questions }) => questions.map((question) => ({ question, run: title })));
  const provider: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: ({ question, run }) => item(question, run),
    getChildren: (parent) => (parent === undefined ? [...waiting()] : []),
  };
  const view = window.createTreeView(VIEWS.approvals, { treeDataProvider: provider });
  const update = (): void => {
    const { length } = waiting();
    const tooltip = length === 1 ? '1 question waits for a person' : `${length} questions wait for a person`;
    view.badge = length === 0 ? undefined : { value: length, tooltip };
    changed.fire();
  };
  return [changed, view, dryRuns.onDidChange(update)];
}

function item(question: Question, run: string): TreeItem {
  const words = waitingWords(question, run, when);
  const made = new TreeItem(words.label);
  made.id = question.ask;
  made.description = words.description;
  made.tooltip = words.tooltip;
  made.iconPath = new ThemeIcon(words.icon, new ThemeColor('charts.yellow'));
  made.accessibilityInformation = { label: words.spoken };
  made.command = { command: COMMANDS.showApproval, title: 'Show What Waits', arguments: [question.ask] };
  return made;
}
