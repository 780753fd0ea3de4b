import { randomBytes } from 'node:crypto';
import { type Disposable, env, Uri, type Webview, window } from 'vscode';
import type { TraceLine, Verification } from '../../runner/protocol/trace.js';
import type { FromViewer, ToViewer } from '../viewer/protocol/messages.js';
import { viewerPage } from '../viewer/protocol/page.js';
import { readMessage } from './read-message.js';
import type { Reveal } from './reveal.js';

/** Lines in one message: the first are on screen while the rest is still on its way. */
const CHUNK = 4000;

/** What a webview shows: given anew whenever its page (re)starts. */
export interface Shown {
  readonly name: string;
  readonly lines: readonly TraceLine[];
  readonly verification: Verification | null;
  readonly live: boolean;
  /** A file the trace belongs to. */
  readonly near: Uri;
}

export type Answer = Extract<FromViewer, { type: 'decide' | 'perform' }>;

export interface TraceView extends Disposable {
  readonly post: (message: ToViewer) => Promise<void>;
}

/** What a webview needs: our built files and the way back to the text. */
export interface TraceHost {
  readonly extension: Uri;
  readonly reveal: Reveal;
}

/**
 * Puts the viewer into a webview. `shown` is asked when the page is ready, and answers with the trace or with what to
 * tell the person; `restarted` is called after that, for what must be said again.
 */
export function attachViewer(
  { extension, reveal }: TraceHost,
  webview: Webview,
  shown: () => Promise<Shown | string>,
  answer: (message: Answer) => void,
  restarted: () => void,
): TraceView {
  const dist = Uri.joinPath(extension, 'dist');
  let current: Shown | undefined;
  let queue = Promise.resolve();
  // In order, and each only when the one before has arrived: a large trace would otherwise stand in memory twice.
  const post = (message: ToViewer): Promise<void> => {
    queue = queue.then(async () => {
      await webview.postMessage(message);
    });
    return queue;
  };
  const take = async (message: FromViewer): Promise<void> => {
    switch (message.type) {
      case 'ready': {
        const found = await shown();
        current = typeof found === 'string' ? undefined : found;
        if (typeof found === 'string') await post({ type: 'error', message: found });
        else await postTrace(found, post);
        restarted();
        return;
      }
      case 'reveal':
        if (current !== undefined) {
          await reveal.show(current.lines, message.seq, current.near, message.focus === true);
        }
        return;
      case 'copy': {
        const line = current?.lines.find(({ seq }) => seq === message.seq);
        if (line === undefined) return;
        await env.clipboard.writeText(JSON.stringify(line, null, 2));
        window.setStatusBarMessage(`$(check) Copied event ${line.seq + 1} of the trace as JSON`, 4000);
        return;
      }
      case 'decide':
      case 'perform':
        answer(message);
    }
  };
  const listener = webview.onDidReceiveMessage((raw: unknown) => {
    const message = readMessage(raw);
    if (message !== undefined) return take(message);
  });
  const file = (name: string): string => webview.asWebviewUri(Uri.joinPath(dist, name)).toString();
  webview.options = { enableScripts: true, enableForms: true, localResourceRoots: [dist] };
  webview.html = viewerPage({
    script: file('viewer.js'),
    styles: [file('codicon.css'), file('viewer.css')],
    nonce: randomBytes(18).toString('base64url'),
    source: webview.cspSource,
  });
  return { post, dispose: () => listener.dispose() };
}

/** All parts are queued at once, so that what a live run adds meanwhile comes after them. */
async function postTrace(
  { lines, verification, live, name }: Shown,
  post: (message: ToViewer) => Promise<void>,
): Promise<void> {
  const parts = [post({ type: 'open', lines: lines.slice(0, CHUNK), verification, live, name })];
  const count = lines.length;
  for (let from = CHUNK; from < count; from += CHUNK) {
    parts.push(post({ type: 'append', lines: lines.slice(from, Math.min(count, from + CHUNK)) }));
  }
  await Promise.all(parts);
}
