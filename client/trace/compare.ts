import { basename } from 'node:path';
import { type Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { COMPARED_TRACES } from '../names.js';
import { readTraceInProcess } from '../runner/runner-process.js';
import type { TraceEditors } from './trace-editor.js';
import { attachViewer, type Page, type TraceHost } from './trace-view.js';

/** Shows how two runs differ. */
export function compareTraces(host: TraceHost, editors: TraceEditors, a: Uri, b: Uri): void {
  const panel = window.createWebviewPanel(
    COMPARED_TRACES,
    `${basename(a.path, '.trace.jsonl')} ↔ ${basename(b.path, '.trace.jsonl')}`,
    ViewColumn.Active,
  );
  fillComparison(host, editors, panel, a, b);
}

/** Both files are read and checked by runner processes; the page aligns them. */
export function fillComparison(host: TraceHost, editors: TraceEditors, panel: WebviewPanel, a: Uri, b: Uri): void {
  const traces = { a, b } as const;
  const provideSide = async (side: 'a' | 'b', { post }: Page): Promise<void> => {
    const name = basename(traces[side].path);
    const reply = await readTraceInProcess(host.extension, host.output, traces[side].fsPath, (lines) =>
      post({ type: 'compare', side, name, lines, verification: null }),
    );
    if (reply.ok) post({ type: 'compare', side, name, lines: [], verification: reply.verification });
    else post({ type: 'error', title: 'The traces cannot be compared', message: reply.message });
  };
  const view = attachViewer(
    host,
    panel.webview,
    async (page) => {
      await Promise.all([provideSide('a', page), provideSide('b', page)]);
    },
    () => undefined,
    (side, seq) => {
      editors.openAt(traces[side], seq).then(undefined, (error: unknown) => {
        host.output.error(`compare: ${String(error)}`);
      });
    },
    [a, b],
  );
  panel.onDidDispose(() => view.dispose());
}
