import type { Act } from '../authority/acts.js';
import type { ApprovalVerdict } from '../authority/approvals.js';
import type { Flow } from '../authority/flow.js';
import type { Graph } from '../authority/graph.js';
import type { Places } from '../authority/precedence.js';
import type { ExpressionSite } from '../authority/sites.js';
import type { ItemOrigins } from '../authority/trust.js';
import type { Tool } from '../model/catalog.js';
import type { CallStep, Playbook, Step } from '../model/playbook.js';
import type { Policy } from '../model/policy.js';
import type { Problem } from '../problem.js';
import type { SyntaxTree } from '../syntax/parse.js';
import type { Node } from '../syntax/tree.js';

/** The playbook a `call` names. */
export interface Callee {
  readonly uri: string;
  /** Why it cannot be run: it is not there, it has errors of its own, or it leads back to a playbook that calls it. */
  readonly fault: 'missing' | 'broken' | 'recursive' | undefined;
  /** `undefined` when it is missing or recursive. */
  readonly loaded: (PlaybookContext & { readonly problems: readonly Problem[] }) | undefined;
}

/** What a rule may look at. */
export interface PlaybookContext {
  readonly uri: string;
  readonly text: string;
  readonly tree: SyntaxTree;
  /** The parts of the tree to look at, and together all of it. */
  readonly nodes: readonly (Node | undefined)[];
  readonly playbook: Playbook;
  /** Every step, parents first, in source order. */
  readonly steps: readonly Step[];
  /** The first step of an id. */
  readonly stepOf: ReadonlyMap<string, Step>;
  readonly tools: ReadonlyMap<string, Tool>;
  /** Whether every catalog could be read, so that a tool not in `tools` is in none. */
  readonly catalogsRead: boolean;
  readonly policy: Policy | undefined;
  /** Whether the playbook names a policy that could not be read: then nothing is said about roles. */
  readonly policyMissing: boolean;
  /** What each `call` leads to. */
  readonly calls: ReadonlyMap<CallStep, Callee>;
  /** Whether people take part in it, or in a playbook it calls. */
  readonly hasPeople: boolean;
  readonly flow: Flow;
  readonly graph: Graph;
  readonly acts: readonly Act[];
  readonly actsAt: ReadonlyMap<Step, readonly Act[]>;
  /** Of acts at level `approve` without an approval of their own. */
  readonly verdictOf: ReadonlyMap<Act, ApprovalVerdict>;
  readonly sites: readonly ExpressionSite[];
  readonly sitesAt: ReadonlyMap<Step, readonly ExpressionSite[]>;
  /** Where every step stands. */
  readonly places: Places;
  /** Where the items of the loops around each step come from. */
  readonly items: ReadonlyMap<Step, ItemOrigins>;
}
