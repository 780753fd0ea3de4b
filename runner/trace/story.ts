import { EFFECTS, isConsequential } from '../../language/model/levels.js';
import type { Call, TraceLine } from '../protocol/trace.js';
import { quoted } from './check-line.js';

/** What the lines so far say about each call, to judge the next one by. */
export interface Story {
  /** Takes the next line; says what is wrong with it after those before. */
  add(line: TraceLine): string | undefined;
  /** Whether the last line taken was `run.closed`. */
  readonly closed: boolean;
}

/** Of what was proposed no more than this: a long trace has many calls, and their arguments are most of them. */
type Proposed = Pick<Call, 'tool' | 'effect' | 'digest'>;

interface CallStory {
  call: Proposed | undefined;
  decision: 'permit' | 'deny' | 'needs-approval' | undefined;
  intent: { readonly tool: string; readonly simulated: boolean } | undefined;
  executed: boolean;
  /** The run broke off between intent and result. */
  unknown: boolean;
  withheld: boolean;
}

/**
 * Checks that the events tell a possible story: nothing executed without a recorded intent, no consequential call without
 * a permit, nothing twice, nothing after the end.
 */
export function newStory(): Story {
  const calls = new Map<string, CallStory>();
  let lines = 0;
  let closed = false;

  const storyOf = (id: string): CallStory => {
    const known = calls.get(id);
    if (known) return known;
    const fresh: CallStory = {
      call: undefined,
      decision: undefined,
      intent: undefined,
      executed: false,
      unknown: false,
      withheld: false,
    };
    calls.set(id, fresh);
    return fresh;
  };

  const add = (line: TraceLine): string | undefined => {
    lines += 1;
    if (lines === 1 && line.event !== 'run.opened') {
      return 'The trace does not start with "run.opened": its first lines were removed.';
    }
    if (lines > 1 && line.event === 'run.opened') return 'The run opens a second time.';
    if (closed) return 'The line comes after the run was closed.';
    switch (line.event) {
      case 'proposed': {
        const { call } = line.data;
        const story = storyOf(call.id);
        if (story.call && story.call.digest !== call.digest) {
          return `The call ${quoted(call.id)} is proposed a second time as another call.`;
        }
        story.call = { tool: call.tool, effect: call.effect, digest: call.digest };
        return undefined;
      }
      case 'authorized':
        storyOf(line.data.call).decision = line.data.decision;
        return undefined;
      case 'intent':
        return intentProblem(line.data, storyOf(line.data.call));
      case 'executed': {
        const story = storyOf(line.data.call);
        const { call, tool, simulated } = line.data;
        if (!story.intent) return `The call ${quoted(call)} was executed without an intent recorded before.`;
        if (story.executed) return `The call ${quoted(call)} was executed a second time.`;
        if (story.withheld) return `The call ${quoted(call)} was executed although it was withheld.`;
        if (story.intent.tool !== tool || story.intent.simulated !== simulated) {
          return `What was executed as ${quoted(call)} is not what its intent says.`;
        }
        story.executed = true;
        return undefined;
      }
      case 'outcome.unknown': {
        const story = storyOf(line.data.call);
        const { call, tool } = line.data;
        if (!story.intent || story.intent.tool !== tool) {
          return `The outcome of the call ${quoted(call)} of ${quoted(tool)} is said to be unknown, but it has no intent.`;
        }
        if (story.executed)
          return `The outcome of the call ${quoted(call)} is said to be unknown after it was recorded.`;
        story.unknown = true;
        return undefined;
      }
      case 'resumed':
        return line.data.fromLine < line.seq ? undefined : 'The run goes on from a line that comes later.';
      case 'withheld': {
        const story = storyOf(line.data.call);
        if (!story.intent || story.executed || story.withheld || story.intent.tool !== line.data.tool) {
          return `The call ${quoted(line.data.call)} is withheld, and there is no such intent.`;
        }
        story.withheld = true;
        return undefined;
      }
      case 'undone':
        return storyOf(line.data.by).executed
          ? undefined
          : `The act ${quoted(line.data.call)} is taken back by a call that was not executed.`;
      case 'iteration':
        return line.data.index < line.data.of
          ? undefined
          : `A loop of ${line.data.of} items goes into round ${line.data.index + 1}.`;
      case 'run.closed':
        closed = true;
        return line.data.lines === lines
          ? undefined
          : `The run says it has ${line.data.lines} lines, but this is line ${lines}.`;
      default:
        return undefined;
    }
  };

  return {
    add,
    get closed() {
      return closed;
    },
  };
}

/** Judges an intent and notes it. */
function intentProblem(
  intent: { readonly call: string; readonly tool: string; readonly digest: string; readonly simulated: boolean },
  story: CallStory,
): string | undefined {
  // What only reads may be asked again when the run broke off before the answer was written.
  const again = story.unknown && story.call?.effect === 'read';
  if (story.intent && !again) return `The call ${quoted(intent.call)} has a second intent.`;
  story.intent = { tool: intent.tool, simulated: intent.simulated };
  if (story.call && (story.call.tool !== intent.tool || story.call.digest !== intent.digest)) {
    return `The intent for ${quoted(intent.call)} is not the call that was proposed.`;
  }
  if (isHarmless(story.call) || story.decision === 'permit') return undefined;
  const why =
    story.decision === undefined ? 'nothing authorized it' : `the last decision on it was "${story.decision}"`;
  return `The call ${quoted(intent.call)} of ${quoted(intent.tool)} went ahead without a permit: ${why}.`;
}

/** A call nobody proposed counts as consequential: its effect is not known. */
function isHarmless(call: Proposed | undefined): boolean {
  return call !== undefined && !isConsequential(EFFECTS.find((effect) => effect === call.effect));
}
