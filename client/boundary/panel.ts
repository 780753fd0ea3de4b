import { basename } from 'node:path';
import {
  type CancellationToken,
  CancellationTokenSource,
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
import type { ComparedPlace, CompareReply, ReviewReply } from '../../server/protocol/compare-requests.js';
import type { Language } from '../language-client.js';
import { plain } from '../plain.js';
import type { FromBoundaryPage, KeptComparison, ToBoundaryPage } from '../viewer/protocol/boundary-messages.js';
import { onceQuiet, soon } from '../views/soon.js';
import { setPage } from '../webview-page.js';
import { type ChosenRevision, chooseRevision, whereHeadLeft } from './choose-revision.js';
import { readBoundaryMessage } from './read-message.js';
import { revisionUri } from './revision-text.js';

/** While somebody types, and while files change on disk, a playbook is compared no more often than this, in milliseconds. */
const AFTER = 600;
/** All of them take seconds where many changed: they are compared once nobody typed for so long. */
const QUIET = 1000;

type Comparison = Extract<CompareReply | ReviewReply, { readonly kind: 'comparison' | 'review' }>;

/** What is compared: a playbook, or all of the workspace that lie in the repository of a file or folder. */
export interface Subject {
  readonly of: KeptComparison['of'];
  readonly uri: Uri;
}

/** A tab that shows how boundaries differ. */
export interface BoundaryPanel {
  /** Compares something else from now on. */
  readonly turnTo: (subject: Subject, chosen: ChosenRevision) => Promise<void>;
}

/** Fills a tab, and keeps it as texts are while it is in view. */
export function fillPanel(
  panel: WebviewPanel,
  extension: Uri,
  language: Language,
  output: LogOutputChannel,
  first: Subject,
  against: ChosenRevision,
): BoundaryPanel {
  let [subject, chosen] = [first, against];
  let shown: Comparison | undefined;
  let asked = new CancellationTokenSource();
  const post = (message: ToBoundaryPage): void => {
    panel.webview.postMessage(message).then(undefined, (error: unknown) => output.warn(`compare boundary: ${error}`));
  };
  const refresh = async (): Promise<void> => {
    // Another answer than the last one would come too late.
    asked.cancel();
    asked.dispose();
    asked = new CancellationTokenSource();
    const { token } = asked;
    const { revision, called } = chosen;
    post({ type: 'busy', of: { of: subject.of, uri: subject.uri.toString(), revision, called } });
    const reply = await asking(language, subject, revision, token).catch((error: unknown) => {
      if (token.isCancellationRequested) return undefined;
      throw error;
    });
    if (token.isCancellationRequested || reply === undefined) return;
    shown = reply.kind === 'none' ? undefined : reply;
    if (reply.kind === 'none') {
      const what = subject.of === 'playbook' ? 'It' : 'What playbooks may do';
      post({ type: 'none', message: `${what} cannot be compared: ${reply.reason}.` });
      return;
    }
    const branch = reply.kind === 'review' ? reply.branch : null;
    post({ type: 'show', comparison: reply, revision: branch === null ? called : whereHeadLeft(branch) });
  };
  const turnTo = async (to: Subject, revision: ChosenRevision): Promise<void> => {
    [subject, chosen] = [to, revision];
    panel.title = titleOf(subject, chosen);
    await refresh();
  };
  const take = async (message: FromBoundaryPage): Promise<void> => {
    switch (message.type) {
      case 'ready':
      case 'again':
        await refresh();
        return;
      case 'other': {
        const other = await chooseRevision(language, subject.uri, subject.of);
        if (other !== undefined) await turnTo(subject, other);
        return;
      }
      case 'open':
        if (shown !== undefined) await open(placeOf(shown, message), shown.commit, panel);
        return;
      case 'open-entry':
        if (shown?.kind === 'review') await open(shown.idle[message.entry]?.place, shown.commit, panel);
    }
  };
  const failed = (error: unknown): void => {
    output.error(`compare boundary: ${String(error)}`);
    post({ type: 'none', message: 'It cannot be compared: that failed; the output of Countersign has more.' });
  };
  const again = (): void => {
    if (panel.visible) refresh().catch(failed);
  };
  const later = subject.of === 'playbook' ? soon(AFTER, again) : onceQuiet(QUIET, again);
  const files = workspace.createFileSystemWatcher('**/*.{yaml,yml,json}');
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
    // Another branch, or another program.
    files,
    ...[files.onDidCreate, files.onDidChange, files.onDidDelete].map((event) => event(later.ask)),
    { dispose: () => asked.cancel() },
  ];
  panel.onDidDispose(() => {
    for (const listener of listeners) listener.dispose();
  });
  panel.title = titleOf(subject, chosen);
  setPage(panel.webview, extension, 'Countersign: boundary compared', 'boundary.js', 'boundary.css');
  return { turnTo };
}

function asking(
  language: Language,
  { of, uri }: Subject,
  revision: string | null,
  token: CancellationToken,
): Promise<CompareReply | ReviewReply> {
  return of === 'playbook'
    ? language.compareBoundary(uri, revision, token)
    : language.reviewBoundaries(uri, revision, token);
}

function titleOf({ of, uri }: Subject, { called }: ChosenRevision): string {
  return of === 'workspace'
    ? `Boundary changes ↔ ${plain(called)}`
    : `Boundary of ${plain(basename(uri.path, '.playbook.yaml'))} ↔ ${plain(called)}`;
}

/** Where an act, or a step of its path, is written. */
function placeOf(
  { acts }: Comparison,
  { act, what }: Extract<FromBoundaryPage, { type: 'open' }>,
): ComparedPlace | undefined {
  const one = acts[act];
  if (typeof what === 'number') return one?.path[what]?.place;
  const item = what === 'before' ? one?.before : one?.after;
  return item ? { ...item.place, inRevision: what === 'before' } : undefined;
}

/** Shows a place beside the tab: in the file, or in the text of the revision. */
async function open(place: ComparedPlace | undefined, commit: string, panel: WebviewPanel): Promise<void> {
  if (place === undefined) return;
  const file = Uri.parse(place.uri, true);
  const document = await workspace.openTextDocument(place.inRevision ? revisionUri(file, commit) : file);
  const { start, end } = place.range;
  const selection = new Range(start.line, start.character, end.line, end.character);
  const beside = panel.viewColumn === ViewColumn.One ? ViewColumn.Two : ViewColumn.One;
  const editor = await window.showTextDocument(document, { viewColumn: beside, preview: true, selection });
  editor.revealRange(selection, TextEditorRevealType.InCenterIfOutsideViewport);
}
