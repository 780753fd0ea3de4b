import {
  type CancellationToken,
  createMessageConnection,
  NotificationType,
  RequestType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { scriptedApprover } from '../approvers/scripted.js';
import { createAssistant } from '../assistant/assistant.js';
import { exportedText } from '../export/export-trace.js';
import { makeFeedback } from '../feedback/feedback.js';
import { knowledgeOf } from '../models/adversary/knowledge.js';
import { asksModel } from '../models/asks-model.js';
import { createModel } from '../models/index.js';
import type { Clock, Ids } from '../ports.js';
import type { AssistantParams, AssistantReply } from '../protocol/assistant.js';
import { ALERT_TRUTHS, type FeedbackParams, type FeedbackReply } from '../protocol/feedback.js';
import {
  type ExportReply,
  METHODS,
  type ModelProvider,
  type RedTeamParams,
  type RedTeamReply,
  type ResumeParams,
  type RunParams,
  type RunReply,
  type TraceReply,
} from '../protocol/messages.js';
import type { NewCaseReply } from '../protocol/new-case.js';
import type { PolicyTestsParams, PolicyTestsReply } from '../protocol/policy-tests.js';
import type { TraceLine } from '../protocol/trace.js';
import { reviewRun } from '../redteam/review.js';
import { resumePlaybook } from '../resume/resume.js';
import { type RunOptions, runPlaybook } from '../run.js';
import type { Random } from '../trace/journal.js';
import type { chosenSigner } from '../trace/keys.js';
import { readTrace } from '../trace/read.js';
import { isObject } from '../trace/shape.js';
import { modelOptions } from './model-options.js';
import { isNewCaseParams, newCase } from './new-case.js';
import { policyTests } from './policy-tests.js';
import { redTeam, SEED } from './red-team.js';
import { remoteApprover } from './remote-approver.js';

const RUN = new RequestType<unknown, RunReply, void>(METHODS.run);
const RESUME = new RequestType<unknown, RunReply, void>(METHODS.resume);
const RED_TEAM = new RequestType<unknown, RedTeamReply, void>(METHODS.redTeam);
const ASSIST = new RequestType<unknown, AssistantReply, void>(METHODS.assist);
const POLICY_TESTS = new RequestType<unknown, PolicyTestsReply, void>(METHODS.policyTests);
const READ_TRACE = new RequestType<unknown, TraceReply, void>(METHODS.readTrace);
const EXPORT_TRACE = new RequestType<unknown, ExportReply, void>(METHODS.exportTrace);
const FEEDBACK = new RequestType<unknown, FeedbackReply, void>(METHODS.feedback);
const NEW_CASE = new RequestType<unknown, NewCaseReply, void>(METHODS.newCase);
const LINES = new NotificationType<readonly TraceLine[]>(METHODS.lines);
const EVENT = new NotificationType<TraceLine>(METHODS.event);
/** JSON-RPC 2.0: the parameters of a request are not what its method takes. */
const INVALID_PARAMS = -32602;

export interface ServeParts {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Ends it as the end of the connection does: every run, before its next effect. */
  readonly signal?: AbortSignal;
  readonly random: Random;
  /** Who signs checkpoints of the traces; asked once for each run. Nobody unless given. */
  readonly signing?: () => ReturnType<typeof chosenSigner>;
}

/**
 * Answers the editor until the connection ends; then every run that is still going is cancelled, its trace is closed, and
 * the promise resolves. Nothing but messages is written to `output`.
 */
export async function serve({ input, output, clock, ids, random, signing, signal }: ServeParts): Promise<void> {
  const connection = createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const gone = new AbortController();
  const going = new Set<Promise<unknown>>();

  /** What a run has of its surroundings, whichever way it starts. */
  const around = (token: CancellationToken) => {
    const cancel = new AbortController();
    const listening = token.onCancellationRequested(() => cancel.abort('The run was cancelled in the editor'));
    if (token.isCancellationRequested) cancel.abort('The run was cancelled in the editor');
    return {
      approver: () => remoteApprover(connection),
      clock,
      ids,
      signal: AbortSignal.any([cancel.signal, gone.signal]),
      onEvent: (line: TraceLine) => {
        connection.sendNotification(EVENT, line).catch(() => gone.abort());
      },
      dispose: () => listening.dispose(),
    };
  };

  const run = async (params: RunParams, token: CancellationToken): Promise<RunReply> => {
    const by = signing?.() ?? { ok: true, signer: undefined };
    if (!by.ok) return { ok: false, message: by.message, file: null, line: null };
    const { model, live } = params;
    const { dispose, ...parts } = around(token);
    const options: RunOptions = {
      signer: by.signer,
      commitPersonal: params.personal === 'commit' ? random : undefined,
      playbookPath: params.playbook,
      casePath: params.case,
      tracePath: params.trace,
      model: (sample, loaded) => {
        const options = modelOptions(params);
        const known = { seed: SEED, knowledge: knowledgeOf(loaded), asked: asksModel(loaded) };
        return options.ok ? createModel(model, { ...options.value, ...known, case: sample, clock }) : options;
      },
      live: live === undefined ? undefined : { path: live, environment: process.env },
      user: params.user,
      ...parts,
      ...(params.approvals === 'case' ? { approver: scriptedApprover } : {}),
    };
    const reply = await runPlaybook(options).finally(dispose);
    if (!reply.ok || model !== 'adversary') return reply;
    const reviewed = await reviewRun(options, reply.result.trace);
    if (!reviewed) {
      const message = 'What the adversary managed cannot be told: the files or the trace can no longer be read.';
      return { ok: false, message, file: null, line: null };
    }
    const { attempts, audit } = reviewed;
    const { unauthorized, untold } = audit;
    return { ...reply, adversary: { attempts: attempts.refused + unauthorized, unauthorized, untold } };
  };

  const resume = (params: ResumeParams, token: CancellationToken): Promise<RunReply> => {
    const by = signing?.() ?? { ok: true, signer: undefined };
    if (!by.ok) return Promise.resolve({ ok: false, message: by.message, file: null, line: null });
    const { trace, user, live } = params;
    const { dispose, ...parts } = around(token);
    return resumePlaybook({
      signer: by.signer,
      random,
      tracePath: trace,
      live: live === undefined ? undefined : { path: live, environment: process.env },
      user,
      model: (sample, { provider, id }, loaded) => {
        const options = modelOptions({ ...params, modelId: id });
        if (!isProvider(provider)) return { ok: false, message: `The model "${provider}" of the run is not known.` };
        return options.ok
          ? createModel(provider, { ...options.value, case: sample, asked: asksModel(loaded), clock })
          : options;
      },
      ...parts,
    }).finally(dispose);
  };

  const answering = async <R>(reply: Promise<R>): Promise<R> => {
    going.add(reply);
    try {
      return await reply;
    } finally {
      going.delete(reply);
    }
  };

  connection.onRequest(RUN, async (params, token) => {
    if (!isRunParams(params))
      return new ResponseError(INVALID_PARAMS, `${METHODS.run} was asked with other parameters than it takes.`);
    return answering(run(params, token));
  });
  connection.onRequest(RESUME, async (params, token) => {
    if (!isResumeParams(params))
      return new ResponseError(INVALID_PARAMS, `${METHODS.resume} was asked with other parameters than it takes.`);
    return answering(resume(params, token));
  });
  connection.onRequest(RED_TEAM, async (params, token) => {
    if (!isRedTeamParams(params))
      return new ResponseError(INVALID_PARAMS, `${METHODS.redTeam} was asked with other parameters than it takes.`);
    const { signal, dispose } = around(token);
    return answering(redTeam(params, { clock, ids, signal }).finally(dispose));
  });
  connection.onRequest(ASSIST, async (params, token) => {
    if (!isAssistantParams(params))
      return new ResponseError(INVALID_PARAMS, `${METHODS.assist} was asked with other parameters than it takes.`);
    const { signal, dispose } = around(token);
    const { answer } = createAssistant({ clock, ids, random, signing });
    return answering(answer(params.tool, params.input, params, signal).finally(dispose));
  });
  const tellLines = (lines: readonly TraceLine[]): void => {
    connection.sendNotification(LINES, lines).catch(() => gone.abort());
  };
  connection.onRequest(READ_TRACE, async (params) => {
    const { path, inParts } = isObject(params) ? params : {};
    if (typeof path === 'string') return readTrace(path, inParts === true ? tellLines : undefined);
    return new ResponseError(INVALID_PARAMS, `${METHODS.readTrace} was asked without a path.`);
  });

  connection.onRequest(EXPORT_TRACE, async (params) => {
    const { path, format } = isObject(params) ? params : {};
    if (typeof path === 'string' && (format === 'otel' || format === 'ocsf')) return exportedText(path, format);
    return new ResponseError(INVALID_PARAMS, `${METHODS.exportTrace} was asked with other parameters than it takes.`);
  });

  connection.onRequest(FEEDBACK, async (params) => {
    if (isFeedbackParams(params)) {
      const { trace: tracePath, ...options } = params;
      return makeFeedback({ tracePath, ...options });
    }
    return new ResponseError(INVALID_PARAMS, `${METHODS.feedback} was asked with other parameters than it takes.`);
  });

  connection.onRequest(NEW_CASE, async (params, token) => {
    if (!isNewCaseParams(params))
      return new ResponseError(INVALID_PARAMS, `${METHODS.newCase} was asked with other parameters than it takes.`);
    const { signal, dispose } = around(token);
    return answering(newCase(params, { clock, signal }).finally(dispose));
  });

  connection.onRequest(POLICY_TESTS, async (params) => {
    if (isPolicyTestsParams(params)) return policyTests(params);
    return new ResponseError(INVALID_PARAMS, `${METHODS.policyTests} was asked with other parameters than it takes.`);
  });

  const ended = new Promise<void>((resolve) => {
    connection.onClose(resolve);
    connection.onError(() => resolve());
    input.once('end', () => resolve());
    output.once('error', () => resolve());
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
  connection.listen();
  await ended;
  gone.abort(signal?.aborted ? signal.reason : 'The editor is gone');
  await Promise.allSettled(going);
  connection.dispose();
}

function isRunParams(value: unknown): value is RunParams {
  if (!isObject(value)) return false;
  const { model, modelId, apiKey, effort, recording, live, personal, approvals } = value;
  return (
    [value.playbook, value.case, value.trace, value.user].every((text) => typeof text === 'string') &&
    isProvider(model) &&
    [modelId, apiKey, effort, recording, live].every((text) => text === undefined || typeof text === 'string') &&
    (personal === undefined || personal === 'keep' || personal === 'commit') &&
    (approvals === undefined || approvals === 'editor' || approvals === 'case')
  );
}

function isResumeParams(value: unknown): value is ResumeParams {
  if (!isObject(value)) return false;
  const { trace, user, apiKey, effort, recording, live } = value;
  return (
    typeof trace === 'string' &&
    typeof user === 'string' &&
    [apiKey, effort, recording, live].every((text) => text === undefined || typeof text === 'string')
  );
}

function isRedTeamParams(value: unknown): value is RedTeamParams {
  return isObject(value) && [value.playbook, value.case, value.user].every((text) => typeof text === 'string');
}

function isPolicyTestsParams(value: unknown): value is PolicyTestsParams {
  return isObject(value) && isList(value.files) && value.files.every((file) => typeof file === 'string');
}

function isFeedbackParams(value: unknown): value is FeedbackParams {
  if (!isObject(value)) return false;
  const { trace, roots, out, verdict, truth, save } = value;
  const isText = (one: unknown): boolean => typeof one === 'string';
  return (
    isText(trace) &&
    isList(roots) &&
    roots.every(isText) &&
    (out === undefined || isText(out)) &&
    (verdict === undefined || (isObject(verdict) && [verdict.value, verdict.as, verdict.reason].every(isText))) &&
    (truth === undefined || ALERT_TRUTHS.some((one) => one === truth)) &&
    (save === undefined ||
      (isObject(save) && (save.how === 'pseudonymized' || (save.how === 'seen' && isText(save.code)))))
  );
}

function isAssistantParams(value: unknown): value is AssistantParams {
  if (!isObject(value)) return false;
  const { folders, traces, unsaved } = value;
  return (
    typeof value.tool === 'string' &&
    value.input !== undefined &&
    typeof value.user === 'string' &&
    typeof value.trusted === 'boolean' &&
    (value.personal === 'keep' || value.personal === 'commit') &&
    [folders, traces].every((list) => isList(list) && list.every((one) => typeof one === 'string')) &&
    isList(unsaved) &&
    unsaved.every((one) => isObject(one) && typeof one.path === 'string' && typeof one.text === 'string')
  );
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isProvider(value: unknown): value is ModelProvider {
  return PROVIDERS.has(value);
}

const PROVIDERS: ReadonlySet<unknown> = new Set<ModelProvider>([
  'rehearsal',
  'scripted',
  'adversary',
  'claude',
  'record',
  'replay',
]);
