import { basename } from 'node:path';
import {
  type Disposable,
  type LogOutputChannel,
  languages,
  Range,
  TabInputText,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import type { BoundaryRange } from '../../server/protocol/requests.js';
import type { ForeignDocuments } from '../foreign/foreign-documents.js';
import type { Language } from '../language-client.js';
import { GRAPH, isPlaybook } from '../names.js';
import { readKeptGraph } from '../viewer/graph/kept.js';
import type { FromGraph, ToGraph } from '../viewer/protocol/graph-messages.js';
import { soon } from '../views/soon.js';
import { setPage } from '../webview-page.js';
import { readGraphMessage } from './read-graph-message.js';
import { nextGraph, type ShownGraph, stepAt } from './shown-graph.js';

/** While somebody types it is drawn no more often than this. */
const AFTER_MS = 250;

/** The graph of the playbook in view. */
export interface GraphPanel extends Disposable {
  /** Opens the tab, or brings it to the front of its group; the focus stays where it is. Without a playbook, the one in view. */
  readonly show: (playbook: Uri | undefined) => void;
}

/**
 * The graph of the playbook in view, in a tab beside its text. There is one; it follows the editor and its cursor, and never
 * takes the focus. The server is asked only while the tab is to be seen.
 */
export function createGraphPanel(
  extension: Uri,
  language: Language,
  output: LogOutputChannel,
  foreign: ForeignDocuments,
): GraphPanel {
  let open: Panel | undefined;

  const inView = (): Uri | undefined => playbookInView(foreign);
  const attach = (panel: WebviewPanel, playbook: Uri | undefined): void => {
    open = attachGraph(panel, extension, language, output, foreign, playbook ?? inView());
    panel.onDidDispose(() => {
      open = undefined;
    });
  };
  const serializer = window.registerWebviewPanelSerializer(GRAPH, {
    deserializeWebviewPanel: async (panel, state: unknown) => {
      const { uri } = readKeptGraph(state);
      if (open === undefined) attach(panel, uri === '' ? undefined : Uri.parse(uri));
      else panel.dispose();
    },
  });
  return {
    show: (playbook) => {
      if (open === undefined) {
        const where = { viewColumn: ViewColumn.Beside, preserveFocus: true };
        attach(window.createWebviewPanel(GRAPH, 'Playbook graph', where), playbook);
        return;
      }
      open.show();
      open.follow(playbook ?? inView());
    },
    dispose: () => {
      serializer.dispose();
      open?.dispose();
    },
  };
}

/** The playbook in the active editor, else one that is to be seen. */
function playbookInView(foreign: ForeignDocuments): Uri | undefined {
  const editors = [...(window.activeTextEditor ? [window.activeTextEditor] : []), ...window.visibleTextEditors];
  return editors.find(({ document }) => isDrawn(document.uri, foreign))?.document.uri;
}

/** An older version of a playbook, as in a diff, is not what may run. */
function isDrawn(uri: Uri, foreign: ForeignDocuments): boolean {
  const { path, scheme } = uri;
  return (isPlaybook(path) && (scheme === 'file' || scheme === 'vscode-vfs')) || foreign.has(uri);
}

interface Panel extends Disposable {
  readonly show: () => void;
  readonly follow: (playbook: Uri | undefined) => void;
}

function attachGraph(
  panel: WebviewPanel,
  extension: Uri,
  language: Language,
  output: LogOutputChannel,
  foreign: ForeignDocuments,
  first: Uri | undefined,
): Panel {
  let playbook: Uri | undefined;
  let shown: ShownGraph | undefined;
  let ready = false;
  /** What the page has, so that a picture is not sent to it twice. */
  let sent: ShownGraph['graph'] | undefined;
  const isShown = (uri: Uri): boolean => uri.toString() === playbook?.toString();
  const post = (message: ToGraph): void => {
    panel.webview.postMessage(message).then(undefined, (error: unknown) => output.warn(`graph: ${String(error)}`));
  };
  const draw = async (): Promise<void> => {
    if (!ready || !panel.visible) return;
    const asked = playbook;
    if (asked === undefined) {
      post({ type: 'graph', uri: '', name: '', state: 'none', graph: null });
      return;
    }
    const reply = await language.graph(asked);
    // Another one came into view meanwhile, and is asked about in its turn.
    if (asked !== playbook) return;
    shown = nextGraph(shown, asked.toString(), reply);
    const { uri, state, graph } = shown;
    if (graph !== null && graph === sent) post({ type: 'state', state });
    else post({ type: 'graph', uri, name: basename(asked.path, '.playbook.yaml'), state, graph });
    sent = graph;
    tellCursor();
  };
  const drawOr = (): void => {
    draw().catch((error: unknown) => output.error(`graph: ${String(error)}`));
  };
  const refresh = soon(AFTER_MS, drawOr);
  const tellCursor = (): void => {
    const editor = window.visibleTextEditors.find(({ document }) => isShown(document.uri));
    const at = editor === undefined || shown === undefined ? null : stepAt(shown.places, editor.selection.active.line);
    post({ type: 'cursor', key: at });
  };
  const follow = (uri: Uri | undefined): void => {
    if (uri === undefined || !isDrawn(uri, foreign) || isShown(uri)) return;
    playbook = uri;
    panel.title = `Graph: ${basename(uri.path, '.playbook.yaml')}`;
    drawOr();
  };
  const take = async (message: FromGraph): Promise<void> => {
    if (message.type === 'ready') {
      ready = true;
      sent = undefined;
      await draw();
      return;
    }
    const step = shown?.graph?.steps.find(({ key }) => key === message.key);
    if (step === undefined || shown === undefined) return;
    const act = message.tool === null ? null : (step.tools[message.tool]?.act ?? null);
    // While the text is broken, where a step is now is known better than where it was.
    const now = shown.state === 'broken' ? shown.places.find(({ key }) => key === step.key) : undefined;
    const { uri, range } = act?.at ?? { uri: step.place.uri, range: step.place.at };
    await reveal(Uri.parse(uri, true), now?.range ?? range, message.focus);
  };

  setPage(panel.webview, extension, 'Playbook graph', 'graph.js', 'graph.css');
  const disposables: readonly Disposable[] = [
    refresh,
    panel.webview.onDidReceiveMessage((raw: unknown) => {
      const message = readGraphMessage(raw);
      if (message === undefined) return;
      take(message).catch((error: unknown) => output.error(`graph: ${String(error)}`));
    }),
    // A page that was hidden starts again; it says that it is ready, and what it had is gone.
    panel.onDidChangeViewState(() => {
      if (!panel.visible) ready = false;
    }),
    window.onDidChangeActiveTextEditor((editor) => follow(editor?.document.uri)),
    foreign.onDidChange(() => follow(window.activeTextEditor?.document.uri)),
    window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (isShown(textEditor.document.uri)) tellCursor();
    }),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (isShown(document.uri)) refresh.ask();
    }),
    // What a policy, a catalog or a called playbook changes about it comes with its problems checked again.
    languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.some(isShown)) refresh.ask();
    }),
  ];
  panel.onDidDispose(() => {
    for (const disposable of disposables) disposable.dispose();
  });
  follow(first);
  return {
    show: () => panel.reveal(undefined, true),
    follow,
    dispose: () => panel.dispose(),
  };
}

/** Shows a place in the text: where the file is open already, else in another group than the graph. */
async function reveal(uri: Uri, range: BoundaryRange, focus: boolean): Promise<void> {
  const groups = window.tabGroups.all;
  const has = groups.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof TabInputText && input.uri.toString() === uri.toString()),
  );
  const other = has ?? groups.find(({ isActive }) => !isActive);
  const editor = await window.showTextDocument(await workspace.openTextDocument(uri), {
    viewColumn: other?.viewColumn ?? ViewColumn.Beside,
    preserveFocus: !focus,
    selection: new Range(range.start.line, range.start.character, range.start.line, range.start.character),
  });
  editor.revealRange(editor.selection, TextEditorRevealType.InCenterIfOutsideViewport);
}
