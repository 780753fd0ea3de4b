import type { CancellationToken, ExtensionContext, Uri } from 'vscode';
import type { ModelProvider, RunParams } from '../../runner/protocol/messages.js';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { apiKey } from '../api-key.js';
import { chooseModel } from '../dry-run/choose.js';
import { newTrace } from '../dry-run/dry-run.js';
import { type People, redTeamInProcess, runInProcess } from '../runner/runner-process.js';
import { dryRunSettings } from '../settings.js';
import type { TraceHost } from '../trace/trace-view.js';
import { type Judgement, judgeRedTeam, judgeRun } from './judge.js';
import { testTrace } from './test-trace.js';

/** A test: a case of a playbook. */
export interface Test {
  readonly playbook: Uri;
  readonly case: Uri;
}

/** What became of a test, and the trace it left, if it is one that leaves any. */
export interface Tested {
  readonly judgement: Judgement;
  readonly trace: Uri | undefined;
}

export type RunTest = (test: Test, onEvent: (line: TraceLine) => void, token: CancellationToken) => Promise<Tested>;

/** The case answers for people: whoever sits in front of the editor is not asked in a test. */
const NOBODY: People = {
  approve: async () => undefined,
  task: async () => undefined,
  undo: async () => undefined,
};

/** Runs tests with the stand-in for a model. Nothing leaves the machine. */
export function offline(host: TraceHost): RunTest {
  return (test, onEvent, token) => dryRun(host, test, { model: 'rehearsal' }, onEvent, token);
}

/**
 * Runs tests with Claude, once the person said so for these runs; `undefined` when they chose to run nothing.
 * @param runs how many
 */
export async function withClaude(
  context: ExtensionContext,
  host: TraceHost,
  runs: number,
): Promise<RunTest | undefined> {
  const model = await chooseModel('claude', runs);
  if (model === undefined) return undefined;
  if (model !== 'claude') return offline(host);
  const key = await apiKey(context.secrets);
  if (key === undefined) return undefined;
  return (test, onEvent, token) => dryRun(host, test, { model, apiKey: key }, onEvent, token);
}

/** Runs tests with an adversary. They leave no trace. */
export function redTeam({ extension, output }: TraceHost): RunTest {
  return async (test, _onEvent, token) => {
    const { user } = dryRunSettings(test.playbook);
    const params = { playbook: test.playbook.fsPath, case: test.case.fsPath, user };
    const reply = await redTeamInProcess(extension, output, params, token);
    return { judgement: judgeRedTeam(reply, token.isCancellationRequested), trace: undefined };
  };
}

async function dryRun(
  { extension, output }: TraceHost,
  { playbook, case: sample }: Test,
  { model, apiKey: key }: { readonly model: ModelProvider; readonly apiKey?: string },
  onEvent: (line: TraceLine) => void,
  token: CancellationToken,
): Promise<Tested> {
  // A run that costs money or that nobody can have again is kept; the person is told where no trace can be written.
  const trace = model === 'claude' ? await newTrace(playbook) : await testTrace(playbook, sample);
  if (trace === undefined) return { judgement: { state: 'skipped', output: [] }, trace };
  const settings = dryRunSettings(playbook);
  const params: RunParams = {
    playbook: playbook.fsPath,
    case: sample.fsPath,
    trace: trace.fsPath,
    model,
    user: settings.user,
    personal: settings.personalData,
    approvals: 'case',
    ...(key === undefined ? {} : { apiKey: key, prices: settings.prices }),
    ...(key === undefined || settings.modelId === '' ? {} : { modelId: settings.modelId }),
    ...(key === undefined || settings.effort === '' ? {} : { effort: settings.effort }),
  };
  let written = false;
  const heard = (line: TraceLine): void => {
    written = true;
    onEvent(line);
  };
  const reply = await runInProcess(extension, output, params, NOBODY, heard, token);
  return { judgement: judgeRun(reply, token.isCancellationRequested), trace: written ? trace : undefined };
}
