import type { Located, Range } from '../syntax/tree.js';
import type { AutonomyLevel, Effect } from './levels.js';

/** What an organization expects of its policy, act by act. */
export interface PolicyTest {
  readonly uri: string;
  readonly id: Located<string> | undefined;
  readonly policy: Located<string> | undefined;
  readonly catalogs: readonly Located<string>[];
  readonly tests: readonly ExpectedAct[];
}

/** An act that a playbook asks for, who approves it, and what is expected to come of it. */
export interface ExpectedAct {
  readonly title: Located<string>;
  /** Exact name; `undefined`: a tool that the policy does not name. */
  readonly tool: Located<string> | undefined;
  /** Of a tool that no catalog describes. */
  readonly effect: Located<Effect> | undefined;
  readonly reversible: Located<boolean> | undefined;
  /** Exact name of what is acted on. Without it and `tag`: something that bears no tag. */
  readonly target: Located<string> | undefined;
  /** The expectation is of every target with this tag. */
  readonly tag: Located<string> | undefined;
  /** The level the playbook asks for; `autonomous` when `undefined`. */
  readonly autonomy: Located<AutonomyLevel> | undefined;
  readonly approvedBy: readonly Located<string>[];
  /** So many other holders of a role; the expectation is of every choice of them. */
  readonly approvedByAny: { readonly role: Located<string>; readonly count: number; readonly range: Range } | undefined;
  /** Roles the playbook lets approve; `undefined`: all of the policy. */
  readonly roles: readonly Located<string>[] | undefined;
  /** Distinct people the playbook asks for. */
  readonly quorum: number;
  readonly requester: Located<string> | undefined;
  readonly distinctFrom: readonly Located<string>[];
  readonly expect: ExpectedResult;
  readonly range: Range;
}

export const OUTCOMES = ['allowed', 'needs-approval', 'denied'] as const;

/** What comes of an act: it runs, people are asked first, or it does not run. */
export type Outcome = (typeof OUTCOMES)[number];

export interface ExpectedResult {
  readonly outcome: Located<Outcome> | undefined;
  readonly level: Located<AutonomyLevel> | undefined;
  readonly quorum: Located<number> | undefined;
  /** Exactly those who may approve. */
  readonly approvers: Located<readonly Located<string>[]> | undefined;
}
