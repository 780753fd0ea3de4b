import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import {
  type CancellationToken,
  CancellationTokenSource,
  ProgressLocation,
  type Tab,
  TabInputWebview,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
} from 'vscode';
import type { RunReply } from '../../runner/protocol/messages.js';
import { NO_CHECKPOINTS, type TraceLine, type Verification } from '../../runner/protocol/trace.js';
import { LIVE_TRACE } from '../names.js';
import { warn } from '../notify.js';
import { iconless, linkless, plain } from '../plain.js';
import { type People, readTraceInProcess } from '../runner/runner-process.js';
import { holds } from '../trace/reveal.js';
import { attachViewer, type TraceHost, type TraceView } from '../trace/trace-view.js';
import type { ToViewer } from '../viewer/protocol/messages.js';
import { offerUndo } from './offer-undo.js';
import { Questions } from './questions.js';

/** A run as it is started or gone on with. */
export interface Start {
  readonly title: string;
  /** File system paths. */
  readonly trace: string;
  readonly playbook: string;
  readonly user: string;
  /** What its trace holds already. */
  readonly lines: readonly TraceLine[];
  readonly go: (people: People, onEvent: (line: TraceLine) => void, token: CancellationToken) => Promise<RunReply>;
}

/** A dry run that is going on or has ended, with the tab that shows it. */
export class LiveRun {
  readonly #host: TraceHost;
  readonly #start: Start;
  readonly #title: string;
  readonly #lines: TraceLine[];
  readonly #questions: Questions;
  readonly #changed: () => void;
  readonly #stop = new CancellationTokenSource();
  #panel: WebviewPanel | undefined;
  #view: TraceView | undefined;
  #live = true;
  #verification: Verification | null = null;
  #failure: Extract<ToViewer, { type: 'error' }> | undefined;

  /** @param changed told when what waits for the person, or whether the run goes on, is another than before */
  constructor(host: TraceHost, start: Start, changed: () => void) {
    this.#host = host;
    this.#start = start;
    this.#title = start.title;
    this.#lines = [...start.lines];
    this.#questions = new Questions(start.user, randomUUID, (message) => {
      this.#post(message);
      changed();
    });
    this.#changed = changed;
  }

  get title(): string {
    return this.#title;
  }

  /** File system path. */
  get trace(): string {
    return this.#start.trace;
  }

  get live(): boolean {
    return this.#live;
  }

  /** What waits for the person. */
  get waiting(): Questions['open'] {
    return this.#questions.open;
  }

  /** Runs to the end. Shows its trace from the start; the person may close it and come back. */
  async run(): Promise<RunReply> {
    this.show();
    const reply = await window.withProgress(
      { location: ProgressLocation.Notification, title: linkless(`Dry run of ${this.#title}`), cancellable: true },
      (progress, cancelled) => {
        cancelled.onCancellationRequested(() => {
          progress.report({ message: 'ending before its next effect…' });
          this.end();
        });
        return this.#start.go(
          {
            approve: (request, token) => {
              this.#call(`Approval needed: ${plain(request.title)}`);
              progress.report({ message: 'waiting for an approval' });
              return this.#questions.approve(request, token);
            },
            task: (request, token) => {
              this.#call(`Task for you: ${plain(request.title)}`);
              progress.report({ message: 'waiting for a person' });
              return this.#questions.task(request, token);
            },
            undo: (offer, token) => offerUndo(offer, this.#start.user, token),
          },
          (line) => {
            this.#lines.push(line);
            if (line.event === 'step.entered')
              progress.report({ message: plain(line.data.title || (line.step ?? '')) });
            this.#post({ type: 'append', lines: [line] });
          },
          this.#stop.token,
        );
      },
    );
    this.#questions.close();
    this.#live = false;
    this.#changed();
    await this.#conclude(reply);
    return reply;
  }

  /** Ends the run before its next effect. */
  end(): void {
    this.#stop.cancel();
  }

  /** Brings the trace into view, in a new tab when it was closed; with `ask`, at that question. */
  show(ask?: string): void {
    if (ask !== undefined) this.#questions.first(ask);
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    const panel = window.createWebviewPanel(
      LIVE_TRACE,
      iconless(`Dry run: ${this.#title}`),
      { viewColumn: columnOfRun(Uri.file(this.#start.playbook)), preserveFocus: false },
      // A half-written reason must outlive a look at another tab.
      { retainContextWhenHidden: true },
    );
    const view = attachViewer(
      this.#host,
      panel.webview,
      ({ open, post }) => {
        if (this.#failure !== undefined) return post(this.#failure);
        open({
          name: basename(this.#start.trace),
          lines: this.#lines,
          verification: this.#verification,
          live: this.#live,
          near: Uri.file(this.#start.playbook),
          trace: Uri.file(this.#start.trace),
        });
        for (const question of this.#questions.open) post(question);
      },
      (answer) => this.#questions.answer(answer),
      undefined,
      [Uri.file(this.#start.trace)],
    );
    this.#panel = panel;
    this.#view = view;
    panel.onDidDispose(() => {
      view.dispose();
      this.#panel = undefined;
      this.#view = undefined;
      this.#closed();
    });
  }

  /** Closing the tab is not an answer; the person is told what happens without one. */
  #closed(): void {
    const [question] = this.#questions.open;
    if (question === undefined) return;
    const what =
      question.type === 'approval' ? 'an approval, and silence denies it' : 'a person, and silence fails the task';
    this.#offer(`The dry run of ${this.#title} still waits for ${what}.`);
  }

  #call(text: string): void {
    this.#offer(text);
  }

  #offer(text: string): void {
    const show = 'Show';
    const end = 'End the Run';
    warn(text, show, end).then((chosen) => {
      if (chosen === show) this.show();
      if (chosen === end) this.end();
    });
  }

  async #conclude(reply: RunReply): Promise<void> {
    if (!reply.ok && this.#lines.length === this.#start.lines.length) {
      this.#failure = { type: 'error', title: 'The run did not start', message: reply.message };
      this.#post(this.#failure);
      return;
    }
    const lines: TraceLine[] = [];
    const { extension, output } = this.#host;
    const read = await readTraceInProcess(extension, output, this.#start.trace, (part) => {
      for (const line of part) lines.push(line);
    });
    this.#verification = read.ok ? read.verification : unreadable(read.message);
    if (lines.length !== this.#lines.length) {
      // What is on disk is what counts.
      this.#lines.length = 0;
      for (const line of lines) this.#lines.push(line);
      this.#post({ type: 'open', lines, verification: null, live: true, name: basename(this.#start.trace) });
    }
    this.#post({ type: 'verified', verification: this.#verification });
  }

  #post(message: ToViewer): void {
    this.#view?.post(message);
  }
}

/** Beside the other runs, as one more column for each would soon leave no room for any, and never over the playbook. */
function columnOfRun(playbook: Uri): ViewColumn {
  const isRun = ({ input }: Tab): boolean => input instanceof TabInputWebview && input.viewType.endsWith(LIVE_TRACE);
  const { all } = window.tabGroups;
  const home = all.find((group) => holds(group, playbook));
  const other = home === undefined ? undefined : all.find((group) => group !== home);
  return (all.find(({ tabs }) => tabs.some(isRun)) ?? other)?.viewColumn ?? ViewColumn.Beside;
}

/** The run wrote it a moment ago; that it cannot be read now is found like any other fault of a trace. */
function unreadable(reason: string): Verification {
  return {
    version: 1,
    valid: false,
    lines: 0,
    firstBad: { line: 1, reason },
    checkpoints: NO_CHECKPOINTS,
    established: [],
    notEstablished: ['Nothing in this file can be relied upon.'],
  };
}
