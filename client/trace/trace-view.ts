import { commands, type Disposable, env, type LogOutputChannel, Range, type Uri, type Webview, window } from 'vscode';
import type { TraceLine, Verification } from '../../runner/protocol/trace.js';
import { COMMANDS } from '../names.js';
import type { FromViewer, Remember, ToViewer } from '../viewer/protocol/messages.js';
import { setPage } from '../webview-page.js';
import { copyLink } from './copy-link.js';
import { type HeldTrace, TraceMemory } from './held-trace.js';
import { readMessage } from './read-message.js';
import type { Reveal } from './reveal.js';

/** Lines in one message: the first are on screen while the rest is still on its way. */
const CHUNK = 4000;

/** What a webview shows. `lines` may be a list that grows; what comes later is then posted as well. */
export interface Shown {
  readonly name: string;
  readonly lines: readonly TraceLine[];
  readonly verification: Verification | null;
  readonly live: boolean;
  /** A file the trace belongs to. */
  readonly near: Uri;
  /** The trace's own file. */
  readonly trace: Uri;
  /** What is remembered of it, where `lines` has only the first of it. */
  readonly held?: HeldTrace;
}

/** Gives a page that has just (re)started what it is to show. */
export type Provide = (page: Page) => void | Promise<void>;

export interface Page {
  readonly open: (shown: Shown) => void;
  readonly post: (message: ToViewer) => void;
}

export type Answer = Extract<FromViewer, { type: 'decide' | 'perform' }>;

export interface TraceView extends Disposable {
  readonly post: (message: ToViewer) => void;
  /** Asks anew for what the page is to show. */
  readonly again: () => void;
}

/** What a webview needs: our built files, the way back to the text, and where faults are noted. */
export interface TraceHost {
  readonly extension: Uri;
  readonly reveal: Reveal;
  readonly output: LogOutputChannel;
}

/**
 * Puts the viewer into a webview. `provide` is asked whenever its page is ready. `remembered` are traces that the page hands
 * back when the window is loaded anew (`restore.ts`).
 */
export function attachViewer(
  { extension, reveal, output }: TraceHost,
  webview: Webview,
  provide: Provide,
  answer: (message: Answer) => void,
  openSide: (side: 'a' | 'b', seq: number) => void = () => undefined,
  remembered: readonly Uri[] = [],
): TraceView {
  let current: Shown | undefined;
  let queue = Promise.resolve();
  // A page starts again when it was hidden, and perhaps while it is still being provided: what was meant for the one
  // before is dropped then.
  let pages = 0;
  // In order, and each only when the one before has arrived: a large trace would otherwise stand in memory twice.
  const send = (message: ToViewer | Remember, page: number): void => {
    queue = queue
      .then(async () => {
        if (page === pages) await webview.postMessage(message);
      })
      .catch((error: unknown) => output.warn(`viewer: ${String(error)}`));
  };
  const newPage = (): Page => {
    const page = ++pages;
    const post = (message: ToViewer): void => send(message, page);
    return {
      post,
      open: (shown) => {
        if (page === pages) current = shown;
        postTrace(shown, post);
      },
    };
  };
  const take = async (message: FromViewer): Promise<void> => {
    switch (message.type) {
      case 'ready': {
        const page = newPage();
        if (remembered.length > 0) send({ type: 'remember', traces: remembered.map(String) }, pages);
        await provide(page);
        return;
      }
      case 'reveal':
        if (current !== undefined) {
          await reveal.show(heldOf(current), message.seq, current.near, message.focus === true);
        }
        return;
      case 'copy': {
        const line = current === undefined ? undefined : await heldOf(current).line(message.seq);
        if (line === undefined) return;
        await env.clipboard.writeText(JSON.stringify(line, null, 2));
        window.setStatusBarMessage(`$(check) Copied event ${line.seq + 1} of the trace as JSON`, 4000);
        return;
      }
      case 'link':
        if (current !== undefined) await copyLink(current.trace, message.seq + 1);
        return;
      case 'text':
        if (current !== undefined) {
          const at = Math.max(0, message.line - 1);
          const options = { selection: new Range(at, 0, at, 0) };
          await commands.executeCommand('vscode.openWith', current.trace, 'default', options);
        }
        return;
      case 'export':
        if (current !== undefined) await commands.executeCommand(COMMANDS.exportTraceAsHtml, current.trace);
        return;
      case 'open':
        openSide(message.side, message.seq);
        return;
      case 'decide':
      case 'perform':
        answer(message);
    }
  };
  const listener = webview.onDidReceiveMessage((raw: unknown) => {
    const message = readMessage(raw);
    if (message !== undefined) return take(message);
  });
  setPage(webview, extension, 'Countersign trace', 'viewer.js', 'viewer.css');
  const dispose = (): void => {
    pages++;
    listener.dispose();
  };
  const again = (): void => {
    Promise.resolve(provide(newPage())).catch((error: unknown) => output.error(`viewer: ${String(error)}`));
  };
  return { post: (message) => send(message, pages), again, dispose };
}

function heldOf({ held, lines }: Shown): HeldTrace {
  if (held !== undefined) return held;
  // A run's list grows, and is read anew whenever something is asked of it; no run has so many lines.
  const memory = new TraceMemory();
  memory.add(lines);
  return memory;
}

/** All parts are queued at once, so that what is added meanwhile comes after them. */
function postTrace({ lines, verification, live, name }: Shown, post: (message: ToViewer) => void): void {
  post({ type: 'open', lines: lines.slice(0, CHUNK), verification, live, name });
  for (let from = CHUNK; from < lines.length; from += CHUNK) {
    post({ type: 'append', lines: lines.slice(from, from + CHUNK) });
  }
}
