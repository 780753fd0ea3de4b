import type { CompareReply, ReviewReply } from '../../../server/protocol/compare-requests.js';

/** Extension to the page that compares boundaries: of one playbook, or of all of a workspace. */
export type ToBoundaryPage =
  /** Replaces what is shown. */
  | {
      readonly type: 'show';
      readonly comparison: Extract<CompareReply | ReviewReply, { readonly kind: 'comparison' | 'review' }>;
      /** What it is compared with, as the person chose it. */
      readonly revision: string;
    }
  /** There is nothing to compare, or no more. */
  | { readonly type: 'none'; readonly message: string }
  /** It is being compared. The page keeps what, for when the window is loaded anew. */
  | { readonly type: 'busy'; readonly of: KeptComparison };

/** What a tab compares. */
export interface KeptComparison {
  readonly of: 'playbook' | 'workspace';
  /** The playbook; of a workspace a file or folder of the repository. */
  readonly uri: string;
  /** `null`: where HEAD left the branch that changes go into, wherever that is by then. */
  readonly revision: string | null;
  /** What the person calls the revision. */
  readonly called: string;
}

/** The page to the extension. Everything in it is untrusted until the extension has looked at it. */
export type FromBoundaryPage =
  | { readonly type: 'ready' }
  /** Compare once more, or with another revision. */
  | { readonly type: 'again' }
  | { readonly type: 'other' }
  /** Open the place of an act before or now, or of a step of its path. Numbers are places in the lists that were shown. */
  | { readonly type: 'open'; readonly act: number; readonly what: 'before' | 'after' | number }
  /** Open an acknowledgement that does not count. */
  | { readonly type: 'open-entry'; readonly entry: number };
