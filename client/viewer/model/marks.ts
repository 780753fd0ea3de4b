import type { TraceLine } from '../../../runner/protocol/trace.js';

/** What kind of line one is, as flags; known of every line without reading it again. */
export const MARK = {
  /** Of a consequential call. */
  act: 1,
  denied: 2,
  /** Somebody was asked, or answered. */
  approval: 4,
  model: 8,
  tool: 16,
  /** Of a call whose arguments carry data that an attacker may have written. */
  untrusted: 32,
  /** Somebody or something decided: what `n` and `p` go to. */
  decision: 64,
  /** Something did not work. */
  failed: 128,
} as const;

/** What is known of a call when one of its lines comes. */
export interface CallTraits {
  readonly consequential: boolean;
  readonly untrusted: boolean;
}

const APPROVALS: ReadonlySet<string> = new Set(['decided', 'modified', 'escalated']);
const TOOLS: ReadonlySet<string> = new Set([
  'proposed',
  'authorized',
  'intent',
  'executed',
  'outcome.unknown',
  'withheld',
  'undone',
]);

/** The flags of a line. `traits` are those of its call; an event of a later version has what its name and call tell. */
export function marksOf(line: TraceLine, traits: CallTraits | undefined): number {
  let marks = 0;
  const name: string = line.event;
  if (traits?.consequential === true) marks |= MARK.act;
  if (traits?.untrusted === true) marks |= MARK.untrusted;
  if (name.startsWith('gate.') || name.startsWith('task.') || APPROVALS.has(name)) marks |= MARK.approval;
  if (name.startsWith('model.') || name.startsWith('budget')) marks |= MARK.model;
  if (TOOLS.has(name)) marks |= MARK.tool;
  return marks | ofDecision(line) | (isDenial(line) ? MARK.denied : 0) | (isFailure(line) ? MARK.failed : 0);
}

function ofDecision(line: TraceLine): number {
  switch (line.event) {
    case 'authorized':
      return line.data.decision === 'needs-approval'
        ? MARK.approval | MARK.decision
        : line.data.decision === 'deny'
          ? MARK.decision
          : 0;
    case 'decided':
    case 'modified':
    case 'escalated':
    case 'killed':
    case 'gate.closed':
    case 'task.done':
    case 'branch':
    case 'run.closed':
      return MARK.decision;
    default:
      return 0;
  }
}

function isDenial(line: TraceLine): boolean {
  switch (line.event) {
    case 'authorized':
      return line.data.decision === 'deny';
    case 'decided':
      return line.data.decision === 'reject';
    case 'gate.closed':
      return line.data.outcome !== 'approved' && line.data.outcome !== 'withdrawn';
    case 'task.done':
      return !line.data.performed;
    case 'step.left':
      return ['denied', 'rejected', 'timed-out'].includes(line.data.outcome);
    case 'run.closed':
      return line.data.outcome === 'denied';
    default:
      return false;
  }
}

function isFailure(line: TraceLine): boolean {
  switch (line.event) {
    case 'executed':
      return !line.data.ok;
    case 'step.left':
      return line.data.outcome === 'failed' || line.data.outcome === 'refused';
    case 'outcome.unknown':
      return true;
    case 'run.closed':
      return line.data.outcome === 'failed';
    default:
      return false;
  }
}
