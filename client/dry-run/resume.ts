import { basename, dirname, isAbsolute, join } from 'node:path';
import type { ExtensionContext, Uri } from 'vscode';
import type { ResumeParams } from '../../runner/protocol/messages.js';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { apiKey } from '../api-key.js';
import { complain, inform } from '../notify.js';
import { readTraceInProcess, resumeInProcess } from '../runner/runner-process.js';
import { dryRunSettings } from '../settings.js';
import type { TraceHost } from '../trace/trace-view.js';
import { chooseLiveAgain, chooseModel, chooseRecording } from './choose.js';
import type { Start } from './live-run.js';

/**
 * What it takes to go on with the run of a trace. `undefined` when it cannot be gone on with, which the person is told, or
 * when they chose not to. Claude and live servers are asked about as at the start of a run: evidence leaves the machine again.
 */
export async function resumption(context: ExtensionContext, host: TraceHost, trace: Uri): Promise<Start | undefined> {
  const name = basename(trace.fsPath);
  if (trace.scheme !== 'file') {
    complain(`A run goes on in its trace on disk, and ${name} is at ${trace.scheme}:.`);
    return undefined;
  }
  const { extension, output } = host;
  const lines: TraceLine[] = [];
  const read = await readTraceInProcess(extension, output, trace.fsPath, (part) => {
    for (const line of part) lines.push(line);
  });
  const [opened] = lines;
  if (!read.ok || opened?.event !== 'run.opened') {
    const why = read.ok ? (read.verification.firstBad?.reason ?? 'it has no line.') : read.message;
    complain(`The run of ${name} cannot go on: ${why}`);
    return undefined;
  }
  if (lines.at(-1)?.event === 'run.closed') {
    inform(`The run of ${name} came to its end. There is nothing left of it to go on with.`);
    return undefined;
  }
  const { model, playbook, case: sample } = opened.data;
  const live = model.provider === 'claude';
  // Claude is asked about in every single run; choosing the stand-in instead is choosing not to go on.
  if (live && (await chooseModel('claude')) !== 'claude') return undefined;
  const key = live ? await apiKey(context.secrets) : undefined;
  if (live && key === undefined) return undefined;
  const recording = model.provider === 'replay' ? await chooseRecording('replay', trace) : '';
  if (recording === undefined) return undefined;
  const file = isAbsolute(playbook.file) ? playbook.file : join(dirname(dirname(trace.fsPath)), playbook.file);
  const { user, effort, prices, liveServers } = dryRunSettings(trace);
  const servers = await chooseLiveAgain(liveServers, opened.data.live ?? []);
  if (servers === undefined) return undefined;
  const params: ResumeParams = {
    trace: trace.fsPath,
    user,
    ...(effort === '' ? {} : { effort }),
    ...(live ? { prices } : {}),
    ...(recording === '' ? {} : { recording }),
    ...(key === undefined ? {} : { apiKey: key }),
    ...(servers === '' ? {} : { live: servers }),
  };
  output.info(`going on with the run of ${params.trace}`);
  return {
    title: `${playbook.id} on ${sample.id}`,
    trace: params.trace,
    playbook: file,
    user,
    lines,
    go: (people, onEvent, token) => resumeInProcess(extension, output, params, people, onEvent, token),
  };
}
