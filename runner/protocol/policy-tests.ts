import type { SourcePlace } from './trace.js';

/** Files of tests of policies, to be judged as `countersign policy test` does. Nothing is run, and nothing is written. */
export interface PolicyTestsParams {
  /** File system paths. */
  readonly files: readonly string[];
}

export interface PolicyTestsReply {
  /** In the order in which they were asked for. */
  readonly files: readonly TestedPolicyFile[];
  /** What all of them exercise, of each policy that one of them names. */
  readonly policies: readonly TestedPolicy[];
}

export interface TestedPolicyFile {
  /** File system path, as in every place. */
  readonly file: string;
  /** Errors, for which nothing of the file is judged. */
  readonly problems: readonly { readonly message: string; readonly place: SourcePlace }[];
  /** In the order of the file. */
  readonly tests: readonly TestedExpectation[];
}

export interface TestedExpectation {
  readonly title: string;
  /** Without any it passed. */
  readonly failures: readonly {
    /** A sentence. */
    readonly message: string;
    readonly expected: string;
    readonly actual: string;
    /** What is expected, in the file of the tests. */
    readonly place: SourcePlace;
    /** What decided, and where that is written. */
    readonly decidedBy: readonly { readonly what: string; readonly place: SourcePlace }[];
  }[];
}

export interface TestedPolicy {
  readonly file: string;
  /** What the policy says and tests should show to hold, in its order. */
  readonly parts: readonly TestedPart[];
}

export interface TestedPart {
  /** `ceiling for evict` */
  readonly name: string;
  readonly start: Omit<SourcePlace, 'file'>;
  readonly end: Omit<SourcePlace, 'file'>;
  readonly exercised: boolean;
  /** Some test would fail if the policy did not say this. */
  readonly held: boolean;
}
