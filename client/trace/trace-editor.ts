import { basename } from 'node:path';
import {
  type CustomDocument,
  type CustomReadonlyEditorProvider,
  RelativePattern,
  Uri,
  type WebviewPanel,
  workspace,
} from 'vscode';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { readTraceInProcess } from '../runner/runner-process.js';
import { attachViewer, type Page, type TraceHost } from './trace-view.js';

/** Changes of a trace that is still written come in bursts. */
const READ_AGAIN_AFTER_MS = 300;

/** Shows `*.trace.jsonl` files. The file is read and checked by a runner process, and again whenever it changes. */
export function traceEditor(host: TraceHost): CustomReadonlyEditorProvider {
  const provide = async (uri: Uri, { open, post }: Page): Promise<void> => {
    if (uri.scheme !== 'file') {
      const message = `Traces can be checked on disk only, and this one is at ${uri.scheme}:. Save it to a folder first.`;
      post({ type: 'error', message });
      return;
    }
    const lines: TraceLine[] = [];
    const reply = await readTraceInProcess(host.extension, host.output, uri.fsPath, (part) => {
      const first = lines.length === 0;
      for (const line of part) lines.push(line);
      if (first) open({ name: basename(uri.fsPath), lines, verification: null, live: false, near: uri });
      else post({ type: 'append', lines: part });
    });
    if (!reply.ok) post({ type: 'error', message: reply.message });
    else {
      const { verification } = reply;
      if (lines.length > 0) post({ type: 'verified', verification });
      else open({ name: basename(uri.fsPath), lines, verification, live: false, near: uri });
    }
  };
  return {
    openCustomDocument: (uri: Uri): CustomDocument => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }: CustomDocument, panel: WebviewPanel) => {
      const view = attachViewer(
        host,
        panel.webview,
        (page) => provide(uri, page),
        () => undefined,
      );
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
      });
    },
  };
}
