import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { CancellationToken, LogOutputChannel, Uri } from 'vscode';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { AssistantParams, AssistantReply } from '../../runner/protocol/assistant.js';
import type { FeedbackParams, FeedbackReply } from '../../runner/protocol/feedback.js';
import {
  type ApprovalAnswer,
  type ApprovalRequest,
  type ExportParams,
  type ExportReply,
  METHODS,
  type ReadTraceParams,
  type RedTeamParams,
  type RedTeamReply,
  type ResumeParams,
  type RunParams,
  type RunReply,
  type TaskAnswer,
  type TaskRequest,
  type TraceReply,
  type UndoAnswer,
  type UndoOffer,
} from '../../runner/protocol/messages.js';
import type { NewCaseParams, NewCaseReply } from '../../runner/protocol/new-case.js';
import type { PolicyTestsParams, PolicyTestsReply } from '../../runner/protocol/policy-tests.js';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { loadRpc } from '../libraries/load.js';
import { faultWithoutWords } from './fault-words.js';

/** Who answers what the runner asks. `undefined` is silence. */
export interface People {
  readonly approve: (request: ApprovalRequest, token: Cancelled) => Promise<ApprovalAnswer | undefined>;
  readonly task: (request: TaskRequest, token: Cancelled) => Promise<TaskAnswer | undefined>;
  /** Whether somebody takes an act back. */
  readonly undo: (offer: UndoOffer, token: Cancelled) => Promise<UndoAnswer | undefined>;
}

/** The part of a cancellation token both VS Code and the connection have. */
export type Cancelled = Pick<CancellationToken, 'isCancellationRequested'> & {
  readonly onCancellationRequested: (listener: () => void) => { dispose(): void };
};

/** The protocol's code for a request nobody will answer any more (LSP 3.17). */
const REQUEST_CANCELLED = -32800;

/** How long a runner may take to end by itself once nothing is asked of it any more. */
const END_WITHIN_MS = 2000;

/**
 * Runs a playbook in a process of its own. Cancelling `token` ends the run before its next effect. Never rejects: a
 * runner that dies is an answer too.
 */
export async function runInProcess(
  extension: Uri,
  output: LogOutputChannel,
  params: RunParams,
  people: People,
  onEvent: (line: TraceLine) => void,
  token: CancellationToken,
): Promise<RunReply> {
  return going(extension, output, people, onEvent, (connection) =>
    connection.sendRequest<RunReply>(METHODS.run, params, token),
  );
}

/** As `runInProcess`: goes on with a run that broke off. */
export async function resumeInProcess(
  extension: Uri,
  output: LogOutputChannel,
  params: ResumeParams,
  people: People,
  onEvent: (line: TraceLine) => void,
  token: CancellationToken,
): Promise<RunReply> {
  return going(extension, output, people, onEvent, (connection) =>
    connection.sendRequest<RunReply>(METHODS.resume, params, token),
  );
}

/**
 * Puts an adversary over a case in a process of its own. Cancelling `token` has no further run made. Never rejects.
 */
export async function redTeamInProcess(
  extension: Uri,
  output: LogOutputChannel,
  params: RedTeamParams,
  token: CancellationToken,
): Promise<RedTeamReply> {
  return withRunner(extension, output, (connection) => {
    connection.listen();
    return connection.sendRequest<RedTeamReply>(METHODS.redTeam, params, token);
  }).catch((error: unknown) => ({ ok: false, message: died(error), file: null, line: null }));
}

async function going(
  extension: Uri,
  output: LogOutputChannel,
  people: People,
  onEvent: (line: TraceLine) => void,
  start: (connection: MessageConnection) => Promise<RunReply>,
): Promise<RunReply> {
  return withRunner(extension, output, async (connection, { ResponseError }) => {
    const silence = () => new ResponseError<void>(REQUEST_CANCELLED, 'Nobody answered.');
    connection.onNotification(METHODS.event, onEvent);
    connection.onRequest<ApprovalAnswer, void>(
      METHODS.approve,
      async (request: ApprovalRequest, cancelled: Cancelled) => (await people.approve(request, cancelled)) ?? silence(),
    );
    connection.onRequest<TaskAnswer, void>(
      METHODS.task,
      async (request: TaskRequest, cancelled: Cancelled) => (await people.task(request, cancelled)) ?? silence(),
    );
    connection.onRequest<UndoAnswer, void>(
      METHODS.undo,
      async (offer: UndoOffer, cancelled: Cancelled) => (await people.undo(offer, cancelled)) ?? silence(),
    );
    connection.listen();
    return start(connection);
  }).catch((error: unknown) => ({
    ok: false,
    message: died(error, ' Its trace, as far as it got, is kept.'),
    file: null,
    line: null,
  }));
}

/**
 * Reads and checks a trace file in a process of its own. Never rejects. `onLines` gets the lines that hold in parts, as
 * they are checked; those of the reply are then none.
 */
export async function readTraceInProcess(
  extension: Uri,
  output: LogOutputChannel,
  path: string,
  onLines: (lines: readonly TraceLine[]) => void,
): Promise<TraceReply> {
  return withRunner(extension, output, (connection) => {
    connection.onNotification(METHODS.lines, onLines);
    connection.listen();
    return connection.sendRequest<TraceReply>(METHODS.readTrace, { path, inParts: true } satisfies ReadTraceParams);
  }).catch((error: unknown) => ({ ok: false, message: died(error) }));
}

/** A trace as the text of a file for other tools. Never rejects. */
export async function exportInProcess(
  extension: Uri,
  output: LogOutputChannel,
  params: ExportParams,
): Promise<ExportReply> {
  return withRunner(extension, output, (connection) => {
    connection.listen();
    return connection.sendRequest<ExportReply>(METHODS.exportTrace, params);
  }).catch((error: unknown) => ({ ok: false, broken: false, message: died(error) }));
}

/** A labelled case of a run. Never rejects. */
export async function feedbackInProcess(
  extension: Uri,
  output: LogOutputChannel,
  params: FeedbackParams,
): Promise<FeedbackReply> {
  return withRunner(extension, output, (connection) => {
    connection.listen();
    return connection.sendRequest<FeedbackReply>(METHODS.feedback, params);
  }).catch((error: unknown) => ({ ok: false, why: 'refused', message: died(error) }));
}

/** A case to begin with, written beside its alert. Never rejects. */
export async function newCaseInProcess(
  extension: Uri,
  output: LogOutputChannel,
  params: NewCaseParams,
): Promise<NewCaseReply> {
  return withRunner(extension, output, (connection) => {
    connection.listen();
    return connection.sendRequest<NewCaseReply>(METHODS.newCase, params);
  }).catch((error: unknown) => ({ ok: false, message: died(error), file: null, line: null }));
}

/**
 * Answers what a language model asked, in a process of its own. Nobody is asked for an approval there: the runner has no one
 * to ask. Cancelling `token` ends a run before its next effect. Never rejects.
 */
export async function assistInProcess(
  extension: Uri,
  output: LogOutputChannel,
  params: AssistantParams,
  token: CancellationToken,
): Promise<AssistantReply> {
  return withRunner(extension, output, (connection) => {
    connection.listen();
    return connection.sendRequest<AssistantReply>(METHODS.assist, params, token);
  }).catch((error: unknown) => ({ ok: false, message: died(error) }));
}

/**
 * Judges tests of policies in a process of its own.
 * @throws {Error} with words for a person, when the process dies
 */
export async function policyTestsInProcess(
  extension: Uri,
  output: LogOutputChannel,
  params: PolicyTestsParams,
  token: CancellationToken,
): Promise<PolicyTestsReply> {
  return withRunner(extension, output, (connection) => {
    connection.listen();
    return connection.sendRequest<PolicyTestsReply>(METHODS.policyTests, params, token);
  }).catch((error: unknown) => {
    throw new Error(died(error));
  });
}

async function withRunner<T>(
  extension: Uri,
  output: LogOutputChannel,
  use: (connection: MessageConnection, rpc: Awaited<ReturnType<typeof loadRpc>>) => Promise<T>,
): Promise<T> {
  const rpc = await loadRpc();
  const child = start(extension);
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(child.stdout),
    new rpc.StreamMessageWriter(child.stdin),
  );
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.info(`runner: ${faultWithoutWords(text)}`);
    output.debug(`runner: ${text.trimEnd()}`);
  });
  connection.onError(([error]) => output.error(`runner: ${error.message}`));
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`it ended with ${signal ?? `code ${code}`}`)));
  });
  // A child that dies while it is written to says so by its exit; an unheard stream error would end the extension host.
  child.stdin.on('error', (error) => output.warn(`runner: ${error.message}`));
  try {
    return await Promise.race([use(connection, rpc), ended]);
  } finally {
    ended.catch(() => undefined);
    connection.dispose();
    end(child);
  }
}

function start(extension: Uri): ChildProcessWithoutNullStreams {
  const program = join(extension.fsPath, 'dist', 'runner.cjs');
  // The key for a model is handed over only in the request of a run that uses it.
  const { ANTHROPIC_API_KEY: _key, NODE_OPTIONS: _options, ...environment } = process.env;
  return spawn(process.execPath, [program], {
    env: { ...environment, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
}

function end(child: ChildProcessWithoutNullStreams): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
  child.once('exit', () => clearTimeout(timer));
}

/** @param kept what is said of a trace */
function died(error: unknown, kept = ''): string {
  const why = error instanceof Error ? error.message : String(error);
  return `The runner process could not finish: ${why}.${kept} "Countersign: Show Output" has more; then try again.`;
}
