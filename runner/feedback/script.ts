import type { Case, RecordedAnswer, ScriptedApproval } from '../../language/model/case.js';
import type { Call, Json, JsonObject, TraceLine } from '../protocol/trace.js';
import { approvalIn, taskIn, toolAnswerIn, undoIn } from '../resume/recorded-answers.js';
import { canonical, plainJson } from '../trace/canonical.js';

/** What the world and people answered in a run, as a case says it. */
export interface Script {
  readonly answers: readonly ScriptAnswer[];
  readonly approvals: readonly ScriptApproval[];
  readonly tasks: readonly { readonly step: string; readonly as: string; readonly output: JsonObject }[];
  readonly undo: readonly { readonly step: string; readonly as: string; readonly reason: string }[];
  /** Steps that were drawn for review. */
  readonly sampled: readonly string[];
}

/** Exactly one of `output` and `error` is set. */
export interface ScriptAnswer {
  readonly tool: string;
  readonly with: JsonObject;
  readonly output?: Json;
  readonly error?: string;
}

export interface ScriptApproval {
  readonly gate: string;
  /** Absent: nobody answered. */
  readonly as?: string;
  readonly decision: ScriptedApproval['decision'];
  /** Of a change: which of the calls shown, from 1, and the arguments as they were given. */
  readonly call?: number;
  readonly with?: JsonObject;
  readonly to?: string;
  readonly reason?: string;
}

/** Answers that the files of a case give again: simulated ones, and those out of its event data. */
const FROM_CASE = /^(?:simulated|evidence|built-in:.*)$/;

/**
 * What a run was answered. Of a call that was made several times the last answer counts: it is what the run went on with. What
 * the earlier case records beyond that is kept, so that a run that asks other things finds it.
 */
export function scriptIn(lines: readonly TraceLine[], before: Pick<Case, 'answers'>): Script {
  const calls = new Map<string, Call>();
  const shown = new Map<string, readonly Call[]>();
  const answers = new Map<string, ScriptAnswer>();
  const approvals: ScriptApproval[] = [];
  const tasks: Script['tasks'][number][] = [];
  const undo: Script['undo'][number][] = [];
  const sampled = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const { step } = line;
    switch (line.event) {
      case 'proposed':
        calls.set(line.data.call.id, line.data.call);
        if (line.actor.kind === 'human' && step !== null) undo.push({ step, ...undoIn(line, lines.slice(index)) });
        break;
      case 'executed': {
        const call = calls.get(line.data.call);
        // What had a secret in it would be asked for with another argument.
        if (!call || FROM_CASE.test(line.data.source) || JSON.stringify(call.arguments).includes('[redacted:')) break;
        const answer = toolAnswerIn(line);
        const said = answer.ok ? { output: answer.output } : { error: answer.error };
        answers.set(keyOf(call.tool, call.arguments), { tool: call.tool, with: call.arguments, ...said });
        break;
      }
      case 'gate.opened':
        shown.set(line.data.gate, line.data.calls);
        break;
      case 'decided': {
        const { gate } = line.data;
        const answer = approvalIn(line, lines.slice(index));
        if (!answer) break;
        const said = { gate, as: answer.as, ...(answer.reason === '' ? {} : { reason: answer.reason }) };
        if (answer.decision === 'modify') {
          for (const change of answer.changes) {
            const call = (shown.get(gate) ?? []).findIndex(({ id }) => id === change.call) + 1;
            if (call > 0 && Object.keys(change.arguments).length > 0)
              approvals.push({ ...said, decision: 'modify', call, with: change.arguments });
          }
        } else if (answer.decision === 'escalate') {
          approvals.push({ ...said, decision: 'escalate', to: answer.to });
        } else approvals.push({ ...said, decision: answer.decision });
        break;
      }
      case 'gate.closed':
        if (line.data.outcome === 'timed-out') approvals.push({ gate: line.data.gate, decision: 'silence' });
        break;
      case 'task.done':
        if (step !== null && line.actor.kind === 'human') {
          const { done, as, output } = taskIn(line);
          if (done) tasks.push({ step, as, output });
        }
        break;
      case 'review.requested':
        if (step !== null) sampled.add(step);
        break;
      default:
        break;
    }
  }
  for (const answer of before.answers) {
    const key = keyOf(answer.tool.value, answer.with);
    if (!answers.has(key)) answers.set(key, recorded(answer));
  }
  return { answers: [...answers.values()], approvals, tasks, undo, sampled: [...sampled] };
}

function recorded({ tool, with: args, output, error }: RecordedAnswer): ScriptAnswer {
  const said = error === undefined ? { output: plainJson(output ?? null) } : { error };
  return { tool: tool.value, with: { ...args }, ...said };
}

/** What tells an answer from others: the tool, and equal arguments. */
export function keyOf(tool: string, args: Json): string {
  return `${tool} ${canonical(plainJson(args))}`;
}
