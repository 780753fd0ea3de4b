import type { BoundaryItem, BoundaryRange } from './requests.js';

/**
 * What the boundary of a playbook is compared with. RevisionsParams -> RevisionsReply. This and the other two start git, which
 * a client asks for only where the person trusts the folder.
 */
export const REVISIONS_REQUEST = 'countersign/revisions';

export interface RevisionsParams {
  readonly uri: string;
}

export type RevisionsReply =
  | {
      readonly kind: 'revisions';
      /** The commit of HEAD. */
      readonly head: string;
      /** The branch that changes go into, and where HEAD left it; `null`: there is none, or nothing in common. */
      readonly left: { readonly branch: string; readonly commit: string } | null;
      /** Those used last first. */
      readonly branches: readonly string[];
    }
  | NotCompared;

/** A clause for people: why. */
export interface NotCompared {
  readonly kind: 'none';
  readonly reason: string;
}

/** How the boundary of a playbook differs from that in a git revision; unsaved text counts. CompareParams -> CompareReply. */
export const COMPARE_REQUEST = 'countersign/compareBoundary';

export interface CompareParams {
  readonly uri: string;
  readonly revision: string;
}

export type CompareReply =
  | {
      readonly kind: 'comparison';
      /** Id of the playbook. */
      readonly playbook: string;
      readonly commit: string;
      /** Where the playbook is in the revision, from the root of the repository; `null`: it is not there. */
      readonly file: string | null;
      /** Whether it is at another place now. */
      readonly moved: boolean;
      /** What counts as widened first, and of that first what needs no person. */
      readonly acts: readonly ComparedAct[];
      readonly unchanged: number;
    }
  | NotCompared;

export interface ComparedAct {
  readonly step: string;
  readonly tool: string;
  readonly class: 'widened' | 'narrowed' | 'unchanged' | 'incomparable';
  readonly withoutPerson: boolean;
  /** It is new, and only reads or records as far as a catalog of now says. */
  readonly onCatalogsWord: boolean;
  /** It is against the policy of the revision. */
  readonly violates: boolean;
  readonly causes: readonly string[];
  readonly reasons: readonly { readonly direction: 'wider' | 'narrower' | 'other'; readonly words: string }[];
  /** `null`: not there, or it never runs. The places of `before` are in the revision. */
  readonly before: BoundaryItem | null;
  readonly after: BoundaryItem | null;
  /** A path to the act: steps with how they are left, the act last. */
  readonly path: readonly { readonly words: string; readonly place: ComparedPlace }[];
}

export interface ComparedPlace {
  readonly uri: string;
  readonly range: BoundaryRange;
  /** Whether it is in the revision. */
  readonly inRevision: boolean;
}

/** The text of a file in a commit. RevisionTextParams -> string | null; `null`: it is not there. */
export const REVISION_TEXT_REQUEST = 'countersign/revisionText';

export interface RevisionTextParams {
  /** The file where it is, or would be, now. */
  readonly uri: string;
  readonly commit: string;
}
