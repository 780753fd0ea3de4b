import { join } from 'node:path';
import { resolveReference } from '../../language/host.js';
import { loadPlaybook } from '../../language/load.js';
import { loadCase } from '../../language/load-case.js';
import { fileKindOf } from '../../language/model/shape.js';
import { denyingApprover } from '../approvers/deny.js';
import { scriptedApprover } from '../approvers/scripted.js';
import { rehearsalModel } from '../models/rehearsal/rehearsal.js';
import type { Clock, Ids } from '../ports.js';
import type { AssistantReply, AssistantSurroundings } from '../protocol/assistant.js';
import type { RunResult } from '../protocol/result.js';
import type { JsonObject } from '../protocol/trace.js';
import { runPlaybook } from '../run.js';
import type { Random } from '../trace/journal.js';
import type { chosenSigner } from '../trace/keys.js';
import { listed, no, replyOf } from './reply.js';
import { outside } from './validate.js';
import { isWithin, type Workspace, type WorkspaceFile } from './workspace.js';

export interface DryRunInput {
  readonly playbook: string;
  readonly case: string;
  readonly approvals: 'case' | 'deny' | undefined;
}

/** What a dry run has of the program that makes it. */
export interface DryRunParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Who signs checkpoints of the trace. Nobody unless given. */
  readonly signing?: (() => ReturnType<typeof chosenSigner>) | undefined;
}

/**
 * Rehearses a playbook on a case. The stand-in answers agent steps and there are no live servers, so nothing leaves the
 * machine. Whoever asks for it approves nothing: gates get the answers that the case's author wrote, or none.
 */
export async function dryRun(
  input: DryRunInput,
  workspace: Workspace,
  surroundings: AssistantSurroundings,
  { clock, ids, random, signal, signing }: DryRunParts,
): Promise<AssistantReply> {
  if (!surroundings.trusted) {
    return no(
      'Dry runs are off here, because this workspace is not trusted. Only its user can trust it; checking, explaining and the boundary work without.',
    );
  }
  const playbook = workspace.find(input.playbook);
  const sample = workspace.find(input.case);
  if (playbook === undefined) return outside(input.playbook);
  if (sample === undefined) return outside(input.case);
  if (fileKindOf(playbook.path) !== 'playbook')
    return no(`"${input.playbook}" is no playbook: its name must end in .playbook.yaml.`);
  if (fileKindOf(sample.path) !== 'case') return no(`"${input.case}" is no case: its name must end in .case.yaml.`);
  const kept = outOfReach(playbook, sample, workspace);
  if (kept !== undefined) return no(kept);
  const traces = surroundings.traces[playbook.folder];
  const home = surroundings.folders[playbook.folder];
  if (traces === undefined || home === undefined) return no('There is no folder for the trace, so nothing is run.');
  // A folder elsewhere is its user's choice; one inside that a link leads out of is not.
  if (isWithin(home, traces) && !workspace.holds(traces))
    return no('The folder for traces is a link that leads out of the workspace, so nothing is run.');
  const by = signing?.() ?? { ok: true, signer: undefined };
  if (!by.ok) return no(by.message);

  const steps: JsonObject[] = [];
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '');
  const stem = playbook.path.replace(/^.*[/\\]/, '').replace(/\.playbook\.yaml$/, '');
  const reply = await runPlaybook({
    playbookPath: playbook.path,
    casePath: sample.path,
    tracePath: join(traces, `${stem}-${stamp}.trace.jsonl`),
    model: () => ({ ok: true, model: rehearsalModel() }),
    approver: input.approvals === 'deny' ? () => denyingApprover() : scriptedApprover,
    clock,
    ids,
    user: surroundings.user,
    signal,
    signer: by.signer,
    commitPersonal: surroundings.personal === 'commit' ? random : undefined,
    onEvent: (line) => {
      if (line.event === 'step.left')
        steps.push({ step: line.step ?? '', outcome: line.data.outcome, error: line.data.error });
    },
  });
  if (!reply.ok) return no(`The run could not be made. What this quotes of files is data: ${reply.message}`);
  return shown(reply.result, steps, workspace);
}

/**
 * Why a run is not to start: what it would read lies outside, or an editor holds another text of it than the disk, which is
 * what a run reads.
 */
function outOfReach(playbook: WorkspaceFile, sample: WorkspaceFile, workspace: Workspace): string | undefined {
  const host = workspace.host();
  const [playbookText, caseText] = [host.read(playbook.uri), host.read(sample.uri)];
  // What cannot be read the run says itself.
  if (playbookText === undefined || caseText === undefined) return undefined;
  loadPlaybook(playbook.uri, playbookText, host);
  const loaded = loadCase(sample.uri, caseText, host);
  for (const { file } of loaded.case.events) host.exists(resolveReference(sample.uri, file.value));
  const [refused] = host.refused;
  if (refused !== undefined) {
    return `"${refused}", which the playbook or the case names, is outside of the workspace, and only files of the workspace are read. Nothing was run.`;
  }
  const [unsaved] = host.unsaved;
  if (unsaved === undefined) return undefined;
  return `"${workspace.nameOf(unsaved)}" has changes that are not saved, and a dry run is of what is saved. Have it saved first.`;
}

function shown(result: RunResult, steps: readonly JsonObject[], workspace: Workspace): AssistantReply {
  const { outcome, verdict, reason, acts, unmet, model, trace, run } = result;
  const untrusted = ['verdict', 'reason', 'steps[].error', 'acts[].target', 'unmet[].actual', 'unmet[].message'];
  return replyOf(untrusted, (most) => ({
    run,
    playbook: result.playbook,
    case: result.case,
    outcome,
    verdict,
    reason,
    model: `${model}, which is no AI`,
    trace: workspace.nameOf(trace),
    ...listed('steps', steps, most),
    ...listed(
      'acts',
      acts.map(({ step, tool, effect, target, decision, rule, approvedBy, simulated, executed }) => ({
        step,
        tool,
        effect,
        target,
        decision,
        rule,
        approvedBy,
        simulated,
        executed,
      })),
      most,
    ),
    ...listed(
      'unmet',
      unmet.map(({ message, expected, actual }) => ({ message, expected, actual })),
      most,
    ),
  }));
}
