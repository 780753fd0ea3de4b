import type { FromViewer, ToViewer } from './protocol/messages.js';

/** The side of VS Code a webview sees. */
interface VsCodeApi {
  postMessage(message: FromViewer): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Host {
  readonly post: (message: FromViewer) => void;
  /** Calls `take` with every message of the extension. */
  readonly listen: (take: (message: ToViewer) => void) => void;
  /** Whether the person wants to follow along in the playbook; kept while the tab lives. */
  readonly follow: () => boolean;
  readonly keepFollow: (on: boolean) => void;
}

/** To be called once: VS Code hands its side out once. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    listen: (take) => {
      // Only the frame VS Code put around this page can post here: the policy forbids frames and scripts of others.
      window.addEventListener('message', ({ data }: MessageEvent<ToViewer>) => take(data));
    },
    follow: () => {
      const kept = api.getState();
      return !(typeof kept === 'object' && kept !== null && 'follow' in kept && kept.follow === false);
    },
    keepFollow: (follow) => api.setState({ follow }),
  };
}
