import { type Kept, readKept } from './kept.js';
import { DATA_CLASS, readData } from './protocol/file-page.js';
import type { FromViewer, Remember, ToViewer } from './protocol/messages.js';

/** The side of VS Code a webview sees. */
interface VsCodeApi {
  postMessage(message: FromViewer): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Host {
  /** Whether there is an editor around the page, with the playbook beside it. */
  readonly editor: boolean;
  readonly post: (message: FromViewer) => void;
  /** Calls `take` with every message of the extension. */
  readonly listen: (take: (message: ToViewer) => void) => void;
  /** What a person had chosen when the page was last there. */
  readonly kept: Kept;
  readonly keep: (kept: Kept) => void;
}

/** To be called once: VS Code hands its side out once. */
export function connectHost(): Host {
  return typeof acquireVsCodeApi === 'function' ? inEditor(acquireVsCodeApi()) : inFile();
}

function inEditor(api: VsCodeApi): Host {
  const kept = readKept(api.getState());
  let last: Kept = kept;
  let traces: readonly string[] = [];
  const keep = (): void => api.setState(traces.length === 0 ? last : { ...last, traces });
  return {
    editor: true,
    post: (message) => api.postMessage(message),
    listen: (take) => {
      // Only the frame VS Code put around this page can post here: the policy forbids frames and scripts of others.
      window.addEventListener('message', ({ data }: MessageEvent<ToViewer | Remember>) => {
        if (data.type !== 'remember') return take(data);
        traces = data.traces;
        keep();
      });
    },
    kept,
    keep: (next) => {
      last = next;
      keep();
    },
  };
}

/** In a file of its own, the trace lies in the page. */
function inFile(): Host {
  let take: (message: ToViewer) => void = () => undefined;
  const post = (message: FromViewer): void => {
    if (message.type !== 'ready') return;
    for (const element of document.querySelectorAll(`script.${DATA_CLASS}`)) take(readData(element.textContent ?? ''));
  };
  return {
    editor: false,
    post,
    listen: (listener) => {
      take = listener;
    },
    kept: readKept(undefined),
    keep: () => undefined,
  };
}
