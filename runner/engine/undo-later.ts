import type { Tool } from '../../language/model/catalog.js';
import type { ActionStep, AgentStep } from '../../language/model/playbook.js';
import type { RunBinding } from '../decide/call.js';
import { createEnforcer } from '../enforce/enforce.js';
import type { Clock, Ids } from '../ports.js';
import type { UndoAnswer } from '../protocol/messages.js';
import type { Call, JsonObject, TraceEvents } from '../protocol/trace.js';
import type { ToolHost } from '../tools/port.js';
import type { SchemaCheck } from '../tools/schema-check.js';
import type { Journal } from '../trace/journal.js';
import { calledBy } from './call.js';
import { ENGINE, type EnginePlaybook } from './context.js';
import { FIRST_STATE, NOTHING_SPENT, reduce } from './state.js';
import { mayUndo, takeBack } from './undo.js';

/** An act of a run that is over, and what takes it back. */
export interface LaterUndo {
  readonly place: ActPlace;
  readonly binding: RunBinding;
  readonly call: Call;
  readonly arguments: JsonObject;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly journal: Pick<Journal, 'write' | 'lines'>;
  readonly host: ToolHost;
  readonly schemas: SchemaCheck;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly how: string;
  readonly signal: AbortSignal;
  readonly opened: TraceEvents['run.opened'];
}

export type LaterUndone = 'undone' | 'failed' | 'denied';

/** Takes an act of a run that is over back, with a trace of its own from `run.opened` to `run.closed`. */
export async function undoLater(later: LaterUndo, answer: UndoAnswer): Promise<LaterUndone> {
  const { binding, journal, host, schemas, clock, ids, signal } = later;
  const { loaded, prefix, step, undo } = later.place;
  let state = FIRST_STATE;
  let calls = 0;
  await journal.write('run.opened', null, ENGINE, later.opened);
  const became = await takeBack(
    {
      loaded,
      prefix,
      journal,
      schemas,
      binding,
      approver: { how: later.how },
      cancel: signal,
      enforcer: createEnforcer({ binding, journal, host, clock, ids }),
      // Not to be mistaken for a call of the run.
      nextCallId: () => `undo-${++calls}`,
      state: () => state,
      apply: (event) => {
        state = reduce(state, event);
      },
    },
    {
      step,
      call: later.call,
      arguments: later.arguments,
      undo,
      people: mayUndo({ loaded }, step),
      until: later.until,
    },
    answer,
  );
  const { toolCalls: _, ...usage } = NOTHING_SPENT;
  await journal.write('run.closed', null, ENGINE, {
    outcome: became === 'undone' ? 'completed' : became,
    verdict: null,
    reason: REASONS[became],
    usage,
    lines: journal.lines + 1,
  });
  return became;
}

const REASONS = {
  undone: 'The act was taken back.',
  failed: 'The tool that undoes the act failed.',
  denied: 'Nothing was done: the act may not be taken back so.',
} as const;

/** Where an act was done, and what takes it back. */
export interface ActPlace {
  /** The playbook of the step, as it was run. */
  readonly loaded: EnginePlaybook;
  readonly prefix: string;
  readonly step: ActionStep | AgentStep;
  readonly undo: Tool;
}

/** The step a path names, with a tool of its playbook; `undefined` where there is no such step or tool. */
export function actPlace(loaded: EnginePlaybook, path: string, tool: string): ActPlace | undefined {
  const names = path.split('/');
  let at = loaded;
  let prefix = '';
  for (const name of names.slice(0, -1)) {
    const step = at.stepOf.get(name);
    const called = step?.kind === 'call' ? calledBy(at, prefix, step) : undefined;
    if (!called) return undefined;
    at = called;
    prefix += `${name}/`;
  }
  const step = at.stepOf.get(names.at(-1) ?? '');
  const undo = at.tools.get(tool);
  if (!undo || (step?.kind !== 'action' && step?.kind !== 'agent')) return undefined;
  return { loaded: at, prefix, step, undo };
}
