import { type Disposable, Uri, type WebviewPanel, window } from 'vscode';
import { COMPARED_TRACES, LIVE_TRACE } from '../names.js';
import { fillComparison } from './compare.js';
import { rememberedTraces } from './remembered.js';
import type { TraceEditors } from './trace-editor.js';
import type { TraceHost } from './trace-view.js';
import { openTrace } from './verify-command.js';

/**
 * Fills tabs again after the window was loaded anew. The editors of traces are VS Code's to open. A comparison is made again;
 * a run of the window ended with it, before its next effect, so that its trace takes the tab's place.
 */
export function restoreTabs(host: TraceHost, traces: TraceEditors): readonly Disposable[] {
  return [
    window.registerWebviewPanelSerializer(COMPARED_TRACES, {
      deserializeWebviewPanel: async (panel: WebviewPanel, state: unknown) => {
        const [a, b] = rememberedTraces(state).map((uri) => Uri.parse(uri, true));
        if (a === undefined || b === undefined) panel.dispose();
        else fillComparison(host, traces, panel, a, b);
      },
    }),
    window.registerWebviewPanelSerializer(LIVE_TRACE, {
      deserializeWebviewPanel: async (panel: WebviewPanel, state: unknown) => {
        const [trace] = rememberedTraces(state).map((uri) => Uri.parse(uri, true));
        panel.dispose();
        if (trace !== undefined) await openTrace(trace);
      },
    }),
  ];
}
