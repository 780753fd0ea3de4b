import type { TraceLine, Verification } from '../../../runner/protocol/trace.js';

/** Extension to viewer. */
export type ToViewer =
  /** Replaces what is shown. */
  | { readonly type: 'open'; readonly lines: readonly TraceLine[]; readonly verification: Verification | null; readonly live: boolean; readonly name: string }
  /** A running trace grew. */
  | { readonly type: 'append'; readonly lines: readonly TraceLine[] }
  /** The run ended and the file was verified. */
  | { readonly type: 'verified'; readonly verification: Verification }
  | { readonly type: 'error'; readonly message: string };

/** Viewer to extension. */
export type FromViewer =
  | { readonly type: 'ready' }
  /** Open the YAML place of this event. */
  | { readonly type: 'reveal'; readonly seq: number }
  | { readonly type: 'copy'; readonly seq: number };
