import { AUTONOMY_LEVELS, type AutonomyLevel } from '../../model/levels.js';
import type { Step } from '../../model/playbook.js';
import type { Range } from '../../syntax/tree.js';
import type { Act } from '../acts.js';
import type { Frame } from '../boundary.js';
import type { BoundaryCell } from '../cell.js';
import { scopeOf } from '../cell-facts.js';
import { isReached } from '../flow.js';
import { type ApprovalFacts, approvalsOf } from './approval-facts.js';
import { type Naming, standingAt } from './canonical.js';
import { circumstancesOf } from './circumstances.js';
import { type Clause, clausesOf } from './clause.js';
import { freeAct, freeCell, harmlessUses } from './free-use.js';
import { holdersOf, limitsOf, type TaggedLimit, taggedLimits } from './limits.js';
import { scopeFacts, untrustedIn } from './made-of.js';
import type { Side } from './side.js';
import { backendOf, type ToolIndex } from './tool-index.js';

/** How far an act goes: a level, or `free` for a tool whose catalog says that it only reads or records. */
export type Reach = AutonomyLevel | 'free';
export const REACHES: readonly Reach[] = [...AUTONOMY_LEVELS, 'free'];

/** One act with everything it is compared by. Names of steps are those that matching gave. */
export interface ActFacts {
  /** The step, as matching names it. */
  readonly name: string;
  /** The step, as its playbook names it: after those of the calls that lead to it. */
  readonly path: string;
  readonly tool: string;
  /** As people see it. */
  readonly cell: BoundaryCell;
  readonly reach: Reach;
  /** Approvals that let it run; meant at level `approve` only. */
  readonly approvals: readonly ApprovalFacts[];
  /** Whether a path leads to it that has no approval, or that cannot be told. */
  readonly unapproved: boolean;
  /** What each of its calls is held to. */
  readonly where: readonly Clause[];
  /** Numbers that limit it, by what they count. What is not here is without limit. */
  readonly limits: ReadonlyMap<string, number>;
  /** Share of its outcomes that people look at afterwards. */
  readonly review: number;
  /** At level `notify`: who is told, and how long they can take it back, in milliseconds. */
  readonly told: { readonly people: readonly string[]; readonly undoWithin: number } | undefined;
  /** What the policy adds for targets that bear a tag. */
  readonly tagged: readonly TaggedLimit[];
  /** When it runs at all. */
  readonly circumstances: readonly Clause[];
  /** Untrusted values that its arguments are made of, by their form for comparison; with how they are written. */
  readonly untrusted: ReadonlyMap<string, string>;
  /** What the calls are made of: the arguments, and what the values in them come from. */
  readonly scope: readonly (readonly [string, string])[];
  readonly undo: string | null;
  readonly reversible: boolean;
  readonly accountable: string | null;
  /** The input that says what it acts on, which is what tags of the policy are about. */
  readonly target: string | null;
  /** What answers the tool's calls. */
  readonly backend: string;
}

/**
 * Every act of a playbook that can run, those of the playbooks it calls included. A tool that only reads is an act as well
 * where `tools` say that it did not always, or that it is not known to.
 */
export function factsOf(side: Side, naming: Naming, tools: ToolIndex): readonly ActFacts[] {
  const circumstances = circumstancesOf(naming);
  const found: ActFacts[] = [];
  for (const frame of side.frames) {
    const broken = brokenFile(frame, naming);
    if (broken) found.push(broken);
    for (const { cell, act, gates } of frame.cells) {
      if (act === undefined) {
        found.push(anything(cell, naming));
        continue;
      }
      if (!runs(frame, act.step, cell.tool) || cell.autonomy === 'manual') continue;
      const unapproved = cell.verdict === 'violated' || cell.verdict === 'unknown';
      const approvals = approvalsOf(frame, act, gates, naming);
      found.push(
        // What nobody has decided on is not yet what the cell shows: deciding for it is what widens.
        factsAt(side, naming, circumstances, { frame, act, cell, reach: act.autonomy.level, approvals, unapproved }),
      );
    }
    for (const use of harmlessUses(frame)) {
      if (!tools.isDoubtful(use.tool) || !runs(frame, use.step, use.tool.name.value)) continue;
      const cell = freeCell(frame, use);
      const act = freeAct(use);
      found.push(
        factsAt(side, naming, circumstances, { frame, act, cell, reach: 'free', approvals: [], unapproved: false }),
      );
    }
  }
  return found;
}

interface Given {
  readonly frame: Frame;
  readonly act: Act;
  readonly cell: BoundaryCell;
  readonly reach: Reach;
  readonly approvals: readonly ApprovalFacts[];
  readonly unapproved: boolean;
}

function factsAt(
  side: Side,
  naming: Naming,
  circumstances: ReturnType<typeof circumstancesOf>,
  { frame, act, cell, reach, approvals, unapproved }: Given,
): ActFacts {
  const { step, tool, grant } = act;
  const at = standingAt(frame, step, naming);
  const where = step.kind === 'action' ? step.where : grant?.where;
  const granting = new Set(approvals.map(({ gate }) => `approved ${gate}`));
  const holders = (roles: readonly string[]): readonly string[] => holdersOf(frame.policy, roles);
  return {
    name: naming.nameOf(cell.step),
    path: cell.step,
    tool: cell.tool,
    cell,
    reach,
    approvals,
    unapproved,
    where: where ? clausesOf(where, at) : [],
    limits: limitsOf(frame, step, grant, reach === 'notify' || reach === 'autonomous' ? tool : undefined),
    review: step.review?.value ?? 0,
    told:
      reach === 'notify'
        ? {
            people: holders((step.notify?.roles ?? []).map((role) => role.value)),
            undoWithin: (step.kind === 'action' ? step.undoWithin?.value : undefined) ?? Infinity,
          }
        : undefined,
    tagged: tool ? taggedLimits(tool, frame.policy) : [],
    // Which gates grant the act is told by its approvals.
    circumstances: circumstances(frame, step).filter(
      ({ any: [first] }) => !(first?.kind === 'other' && granting.has(first.text)),
    ),
    untrusted: untrustedIn(frame, step, naming),
    scope: scopeFacts(side, frame, step, at, scopeOf(act, frame.flow.structure)),
    undo: tool?.undo?.value ?? null,
    reversible: tool?.reversible ?? false,
    accountable: cell.accountable === null ? null : (naming.roleNameOf?.(cell.accountable) ?? cell.accountable),
    target: tool?.target?.value ?? null,
    backend: tool ? backendOf(tool) : 'not known',
  };
}

function runs(frame: Frame, step: Step, tool: string): boolean {
  return (
    frame.reached && isReached(frame.flow, step) && !(frame.policy?.forbid.some((one) => one.value === tool) ?? false)
  );
}

/** Stands for the step of what a whole playbook may do. */
const WHOLE = '*';

/** What a file may do that cannot be read as a whole: nothing that is missing in it can be told from what is gone. */
function brokenFile(frame: Frame, naming: Naming): ActFacts | undefined {
  const { loaded, prefix, reached } = frame;
  const fault = loaded.tree.problems.find(({ severity }) => severity === 'error');
  if (!fault || !reached) return undefined;
  const step = prefix === '' ? WHOLE : prefix.slice(0, -1);
  const cell = cellOfAnything(step, loaded.uri, fault.range, `The file has errors in its YAML: ${fault.message}`);
  return { ...anything(cell, naming), scope: [['', naming.side.loadedOf.get(frame)?.text ?? '']] };
}

function cellOfAnything(step: string, uri: string, range: Range, because: string): BoundaryCell {
  return {
    step,
    tool: '*',
    effect: 'unknown',
    scope: 'anything',
    autonomy: 'approve',
    approval: null,
    bounds: [],
    untrusted: [],
    undo: null,
    accountable: null,
    verdict: 'unknown',
    because,
    witness: [],
    place: { uri, range },
  };
}

function anything(cell: BoundaryCell, naming: Naming): ActFacts {
  return {
    name: cell.step === WHOLE ? WHOLE : naming.nameOf(cell.step),
    path: cell.step,
    tool: cell.tool,
    cell,
    reach: cell.autonomy,
    approvals: [],
    unapproved: true,
    where: [],
    limits: new Map(),
    review: 0,
    told: undefined,
    tagged: [],
    circumstances: [],
    untrusted: new Map(),
    scope: [['', cell.because]],
    undo: null,
    reversible: false,
    accountable: null,
    target: null,
    backend: 'not known',
  };
}
