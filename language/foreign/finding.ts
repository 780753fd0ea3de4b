import type { BoundaryCell, CellVerdict, WitnessStep } from '../authority/cell.js';
import type { PersonLevel } from './authority-levels.js';
import type { ForeignPlaybook, ForeignStep, PersonOnEdge } from './model.js';

/** A cell, and how much of a person its worst path has. */
export interface ForeignFinding {
  readonly cell: BoundaryCell;
  /** The playbook that the step is of. */
  readonly playbook: ForeignPlaybook;
  readonly level: PersonLevel | 'by-person' | 'unreached';
  /** What tells the effect. */
  readonly effectFrom: string;
  /** The playbook that is called here and is not among the files. */
  readonly missing: string | undefined;
  /** The step's id in its own playbook. */
  readonly stepId: string;
  /** Whether it is of a playbook that is called. */
  readonly called: boolean;
}

/** Where a person came by, and what for. */
export interface Asked {
  readonly says: PersonOnEdge['says'];
  readonly id: string;
  readonly does: ForeignStep['does'] | undefined;
}

/** What a cell is made of. */
export interface FoundAct {
  readonly playbook: ForeignPlaybook;
  readonly step: ForeignStep;
  readonly id: string;
  readonly level: PersonLevel | undefined;
  readonly path: () => readonly WitnessStep[];
  /** The person its level is from: of a yes the last yes, else the last of all. */
  readonly asked: Asked | undefined;
  readonly tool: string;
  readonly effect: BoundaryCell['effect'];
  readonly scope: string;
  readonly effectFrom: string;
  readonly byPerson: boolean;
  /** Why it may do anything, where it is no action with a name. */
  readonly doubt: string | undefined;
  readonly missing?: string;
  /** Whether parts of its file may be missing. */
  readonly broken: boolean;
}

/** The cell of one act. */
export function findingOf(found: FoundAct): ForeignFinding {
  const { step, id, level, path, tool, effect, scope, effectFrom, byPerson } = found;
  const asked = byPerson ? undefined : found.asked;
  let witness: readonly WitnessStep[] | undefined;
  const cell: BoundaryCell = {
    step: id,
    tool,
    effect,
    scope,
    autonomy: byPerson ? 'assist' : level === 1 || level === 2 ? 'approve' : 'autonomous',
    approval: asked && level === 2 ? approvalOf(asked) : null,
    bounds: [],
    untrusted: [],
    undo: null,
    accountable: null,
    ...judge(found, asked),
    /** Worked out when first asked for, as for playbooks of ours. */
    get witness() {
      witness ??= path();
      return witness;
    },
    place: { uri: step.uri, range: step.range },
  };
  return {
    cell,
    playbook: found.playbook,
    level: byPerson ? 'by-person' : (level ?? 'unreached'),
    effectFrom,
    missing: found.missing,
    stepId: step.id,
    called: id !== step.id,
  };
}

function approvalOf({ id, does }: Asked): BoundaryCell['approval'] {
  const who = does?.kind === 'ask' ? does.who : [];
  const expires = does?.kind === 'ask' ? does.expires : null;
  return { gate: id, roles: who.length === 0 ? ['whoever may answer'] : who, quorum: 1, expires };
}

/** A sentence of why, and how sure that is. */
function judge(
  { level, byPerson, effect, effectFrom, doubt, broken }: FoundAct,
  asked: Asked | undefined,
): { readonly verdict: CellVerdict; readonly because: string } {
  if (broken && (level === undefined || level === 2 || byPerson))
    return { verdict: 'unknown', because: 'The file has faults, so parts of it may be missing here.' };
  if (level === undefined) return { verdict: 'proven', because: 'No path leads to it.' };
  if (byPerson)
    return { verdict: 'proven', because: 'A person runs it: the product prepares the call and waits for them.' };
  const fails = effect === 'unknown' ? 'unknown' : 'violated';
  const what = doubt ?? (effect === 'unknown' ? `What it does is not known: ${effectFrom}.` : undefined);
  const because = (why: string): string => (what === undefined ? why : `${why} ${what}`);
  if (level === 0) return { verdict: fails, because: because('A path leads to it on which no person is asked.') };
  const at = asked ? `"${asked.id}"` : 'a playbook that is called on the way';
  if (level === 2) {
    return doubt === undefined
      ? {
          verdict: 'proven',
          because: `On every path the last answer of a person is a yes; on the weakest it is that at ${at}.`,
        }
      : { verdict: 'unknown', because: doubt };
  }
  return { verdict: fails, because: because(whyNoDecision(at, asked)) };
}

function whyNoDecision(at: string, asked: Asked | undefined): string {
  if (asked?.says === 'refuses') return `A path goes on to it although the answer at ${at} is no.`;
  if (asked?.does?.kind === 'ask')
    return `A person is asked at ${at} before it, and on a path nothing reads the answer.`;
  return `A person takes part at ${at} before it, and nothing they say there keeps it from running.`;
}
