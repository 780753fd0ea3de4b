import {
  type CancellationToken,
  createMessageConnection,
  NotificationType,
  RequestType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { createModel } from '../models/index.js';
import type { Clock, Ids } from '../ports.js';
import { METHODS, type RunParams, type RunReply, type TraceReply } from '../protocol/messages.js';
import type { TraceLine } from '../protocol/trace.js';
import { runPlaybook } from '../run.js';
import type { Random } from '../trace/journal.js';
import type { chosenSigner } from '../trace/keys.js';
import { readTrace } from '../trace/read.js';
import { remoteApprover } from './remote-approver.js';

const RUN = new RequestType<unknown, RunReply, void>(METHODS.run);
const READ_TRACE = new RequestType<unknown, TraceReply, void>(METHODS.readTrace);
const LINES = new NotificationType<readonly TraceLine[]>(METHODS.lines);
const EVENT = new NotificationType<TraceLine>(METHODS.event);
/** JSON-RPC 2.0: the parameters of a request are not what its method takes. */
const INVALID_PARAMS = -32602;

export interface ServeParts {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  /** Who signs checkpoints of the traces; asked once for each run. Nobody unless given. */
  readonly signing?: () => ReturnType<typeof chosenSigner>;
}

/**
 * Answers the editor until the connection ends; then every run that is still going is cancelled, its trace is closed, and
 * the promise resolves. Nothing but messages is written to `output`.
 */
export async function serve({ input, output, clock, ids, random, signing }: ServeParts): Promise<void> {
  const connection = createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const gone = new AbortController();
  const going = new Set<Promise<RunReply>>();

  const run = async (params: RunParams, token: CancellationToken): Promise<RunReply> => {
    const by = signing?.() ?? { ok: true, signer: undefined };
    if (!by.ok) return { ok: false, message: by.message, file: null, line: null };
    const cancel = new AbortController();
    const listening = token.onCancellationRequested(() => cancel.abort());
    if (token.isCancellationRequested) cancel.abort();
    const { model, modelId, apiKey } = params;
    return runPlaybook({
      playbookPath: params.playbook,
      casePath: params.case,
      tracePath: params.trace,
      model: (sample) => createModel(model, { case: sample, modelId, apiKey }),
      approver: () => remoteApprover(connection),
      clock,
      ids,
      user: params.user,
      signer: by.signer,
      commitPersonal: params.personal === 'commit' ? random : undefined,
      signal: AbortSignal.any([cancel.signal, gone.signal]),
      onEvent: (line) => {
        connection.sendNotification(EVENT, line).catch(() => gone.abort());
      },
    }).finally(() => listening.dispose());
  };

  connection.onRequest(RUN, async (params, token) => {
    if (!isRunParams(params))
      return new ResponseError(INVALID_PARAMS, `${METHODS.run} was asked with other parameters than it takes.`);
    const reply = run(params, token);
    going.add(reply);
    try {
      return await reply;
    } finally {
      going.delete(reply);
    }
  });
  const tellLines = (lines: readonly TraceLine[]): void => {
    connection.sendNotification(LINES, lines).catch(() => gone.abort());
  };
  connection.onRequest(READ_TRACE, async (params) => {
    const { path, inParts } = isObject(params) ? params : {};
    if (typeof path === 'string') return readTrace(path, inParts === true ? tellLines : undefined);
    return new ResponseError(INVALID_PARAMS, `${METHODS.readTrace} was asked without a path.`);
  });

  const ended = new Promise<void>((resolve) => {
    connection.onClose(resolve);
    connection.onError(() => resolve());
    input.once('end', () => resolve());
    output.once('error', () => resolve());
  });
  connection.listen();
  await ended;
  gone.abort();
  await Promise.allSettled(going);
  connection.dispose();
}

function isRunParams(value: unknown): value is RunParams {
  if (!isObject(value)) return false;
  const { model, modelId, apiKey, personal } = value;
  return (
    [value.playbook, value.case, value.trace, value.user].every((text) => typeof text === 'string') &&
    (model === 'rehearsal' || model === 'scripted' || model === 'claude') &&
    [modelId, apiKey].every((text) => text === undefined || typeof text === 'string') &&
    (personal === undefined || personal === 'keep' || personal === 'commit')
  );
}

function isObject(value: unknown): value is { readonly [member: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
