import type { GraphItem } from '../../../server/protocol/graph.js';

/**
 * How what is drawn stands to the text: `broken`: it is what the text said before. `partial`: what can be read of a text that was broken
 * from the first. `untold`: nothing can be drawn of it.
 */
export type GraphState = 'good' | 'broken' | 'partial' | 'untold' | 'none';

/** Extension to the page of the graph. */
export type ToGraph =
  /** Replaces what is drawn; `null`: there is nothing to draw. `uri` is the playbook's, to be kept for when the page comes back. */
  | {
      readonly type: 'graph';
      readonly uri: string;
      readonly name: string;
      readonly state: GraphState;
      readonly graph: GraphItem | null;
    }
  /** What is drawn stays, and this is how it stands to the text now. */
  | { readonly type: 'state'; readonly state: GraphState }
  /** The step the cursor is in. */
  | { readonly type: 'cursor'; readonly key: string | null };

/** Page to extension. Untrusted until `readGraphMessage` of the extension admitted it. */
export type FromGraph =
  | { readonly type: 'ready' }
  /** Shows a step in the text, or one of its tools; with `focus`, goes there. */
  | { readonly type: 'open'; readonly key: string; readonly tool: number | null; readonly focus: boolean };
