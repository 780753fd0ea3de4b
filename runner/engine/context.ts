import type { AuthoritySources } from '../../language/authority/effective-autonomy.js';
import type { ExpressionSite } from '../../language/authority/sites.js';
import type { Evaluator } from '../../language/expressions/evaluate.js';
import type { Tool } from '../../language/model/catalog.js';
import type { EntityType } from '../../language/model/levels.js';
import type { Playbook, Step } from '../../language/model/playbook.js';
import type { Policy } from '../../language/model/policy.js';
import type { Range } from '../../language/syntax/tree.js';
import type { RunBinding } from '../decide/call.js';
import type { Enforcer } from '../enforce/enforce.js';
import type { ModelClient } from '../models/port.js';
import type { Approver, Clock } from '../ports.js';
import type { Actor, Json, SourcePlace } from '../protocol/trace.js';
import type { SchemaCheck } from '../tools/schema-check.js';
import type { Journal } from '../trace/journal.js';
import type { BudgetScope } from './budget.js';
import type { RunEvent, RunState } from './state.js';

/** The playbook as the engine needs it; `LoadedPlaybook` is one. */
export interface EnginePlaybook extends AuthoritySources {
  readonly playbook: Playbook;
  readonly policy: Policy | undefined;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly stepOf: ReadonlyMap<string, Step>;
  readonly sites: readonly ExpressionSite[];
}

/** Everything a step is run with. Nothing in the engine reaches further than this. */
export interface RunContext {
  readonly loaded: EnginePlaybook;
  /** The alert as expressions see it, with its entities. */
  readonly alert: Json;
  readonly entities: { readonly [T in EntityType]?: readonly string[] };
  readonly binding: RunBinding;
  readonly model: ModelClient;
  readonly approver: Approver;
  readonly enforcer: Enforcer;
  readonly journal: Pick<Journal, 'lines' | 'write'>;
  readonly clock: Clock;
  readonly evaluator: Evaluator;
  readonly schemas: SchemaCheck;
  /** Who started the run. They may not approve in it. */
  readonly user: string;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
  readonly run: BudgetScope;
  readonly placeOf: (uri: string, range: Range) => SourcePlace | null;
  readonly nextCallId: () => string;
  readonly state: () => RunState;
  readonly apply: (event: RunEvent) => void;
}

export const ENGINE: Actor = { kind: 'engine', id: 'countersign' };
