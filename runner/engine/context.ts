import type { AuthoritySources } from '../../language/authority/effective-autonomy.js';
import type { ExpressionSite } from '../../language/authority/sites.js';
import type { Evaluator } from '../../language/expressions/evaluate.js';
import type { Tool } from '../../language/model/catalog.js';
import type { EntityType } from '../../language/model/levels.js';
import type { CallStep, Playbook, Step } from '../../language/model/playbook.js';
import type { Policy } from '../../language/model/policy.js';
import type { PlaybookExample } from '../../language/read-examples.js';
import type { Range } from '../../language/syntax/tree.js';
import type { Floor } from '../deadline.js';
import type { RunBinding } from '../decide/call.js';
import type { Enforcer } from '../enforce/enforce.js';
import type { ModelClient } from '../models/port.js';
import type { Approver, Clock } from '../ports.js';
import type { Actor, Json, JsonObject, SourcePlace } from '../protocol/trace.js';
import type { SchemaCheck } from '../tools/schema-check.js';
import type { Journal } from '../trace/journal.js';
import type { BudgetScope } from './budget.js';
import type { Place } from './places.js';
import type { Break } from './renew.js';
import type { TurnQueue } from './reserve.js';
import type { Draw } from './review.js';
import type { Results, RunEvent, RunState } from './state.js';
import type { UndoDesk } from './undo-desk.js';

/** The playbook as the engine needs it; `LoadedPlaybook` is one. */
export interface EnginePlaybook extends AuthoritySources {
  readonly playbook: Playbook;
  readonly policy: Policy | undefined;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly stepOf: ReadonlyMap<string, Step>;
  readonly sites: readonly ExpressionSite[];
  /** The organization's context by name. */
  readonly context: ReadonlyMap<string, Json>;
  /** What its agents are shown of earlier cases. */
  readonly examples: readonly Pick<PlaybookExample, 'id' | 'uri' | 'content'>[];
  readonly calls: ReadonlyMap<CallStep, EngineCallee>;
}

/** The playbook a `call` names; `fault` says why it cannot be run. */
export interface EngineCallee {
  readonly uri: string;
  readonly fault: 'missing' | 'broken' | 'recursive' | undefined;
  readonly loaded: EnginePlaybook | undefined;
}

/** Everything a step is run with. Nothing in the engine reaches further than this. */
export interface RunContext extends Surroundings {
  /** The alert as expressions see it, with its entities. */
  readonly alert: Json;
  readonly entities: { readonly [T in EntityType]?: readonly string[] };
  /** What an agent may be told of the case's event data; absent when there is none. Untrusted: the names are the data's. */
  readonly evidence?: Json | undefined;
  /** URIs of examples that are not shown in this run. */
  readonly heldOut?: ReadonlySet<string> | undefined;
  readonly binding: RunBinding;
  readonly model: ModelClient;
  readonly approver: Approver;
  readonly enforcer: Enforcer;
  readonly journal: Pick<Journal, 'lines' | 'write'>;
  readonly clock: Clock;
  readonly floor: Floor;
  readonly turns: TurnQueue;
  readonly evaluator: Evaluator;
  readonly schemas: SchemaCheck;
  /** Who started the run. They may not approve in it. */
  readonly user: string;
  /** Who had it go on after it had broken off, as far as it has come. Nor may they, from then on. */
  readonly resumers: () => readonly string[];
  /** Aborts when the run is cancelled. */
  readonly cancel: AbortSignal;
  readonly placeOf: (uri: string, range: Range) => SourcePlace | null;
  /** Offers to take acts back. */
  readonly desk: UndoDesk;
  readonly draw: Draw;
  readonly nextCallId: () => string;
  /** A name no frame or budget scope had before. */
  readonly nextKey: () => string;
  /** When the run was cut off, as far as it has come. */
  readonly breaks: () => readonly Break[];
  readonly state: () => RunState;
  readonly apply: (event: RunEvent) => void;
}

/** What differs from place to place in a run: which playbook, how deep in calls, which branch, which items. */
export interface Surroundings {
  /** The playbook whose steps are run. Of a called one the policy is the caller's, and `limits` what the callers allow. */
  readonly loaded: EnginePlaybook;
  /** What the ids of its steps are written after: empty, or the path of the call and `/`. */
  readonly prefix: string;
  /** Playbooks around this one, by URI, outermost first. */
  readonly callers: readonly string[];
  readonly inputs: JsonObject | undefined;
  /** Items of the loops around, by the name of their variable. */
  readonly items: JsonObject;
  /** Where results of steps are kept. */
  readonly frame: string;
  /** The step around, by path; `null` at the top. */
  readonly within: string | null;
  /** The branch of a parallel step whose steps these are; `null` in none. */
  readonly branch: string | null;
  /** Its place among the branches at work at once; `undefined` outside of `parallel`. */
  readonly place: Place | undefined;
  /** Whose limits hold here, innermost first; the run's is the last. */
  readonly scopes: readonly BudgetScope[];
  /** Aborts when the run is cancelled, or when another branch ended this one. */
  readonly signal: AbortSignal;
}

export const ENGINE: Actor = { kind: 'engine', id: 'countersign' };

/** A step's name in the journal, unique in the run: its id after those of the calls that lead to it. */
export function pathOf({ prefix }: Pick<Surroundings, 'prefix'>, step: Step): string {
  return prefix + step.id.value;
}

/** The surroundings of the steps in a step. */
export function inside(context: RunContext, step: Step): RunContext {
  return { ...context, within: pathOf(context, step), branch: null };
}

/** What the steps so far did, as this branch sees it. */
export function resultsOf({ state, frame }: RunContext): Results {
  return state().frames.get(frame) ?? new Map();
}
