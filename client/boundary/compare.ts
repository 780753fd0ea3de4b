import { basename } from 'node:path';
import {
  commands,
  type Disposable,
  type LogOutputChannel,
  Range,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import type { CompareReply } from '../../server/protocol/compare-requests.js';
import type { BoundaryRange } from '../../server/protocol/requests.js';
import type { Language } from '../language-client.js';
import { COMPARED_BOUNDARY, isPlaybook } from '../names.js';
import type { FromBoundaryPage, ToBoundaryPage } from '../viewer/protocol/boundary-messages.js';
import { soon } from '../views/soon.js';
import { setPage } from '../webview-page.js';
import { type ChosenRevision, chooseRevision } from './choose-revision.js';
import { readBoundaryMessage, readKeptComparison } from './read-message.js';
import { revisionTexts, revisionUri } from './revision-text.js';

/** While somebody types it is compared no more often than this. */
const AFTER_MS = 600;

export interface CompareBoundaries {
  /** Asks what to compare a playbook with, and shows how its boundary differs; of the playbook in view unless given. */
  readonly compare: (given: Uri | undefined) => Promise<void>;
  readonly disposables: readonly Disposable[];
}

/** What playbooks may do now beside what they might do in a git revision. Git is started in trusted workspaces only. */
export function compareBoundaries(extension: Uri, language: Language, output: LogOutputChannel): CompareBoundaries {
  const compare = async (given: Uri | undefined): Promise<void> => {
    const playbook = given ?? playbookInView();
    if (playbook === undefined) {
      window.showInformationMessage('Open the playbook whose boundary you want to compare.');
      return;
    }
    if (!(await isAllowed())) return;
    const chosen = await chooseRevision(language, playbook);
    if (chosen === undefined) return;
    const panel = window.createWebviewPanel(COMPARED_BOUNDARY, titleOf(playbook, chosen), ViewColumn.Active);
    fill(panel, extension, language, output, playbook, chosen);
  };
  const serializer = window.registerWebviewPanelSerializer(COMPARED_BOUNDARY, {
    deserializeWebviewPanel: async (panel: WebviewPanel, state: unknown) => {
      const kept = readKeptComparison(state);
      if (kept === undefined || !workspace.isTrusted) panel.dispose();
      else fill(panel, extension, language, output, Uri.parse(kept.playbook, true), kept);
    },
  });
  return { compare, disposables: [serializer, revisionTexts(language)] };
}

function playbookInView(): Uri | undefined {
  const shown = [window.activeTextEditor, ...window.visibleTextEditors].map((editor) => editor?.document.uri);
  return shown.find((uri) => uri !== undefined && uri.scheme === 'file' && isPlaybook(uri.path));
}

async function isAllowed(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const MANAGE = 'Manage Workspace Trust';
  const answer = await window.showWarningMessage(
    'Comparing reads an earlier version with git, and git may start what a folder’s own configuration names. So it needs a workspace that you trust.',
    MANAGE,
  );
  if (answer === MANAGE) await commands.executeCommand('workbench.trust.manage');
  return false;
}

function fill(
  panel: WebviewPanel,
  extension: Uri,
  language: Language,
  output: LogOutputChannel,
  playbook: Uri,
  first: ChosenRevision,
): void {
  let chosen = first;
  let shown: Extract<CompareReply, { kind: 'comparison' }> | undefined;
  let asked = 0;
  const post = (message: ToBoundaryPage): void => {
    panel.webview.postMessage(message).then(undefined, (error: unknown) => output.warn(`compare boundary: ${error}`));
  };
  const refresh = async (): Promise<void> => {
    const own = ++asked;
    const { revision, called } = chosen;
    post({ type: 'busy', of: { playbook: playbook.toString(), revision, called } });
    const reply = await language.compareBoundary(playbook, revision);
    // Another one was asked for meanwhile.
    if (own !== asked) return;
    shown = reply.kind === 'comparison' ? reply : undefined;
    if (reply.kind === 'comparison') post({ type: 'show', comparison: reply, revision: called });
    else post({ type: 'none', message: `It cannot be compared: ${reply.reason}.` });
  };
  const take = async (message: FromBoundaryPage): Promise<void> => {
    switch (message.type) {
      case 'ready':
      case 'again':
        await refresh();
        return;
      case 'other': {
        const other = await chooseRevision(language, playbook);
        if (other === undefined) return;
        chosen = other;
        panel.title = titleOf(playbook, other);
        await refresh();
        return;
      }
      case 'open':
        if (shown !== undefined) await open(shown, message, panel);
    }
  };
  const failed = (error: unknown): void => output.error(`compare boundary: ${String(error)}`);
  const later = soon(AFTER_MS, () => {
    if (panel.visible) refresh().catch(failed);
  });
  const listeners: readonly Disposable[] = [
    later,
    panel.webview.onDidReceiveMessage((raw: unknown) => {
      const message = readBoundaryMessage(raw);
      if (message !== undefined) take(message).catch(failed);
    }),
    // The playbook, and whatever it refers to.
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const isData = /\.(?:ya?ml|json)$/.test(document.uri.path) && document.uri.scheme === 'file';
      if (isData && contentChanges.length > 0) later.ask();
    }),
  ];
  panel.onDidDispose(() => {
    for (const listener of listeners) listener.dispose();
  });
  setPage(panel.webview, extension, 'Countersign: boundary compared', 'boundary.js', 'boundary.css');
}

function titleOf(playbook: Uri, { called }: ChosenRevision): string {
  return `Boundary of ${basename(playbook.path, '.playbook.yaml')} ↔ ${called}`;
}

/** Goes to where an act, or a step of its path, is written: in the file, or in the text of the revision. */
async function open(
  { acts, commit }: Extract<CompareReply, { kind: 'comparison' }>,
  { act, what }: Extract<FromBoundaryPage, { type: 'open' }>,
  panel: WebviewPanel,
): Promise<void> {
  const one = acts[act];
  const step = typeof what === 'number' ? one?.path[what]?.place : undefined;
  const item = what === 'before' ? one?.before : what === 'after' ? one?.after : undefined;
  const place = step ?? item?.place;
  if (place === undefined) return;
  const inRevision = step?.inRevision ?? what === 'before';
  const file = Uri.parse(place.uri, true);
  const document = await workspace.openTextDocument(inRevision ? revisionUri(file, commit) : file);
  const selection = rangeOf(place.range);
  const beside = panel.viewColumn === ViewColumn.One ? ViewColumn.Two : ViewColumn.One;
  const editor = await window.showTextDocument(document, { viewColumn: beside, preview: true, selection });
  editor.revealRange(selection, TextEditorRevealType.InCenterIfOutsideViewport);
}

function rangeOf({ start, end }: BoundaryRange): Range {
  return new Range(start.line, start.character, end.line, end.character);
}
