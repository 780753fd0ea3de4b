import type { ApprovalRequest, CallChange, TaskRequest } from '../../../runner/protocol/messages.js';
import type { Json, TraceLine, Verification } from '../../../runner/protocol/trace.js';

/** Extension to viewer. */
export type ToViewer =
  /** Replaces what is shown. More lines of the same trace may follow as `append`. */
  | {
      readonly type: 'open';
      readonly lines: readonly TraceLine[];
      readonly verification: Verification | null;
      readonly live: boolean;
      readonly name: string;
    }
  /** A running trace grew, or the next part of a large one. */
  | { readonly type: 'append'; readonly lines: readonly TraceLine[] }
  /** The run ended and the file was verified. */
  | { readonly type: 'verified'; readonly verification: Verification }
  /** Selects an event, as soon as it is there. */
  | { readonly type: 'select'; readonly seq: number }
  /** The next part of one of two traces to compare. Its `verification` comes with the last part. */
  | {
      readonly type: 'compare';
      readonly side: 'a' | 'b';
      readonly name: string;
      readonly lines: readonly TraceLine[];
      readonly verification: Verification | null;
    }
  /** Nothing can be shown. `title` says what did not work, when it is not the trace that cannot be read. */
  | { readonly type: 'error'; readonly message: string; readonly title?: string }
  /** Asks the person. `ask` is unguessable and names this one question; an answer must carry it. */
  | { readonly type: 'approval'; readonly ask: string; readonly request: ApprovalRequest; readonly user: string }
  | { readonly type: 'task'; readonly ask: string; readonly request: TaskRequest; readonly user: string }
  /** The question is closed: answered, timed out or the run ended. */
  | { readonly type: 'withdrawn'; readonly ask: string };

/** Extension to the page itself: what it hands back after the window was loaded anew, so that the tab is filled again. */
export interface Remember {
  readonly type: 'remember';
  /** URIs of the traces it shows. */
  readonly traces: readonly string[];
}

/** Viewer to extension. Everything in it is untrusted until `readMessage` of the extension admitted it. */
export type FromViewer =
  | { readonly type: 'ready' }
  /** Open the YAML place of this event; with `focus`, go there. */
  | { readonly type: 'reveal'; readonly seq: number; readonly focus?: boolean }
  | { readonly type: 'copy'; readonly seq: number }
  /** Copies a link to this event. */
  | { readonly type: 'link'; readonly seq: number }
  /** Opens the file as text, at this line of it, counted from 1. */
  | { readonly type: 'text'; readonly line: number }
  /** Opens one of two compared traces at this event. */
  | { readonly type: 'open'; readonly side: 'a' | 'b'; readonly seq: number }
  | { readonly type: 'export' }
  | {
      readonly type: 'decide';
      readonly ask: string;
      readonly decision: 'approve' | 'reject' | 'end' | 'escalate' | 'modify';
      readonly as: string;
      readonly reason: string;
      /** With `approve` of what cannot be undone: the person said, apart from approving, that they know. */
      readonly acknowledged?: boolean;
      /** With `escalate`: the role. */
      readonly to?: string;
      /** With `modify`: calls by id, with all their arguments. */
      readonly changes?: readonly CallChange[];
    }
  | {
      readonly type: 'perform';
      readonly ask: string;
      readonly done: boolean;
      readonly as: string;
      readonly output: { readonly [field: string]: Json };
    };

/** Longest reason or text field a person may send, in UTF-16 units. */
export const MAX_TEXT = 10_000;
