import { basename } from 'node:path';
import {
  type CustomDocument,
  type CustomReadonlyEditorProvider,
  type LogOutputChannel,
  RelativePattern,
  Uri,
  type WebviewPanel,
  workspace,
} from 'vscode';
import { readTraceInProcess } from '../runner/runner-process.js';
import { attachViewer, type Shown, type TraceHost } from './trace-view.js';

/** Changes of a trace that is still written come in bursts. */
const READ_AGAIN_AFTER_MS = 300;

/** Shows `*.trace.jsonl` files. The file is read and checked by a runner process, and again whenever it changes. */
export function traceEditor(host: TraceHost, output: LogOutputChannel): CustomReadonlyEditorProvider {
  const read = async (uri: Uri): Promise<Shown | string> => {
    if (uri.scheme !== 'file')
      return `Traces can be checked on disk only, and this one is at ${uri.scheme}:. Save it first.`;
    const reply = await readTraceInProcess(host.extension, output, uri.fsPath);
    if (!reply.ok) return reply.message;
    const { lines, verification } = reply;
    return { name: basename(uri.fsPath), lines, verification, live: false, near: uri };
  };
  return {
    openCustomDocument: (uri: Uri): CustomDocument => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }: CustomDocument, panel: WebviewPanel) => {
      const attach = () =>
        attachViewer(
          host,
          panel.webview,
          () => read(uri),
          () => undefined,
          () => undefined,
        );
      let view = attach();
      let timer: NodeJS.Timeout | undefined;
      const watcher = workspace.createFileSystemWatcher(
        new RelativePattern(Uri.joinPath(uri, '..'), basename(uri.fsPath).replace(/[[\]{}*?]/g, '?')),
      );
      const readAgain = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          view.dispose();
          view = attach();
        }, READ_AGAIN_AFTER_MS);
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
