import { type Decision, decisionIn } from '../decisions.js';
import type { Needed } from '../evaluation/evaluated-run.js';
import { neededIn } from '../evaluation/needed.js';
import type { RunOutcome, TraceLine, Usage } from '../protocol/trace.js';
import { readTrace } from '../trace/read.js';

/** What a report needs to know of one trace. Small: there may be thousands. */
export interface TraceFacts {
  readonly path: string;
  /** `null`: every line is as it was written; else the first that is not, and why. */
  readonly broken: { readonly line: number; readonly reason: string } | null;
  readonly lines: number;
  /** Signed checkpoints that hold. */
  readonly signed: number;
  /** `undefined`: it has no first line that can be read. */
  readonly opened: OpenedFacts | undefined;
  /** `null`: the run was not closed. */
  readonly outcome: RunOutcome | null;
  readonly usage: Usage;
  /** Decisions of people, each with how it is known who they are. */
  readonly decisions: readonly (Decision & { readonly how: string })[];
  readonly people: readonly Needed[];
  /** Consequential acts that ran with nobody's approval, by tool. */
  readonly alone: readonly string[];
  readonly undone: number;
  readonly killed: boolean;
  readonly reviews: number;
  /** Calls that were proposed and not let run. */
  readonly denied: number;
  /** Questions that were handed on. */
  readonly handedOn: number;
  /** By agent step: how often each tool answered it. */
  readonly read: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Steps that people were asked at where they changed or refused what was proposed. */
  readonly overruled: readonly string[];
}

export interface OpenedFacts {
  readonly playbook: string;
  readonly version: string;
  readonly digest: string;
  readonly case: string;
  readonly at: string;
  readonly provider: string;
  readonly model: string;
  readonly ai: boolean;
  readonly approvals: string;
  /** Live servers that answered what only reads. */
  readonly live: number;
  readonly startedBy: string;
}

/** Reads and verifies a trace. Of a broken one only what stands before the first bad line counts. */
export async function traceFacts(path: string): Promise<TraceFacts> {
  const read = await readTrace(path);
  if (!read.ok) return factsOf(path, [], { broken: { line: 1, reason: read.message }, signed: 0 });
  const { firstBad, checkpoints, valid } = read.verification;
  const problem = checkpoints.problems[0];
  const broken = firstBad ?? (valid ? null : { line: read.lines.length, reason: problem ?? 'it is not valid' });
  return factsOf(path, read.lines, { broken, signed: checkpoints.confirmed });
}

function factsOf(path: string, lines: readonly TraceLine[], known: Pick<TraceFacts, 'broken' | 'signed'>): TraceFacts {
  const rules = new Map<string, string>();
  const agents = new Set<string>();
  const read = new Map<string, Map<string, number>>();
  const alone: string[] = [];
  const decisions: (Decision & { readonly how: string })[] = [];
  let opened: OpenedFacts | undefined;
  let outcome: RunOutcome | null = null;
  let usage: Usage = { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0 };
  let [undone, reviews, denied, handedOn] = [0, 0, 0, 0];
  let killed = false;
  for (const line of lines) {
    const decision = decisionIn(line);
    if (decision) decisions.push({ ...decision, how: line.actor.how ?? 'unknown' });
    switch (line.event) {
      case 'run.opened': {
        const { playbook, case: sample, model, approvals, live, startedBy } = line.data;
        opened ??= {
          ...{ playbook: playbook.id, version: playbook.version, digest: playbook.digest, case: sample.id },
          ...{ at: line.time, provider: model.provider, model: model.id, ai: model.ai },
          ...{ approvals, live: live?.length ?? 0, startedBy },
        };
        break;
      }
      case 'step.entered':
        if (line.data.kind === 'agent' && line.step !== null) agents.add(line.step);
        break;
      case 'authorized':
        rules.set(line.data.call, line.data.rule);
        if (line.data.decision === 'deny') denied += 1;
        break;
      case 'executed': {
        const rule = rules.get(line.data.call);
        if (rule === 'notify' || rule === 'autonomous') alone.push(line.data.tool);
        if (line.step !== null && agents.has(line.step)) {
          const tools = read.get(line.step) ?? new Map<string, number>();
          tools.set(line.data.tool, (tools.get(line.data.tool) ?? 0) + 1);
          read.set(line.step, tools);
        }
        break;
      }
      case 'undone':
        if (line.data.ok) undone += 1;
        break;
      case 'review.requested':
        reviews += 1;
        break;
      case 'escalated':
        handedOn += 1;
        break;
      case 'killed':
        killed = true;
        break;
      case 'run.closed':
        ({ outcome, usage } = line.data);
        break;
      default:
        break;
    }
  }
  const overruled = decisions
    .filter(({ decision }) => decision === 'reject' || decision === 'modify')
    .map(({ at }) => at);
  return {
    ...{ path, lines: lines.length, opened, outcome, usage, decisions, people: neededIn(lines) },
    ...{ alone, undone, killed, reviews, denied, handedOn, read, overruled, ...known },
  };
}
