import {
  commands,
  type Disposable,
  type LogOutputChannel,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import type { Language } from '../language-client.js';
import { COMPARED_BOUNDARY, isPlaybook } from '../names.js';
import { inform, warn } from '../notify.js';
import { BRANCH_BEGAN, chooseRevision } from './choose-revision.js';
import { type BoundaryPanel, fillPanel, type Subject } from './panel.js';
import { readKeptComparison } from './read-message.js';
import { revisionTexts } from './revision-text.js';

export interface CompareBoundaries {
  /** Asks what to compare a playbook with, and shows how its boundary differs; of the playbook in view unless given. */
  readonly compare: (given: Uri | undefined) => Promise<void>;
  /** Shows how the boundaries of all playbooks of a repository differ from where the branch began; of that in view unless given. */
  readonly review: (given: Uri | undefined) => Promise<void>;
  readonly disposables: readonly Disposable[];
}

/** What playbooks may do now beside what they might do in a git revision. Git is started in trusted workspaces only. */
export function compareBoundaries(extension: Uri, language: Language, output: LogOutputChannel): CompareBoundaries {
  /** All playbooks are compared in one tab. */
  let reviewing: { readonly panel: WebviewPanel; readonly filled: BoundaryPanel } | undefined;
  const fill = (panel: WebviewPanel, subject: Subject, chosen = BRANCH_BEGAN): void => {
    const filled = fillPanel(panel, extension, language, output, subject, chosen);
    if (subject.of !== 'workspace') return;
    reviewing = { panel, filled };
    panel.onDidDispose(() => {
      if (reviewing?.panel === panel) reviewing = undefined;
    });
  };
  const made = (): WebviewPanel => window.createWebviewPanel(COMPARED_BOUNDARY, 'Boundary', ViewColumn.Active);

  const compare = async (given: Uri | undefined): Promise<void> => {
    const playbook = given ?? playbookInView();
    if (playbook === undefined) {
      inform('Open the playbook whose boundary you want to compare.');
      return;
    }
    if (!(await isAllowed())) return;
    const chosen = await chooseRevision(language, playbook, 'playbook');
    if (chosen !== undefined) fill(made(), { of: 'playbook', uri: playbook }, chosen);
  };
  const review = async (given: Uri | undefined): Promise<void> => {
    if (!(await isAllowed())) return;
    const uri = given ?? playbookInView() ?? (await chosenFolder());
    if (uri === undefined) return;
    const subject: Subject = { of: 'workspace', uri };
    if (reviewing === undefined) fill(made(), subject);
    else {
      reviewing.panel.reveal();
      await reviewing.filled.turnTo(subject, BRANCH_BEGAN);
    }
  };
  const serializer = window.registerWebviewPanelSerializer(COMPARED_BOUNDARY, {
    deserializeWebviewPanel: async (panel: WebviewPanel, state: unknown) => {
      const kept = readKeptComparison(state);
      if (kept === undefined || !workspace.isTrusted) panel.dispose();
      else fill(panel, { of: kept.of, uri: Uri.parse(kept.uri, true) }, kept);
    },
  });
  return { compare, review, disposables: [serializer, revisionTexts(language)] };
}

function playbookInView(): Uri | undefined {
  const shown = [window.activeTextEditor, ...window.visibleTextEditors].map((editor) => editor?.document.uri);
  return shown.find((uri) => uri !== undefined && uri.scheme === 'file' && isPlaybook(uri.path));
}

/** The folder whose repository is meant; where several are open the person says which. */
async function chosenFolder(): Promise<Uri | undefined> {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const [first, ...more] = folders;
  if (first === undefined) {
    inform('Open the folder with the playbooks whose boundaries you want to review.');
    return undefined;
  }
  if (more.length === 0) return first.uri;
  const picked = await window.showWorkspaceFolderPick({ placeHolder: 'A folder of the repository to review' });
  return picked?.uri;
}

async function isAllowed(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const MANAGE = 'Manage Workspace Trust';
  const answer = await warn(
    'Comparing reads an earlier version with git, and git may start what a folder’s own configuration names. So it needs a workspace that you trust.',
    MANAGE,
  );
  if (answer === MANAGE) await commands.executeCommand('workbench.trust.manage');
  return false;
}
