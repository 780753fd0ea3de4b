import type { BoundaryItem, BoundaryRange } from './requests.js';

/**
 * What boundaries can be compared with. RevisionsParams -> RevisionsReply. This and the other three start git, which a client asks
 * for only where the person trusts the folder.
 */
export const REVISIONS_REQUEST = 'countersign/revisions';

export interface RevisionsParams {
  /** A file or folder of the repository. */
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
  /** Anything git takes for a revision; `null`: where HEAD left the branch that changes go into. */
  readonly revision: string | null;
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

/**
 * How the boundaries of all playbooks of the workspace that lie in one repository differ from a git revision; unsaved text
 * counts. ReviewParams -> ReviewReply.
 */
export const REVIEW_REQUEST = 'countersign/reviewBoundaries';

export interface ReviewParams {
  /** A file or folder of the repository. */
  readonly uri: string;
  /** As in `CompareParams`. */
  readonly revision: string | null;
}

export type ReviewReply =
  | {
      readonly kind: 'review';
      /** Name of the repository's folder. */
      readonly repository: string;
      readonly commit: string;
      /** The branch that HEAD left at that commit, where the request did not name a revision. */
      readonly branch: string | null;
      /** How many were looked at, and of how many anything that they are made of changed. */
      readonly playbooks: number;
      readonly touched: number;
      /** At most 1,000. What counts as widened first, of that first what needs no person; then by file, step and tool. */
      readonly acts: readonly ComparedAct[];
      /** How many further acts changed. */
      readonly unlisted: number;
      /** Acts of touched playbooks that are as they were. */
      readonly unchanged: number;
      /** What the policy of before acknowledges, and no change here needs, or no longer holds. */
      readonly idle: readonly IdleEntry[];
    }
  | NotCompared;

/** An entry of a policy that agrees to a change which is not there, or ended. */
export interface IdleEntry {
  readonly why: 'expired' | 'unused';
  readonly playbook: string;
  readonly step: string;
  readonly tool: string;
  readonly owner: string;
  /** The last day it holds, `YYYY-MM-DD`. */
  readonly expires: string;
  readonly place: ComparedPlace;
}

export interface ComparedAct {
  /** Id of the playbook that may do it. */
  readonly playbook: string;
  /** Its file from the root of the repository, now or, of one that is gone, before. */
  readonly file: string;
  readonly step: string;
  readonly tool: string;
  readonly class: 'widened' | 'narrowed' | 'unchanged' | 'incomparable';
  readonly withoutPerson: boolean;
  /** It is new, and only reads or records as far as a catalog of now says. */
  readonly onCatalogsWord: boolean;
  /** It is against the policy of the revision. */
  readonly violates: boolean;
  readonly causes: readonly string[];
  /** What tells the change from every other one, for who agrees to it; `null`: nobody has to, or can. */
  readonly change: string | null;
  /** Who agreed to it, by the policy of the revision. */
  readonly acknowledged: {
    readonly owner: string;
    readonly reason: string;
    /** The last day it holds, `YYYY-MM-DD`. */
    readonly expires: string;
  } | null;
  /** Somebody agrees to it in the policy of now, where that does not count yet. */
  readonly proposed: boolean;
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
