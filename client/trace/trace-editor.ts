import { basename } from 'node:path';
import {
  type CustomDocument,
  type CustomReadonlyEditorProvider,
  commands,
  RelativePattern,
  Uri,
  type WebviewPanel,
  workspace,
} from 'vscode';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { TRACE_EDITOR } from '../names.js';
import { readTraceInProcess } from '../runner/runner-process.js';
import { TraceMemory } from './held-trace.js';
import { attachViewer, type Page, type TraceHost, type TraceView } from './trace-view.js';

/** Changes of a trace that is still written come in bursts. */
const READ_AGAIN_AFTER_MS = 300;

/** The editors of `*.trace.jsonl` files. */
export interface TraceEditors {
  readonly provider: CustomReadonlyEditorProvider;
  /** Opens a trace, or brings it into view, at an event. */
  readonly openAt: (trace: Uri, seq: number) => Promise<void>;
}

/** Shows `*.trace.jsonl` files. The file is read and checked by a runner process, and again whenever it changes. */
export function traceEditors(host: TraceHost): TraceEditors {
  const views = new Map<string, Set<TraceView>>();
  /** Events to select in traces that are about to be opened. */
  const wanted = new Map<string, number>();

  const provide = async (uri: Uri, { open, post }: Page): Promise<void> => {
    const name = basename(uri.fsPath);
    if (uri.scheme !== 'file') {
      const message = `Traces can be checked on disk only, and this one is at ${uri.scheme}:. Save it to a folder first.`;
      post({ type: 'error', message });
      return;
    }
    const held = new TraceMemory((seq) => readLine(host, uri, seq));
    let begun = false;
    const show = (lines: readonly TraceLine[]): void => {
      begun = true;
      open({ name, lines, verification: null, live: false, near: uri, trace: uri, held });
      const seq = wanted.get(uri.toString());
      wanted.delete(uri.toString());
      if (seq !== undefined) post({ type: 'select', seq });
    };
    const reply = await readTraceInProcess(host.extension, host.output, uri.fsPath, (part) => {
      held.add(part);
      if (begun) post({ type: 'append', lines: part });
      else show(part);
    });
    if (!reply.ok) {
      post({ type: 'error', message: reply.message });
      return;
    }
    if (!begun) show([]);
    post({ type: 'verified', verification: reply.verification });
  };

  const provider: CustomReadonlyEditorProvider = {
    openCustomDocument: (uri: Uri): CustomDocument => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }: CustomDocument, panel: WebviewPanel) => {
      const view = attachViewer(
        host,
        panel.webview,
        (page) => provide(uri, page),
        () => undefined,
      );
      const key = uri.toString();
      const shown = views.get(key) ?? new Set();
      views.set(key, shown.add(view));
      let timer: NodeJS.Timeout | undefined;
      const watcher = workspace.createFileSystemWatcher(
        new RelativePattern(Uri.joinPath(uri, '..'), basename(uri.fsPath).replace(/[[\]{}*?]/g, '?')),
      );
      const readAgain = () => {
        clearTimeout(timer);
        timer = setTimeout(view.again, READ_AGAIN_AFTER_MS);
      };
      watcher.onDidChange(readAgain);
      watcher.onDidCreate(readAgain);
      panel.onDidDispose(() => {
        clearTimeout(timer);
        watcher.dispose();
        view.dispose();
        shown.delete(view);
        if (shown.size === 0) views.delete(key);
      });
    },
  };
  return {
    provider,
    openAt: async (trace, seq) => {
      const key = trace.toString();
      const open = views.get(key);
      if (open === undefined) wanted.set(key, seq);
      await commands.executeCommand('vscode.openWith', trace, TRACE_EDITOR);
      for (const view of open ?? []) view.post({ type: 'select', seq });
    },
  };
}

/** One line of a trace that is too long to be kept. */
async function readLine(
  { extension, output }: TraceHost,
  { fsPath }: Uri,
  seq: number,
): Promise<TraceLine | undefined> {
  let found: TraceLine | undefined;
  await readTraceInProcess(extension, output, fsPath, (part) => {
    found ??= part.find((line) => line.seq === seq);
  });
  return found;
}
