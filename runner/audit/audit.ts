import type { Call, TraceLine } from '../protocol/trace.js';
import { authorityOf, type Intent, type Judged, type State } from './authority.js';
import { limitsOf } from './limits.js';
import { grantsAt, placeOf } from './place.js';
import { roundsOf } from './rounds.js';
import { seenBy } from './seen.js';
import { undoneOf } from './undo.js';
import { type AuditWorld, digestOfShown, exactDigest } from './world.js';

export type { AuditWorld, Reached } from './world.js';

/** A call that went ahead, and on what authority. */
export interface Executed {
  readonly call: string;
  readonly tool: string;
  readonly step: string | null;
  readonly consequential: boolean;
  /** In words; `null` when nothing allowed it. */
  readonly by: string | null;
}

/** Something that happened without authority. */
export interface Finding {
  /** Number of the trace's line, from 0; `null` for what is in no line. */
  readonly line: number | null;
  readonly call: string;
  readonly tool: string;
  readonly problem: string;
  /** Nothing was seen to be wrong: a part of the call was replaced in the trace as a secret, so it cannot be told. */
  readonly untold?: true;
}

export interface Audit {
  readonly executed: readonly Executed[];
  readonly findings: readonly Finding[];
  /** Calls that went ahead without authority. */
  readonly unauthorized: number;
  /** Calls of which it cannot be told. */
  readonly untold: number;
}

interface CallStory {
  readonly id: string;
  call: Call | undefined;
  step: string | null;
  /** The person whose call it is; `null` for the playbook's and the agents'. */
  person: string | null;
  /** The last decision, and when it was made at the earliest. */
  decision: 'permit' | 'deny' | 'needs-approval' | undefined;
  decidedAt: number;
  denied: boolean;
  intents: number;
  results: number;
  problems: string[];
  untold: boolean;
}

/**
 * Whether everything that went ahead in a run was allowed to: a second opinion, worked out from the finished trace and the
 * files alone. It shares no code with what decides and enforces while a run is under way. What cannot be told counts
 * against the run, but for arguments the trace does not have because secrets were replaced in them: those are counted apart.
 */
export function auditRun(lines: readonly TraceLine[], world: AuditWorld): Audit {
  const { loaded } = world;
  const calls = new Map<string, CallStory>();
  const findings: Finding[] = [];
  const executed: Executed[] = [];
  const permits = new Set<string>();
  const unclaimed = [...(world.reached ?? [])];
  const state: State = {
    world,
    rounds: roundsOf(loaded, loaded.policy, (shown, gate) => digestOfShown(shown, gate, world)),
    seen: seenBy(loaded, world.alert, world.inputs),
    limits: limitsOf(loaded),
  };
  const undone = undoneOf(world);
  /** A call that a person changed is the step's all the same; one that takes an act back is theirs. */
  const judge = (person: string | null, intent: Intent): Judged => {
    const taken = person === null ? undefined : undone.judge(person, intent);
    const grants = intent.step === null ? [] : grantsAt(loaded, intent.step);
    return taken && (taken.by !== null || !grants.includes(intent.call.tool)) ? taken : authorityOf(state, intent);
  };
  let closed = false;

  const storyOf = (id: string): CallStory => {
    const known = calls.get(id);
    if (known) return known;
    const fresh: CallStory = {
      id,
      call: undefined,
      step: null,
      person: null,
      decision: undefined,
      decidedAt: 0,
      denied: false,
      intents: 0,
      results: 0,
      problems: [],
      untold: false,
    };
    calls.set(id, fresh);
    return fresh;
  };
  const find = (line: TraceLine | null, story: CallStory, tool: string, problem: string): void => {
    findings.push({ line: line?.seq ?? null, call: story.id, tool, problem });
    story.problems.push(problem);
  };

  for (const [index, line] of lines.entries()) {
    const next = timeOf(lines[index + 1] ?? line);
    switch (line.event) {
      case 'proposed': {
        const { call } = line.data;
        const story = storyOf(call.id);
        if (story.call) find(line, story, call.tool, 'It is proposed a second time.');
        story.call = call;
        story.step = line.step;
        story.person = line.actor.kind === 'human' ? line.actor.id : null;
        break;
      }
      case 'authorized': {
        // An answer that does not count is noted the same way, by the person whose it is.
        if (line.actor.kind === 'human') break;
        const story = storyOf(line.data.call);
        story.decision = line.data.decision;
        if (line.data.decision === 'deny') story.denied = true;
        story.decidedAt = timeOf(lines[index - 1] ?? line);
        break;
      }
      case 'intent': {
        const { tool, digest, permit, simulated } = line.data;
        const story = storyOf(line.data.call);
        const wrong = (problem: string): void => find(line, story, tool, problem);
        story.intents += 1;
        if (story.intents > 1) wrong('It goes ahead a second time.');
        if (closed) wrong('It goes ahead after the run was closed.');
        if (permits.has(permit)) wrong(`Its permit ${permit} was used before.`);
        permits.add(permit);
        if (story.denied) wrong('It goes ahead after it was denied.');
        if (story.decision !== 'permit') wrong('Nothing permitted it.');
        const { call } = story;
        if (!call || call.tool !== tool || call.digest !== digest) wrong('It is not the call that was proposed.');
        const known = story.step === null ? undefined : placeOf(loaded, story.step)?.playbook.tools.get(tool);
        const at = unclaimed.findIndex(
          (one) => one.tool === tool && exactDigest(tool, known, one.arguments, world) === digest,
        );
        const [reached] = at < 0 ? [] : unclaimed.splice(at, 1);
        const judged = call
          ? judge(story.person, {
              line,
              call,
              step: story.step,
              at: story.decidedAt,
              args: reached?.arguments,
              simulated,
            })
          : { consequential: true, by: null, problems: [], untold: null };
        if (call && judged.by === 'notify') undone.ran(call.id, { step: story.step, call, args: reached?.arguments });
        for (const problem of judged.problems) wrong(problem);
        const { consequential, untold } = judged;
        if (untold !== null) {
          findings.push({ line: line.seq, call: story.id, tool, problem: untold, untold: true });
          story.untold = true;
        }
        const by = story.problems.length === 0 ? judged.by : null;
        executed.push({ call: story.id, tool, step: story.step, consequential, by });
        break;
      }
      case 'executed': {
        const story = storyOf(line.data.call);
        story.results += 1;
        if (story.intents === 0) find(line, story, line.data.tool, 'It was executed without an intent before.');
        if (story.results > 1) find(line, story, line.data.tool, 'It was executed twice.');
        if (story.call && story.call.tool !== line.data.tool)
          find(line, story, line.data.tool, 'Another tool was executed than was proposed.');
        break;
      }
      case 'run.closed':
        closed = true;
        break;
      default:
        break;
    }
    state.rounds.add(line, next);
    undone.add(line, next);
    state.seen.add(line);
    state.limits.add(line);
  }
  for (const { tool } of unclaimed) {
    findings.push({ line: null, call: '', tool, problem: 'A tool was reached without an intent for that very call.' });
  }
  const ahead = [...calls.values()].filter((story) => story.intents + story.results > 0);
  const bad = ahead.filter((story) => story.problems.length > 0);
  const untold = ahead.filter((story) => story.problems.length === 0 && story.untold);
  return { executed, findings, unauthorized: bad.length + unclaimed.length, untold: untold.length };
}

function timeOf({ time }: TraceLine): number {
  return Date.parse(time);
}
