import { basename } from 'node:path';
import { commands, type Event, EventEmitter, type ExtensionContext, Range, Uri, window, workspace } from 'vscode';
import type { RunParams, RunReply } from '../../runner/protocol/messages.js';
import { apiKey } from '../api-key.js';
import type { Language } from '../language-client.js';
import { isOurFile } from '../names.js';
import { complain, inform, warn } from '../notify.js';
import { plain } from '../plain.js';
import { runInProcess } from '../runner/runner-process.js';
import { dryRunSettings, tracesFolder } from '../settings.js';
import type { TraceHost } from '../trace/trace-view.js';
import { adversaryWords } from './adversary-words.js';
import { chooseCase, chooseLive, chooseModel, choosePlaybook, chooseRecording } from './choose.js';
import { LiveRun, type Start } from './live-run.js';
import { resumption } from './resume.js';
import { writeCase } from './write-case.js';

export interface DryRuns {
  /** From the command to the end of the run; everything that goes wrong is told to the person. */
  readonly start: (given: Uri | undefined) => Promise<void>;
  /** Goes on with the run of a trace that broke off. */
  readonly resume: (trace: Uri) => Promise<void>;
  /** The runs of this window that go on, the oldest first. */
  readonly going: () => readonly LiveRun[];
  /** Another run goes on or none any more, or something else waits for the person. */
  readonly onDidChange: Event<void>;
  /** Ends what still runs. */
  readonly stop: () => void;
}

export function createDryRuns(context: ExtensionContext, language: Language, host: TraceHost): DryRuns {
  const going = new Set<LiveRun>();
  const changed = new EventEmitter<void>();
  context.subscriptions.push(changed);
  const start = async (given: Uri | undefined): Promise<void> => {
    if (!(await mayRun())) return;
    const playbook = await choosePlaybook(given);
    if (playbook === undefined) return;
    if (playbook.scheme !== 'file') {
      complain(
        `A dry run reads files on disk, and this playbook is at ${playbook.scheme}:. Save it to a folder first.`,
      );
      return;
    }
    if (!(await saveOurs())) return;
    const chosen = await chooseCase(playbook, await language.cases(playbook), () => writeCase(host, playbook));
    if (chosen === undefined) return;
    const settings = dryRunSettings(playbook);
    const model = await chooseModel(settings.model);
    if (model === undefined) return;
    const asksClaude = model === 'claude' || model === 'record';
    const key = asksClaude ? await apiKey(context.secrets) : undefined;
    if (asksClaude && key === undefined) return;
    const live = await chooseLive(settings.liveServers);
    if (live === undefined) return;
    const trace = await newTrace(playbook);
    if (trace === undefined) return;
    const recording = await chooseRecording(model, trace);
    if (recording === undefined) return;
    const params: RunParams = {
      playbook: playbook.fsPath,
      case: Uri.parse(chosen.uri, true).fsPath,
      trace: trace.fsPath,
      model,
      user: settings.user,
      personal: settings.personalData,
      ...(settings.modelId === '' ? {} : { modelId: settings.modelId }),
      ...(settings.effort === '' ? {} : { effort: settings.effort }),
      ...(asksClaude ? { prices: settings.prices } : {}),
      ...(recording === '' ? {} : { recording }),
      ...(key === undefined ? {} : { apiKey: key }),
      ...(live === '' ? {} : { live }),
    };
    host.output.info(`dry run of ${params.playbook} on ${params.case} with ${model}; trace ${params.trace}`);
    await follow({
      title: `${basename(playbook.path, '.playbook.yaml')} on ${chosen.id}`,
      trace: params.trace,
      playbook: params.playbook,
      user: params.user,
      lines: [],
      go: (people, onEvent, token) => runInProcess(host.extension, host.output, params, people, onEvent, token),
    });
  };
  const follow = async (start: Start): Promise<void> => {
    const run = new LiveRun(host, start, () => changed.fire());
    going.add(run);
    changed.fire();
    try {
      await report(await run.run(), run);
    } finally {
      going.delete(run);
    }
  };
  return {
    start,
    resume: async (trace) => {
      if (!(await mayRun()) || !(await saveOurs())) return;
      const start = await resumption(context, host, trace);
      if (start !== undefined) await follow(start);
    },
    // One that ended stays until its person has read how.
    going: () => [...going].filter(({ live }) => live),
    onDidChange: changed.event,
    stop: () => {
      for (const run of going) run.end();
    },
  };
}

/** A playbook of a stranger may name tools and files; nothing of it runs before the person trusts the folder. */
async function mayRun(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const chosen = await warn(
    'Dry runs are off in Restricted Mode: a run reads the files a playbook names and writes a trace. Trust this workspace to dry-run its playbooks; checking and completion work without.',
    manage,
  );
  if (chosen === manage) await commands.executeCommand('workbench.trust.manage');
  return false;
}

/** The runner reads files: what is on screen and not yet saved would otherwise not be what runs. */
export async function saveOurs(): Promise<boolean> {
  // An alert or evidence may be any JSON of the workspace; what lies elsewhere is the editor's own, such as its settings.
  const isRead = (uri: Uri): boolean =>
    isOurFile(uri.path) || (uri.path.endsWith('.json') && workspace.getWorkspaceFolder(uri) !== undefined);
  const dirty = workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && uri.scheme === 'file' && isRead(uri));
  const saved = await Promise.all(dirty.map(async (document) => ((await document.save()) ? undefined : document)));
  const [unsaved] = saved.filter((document) => document !== undefined);
  if (unsaved === undefined) return true;
  complain(
    `${basename(unsaved.uri.path)} could not be saved, so the dry run would not run what you see. Save it, then start again.`,
  );
  return false;
}

export async function newTrace(playbook: Uri): Promise<Uri | undefined> {
  const home = workspace.getWorkspaceFolder(playbook)?.uri ?? Uri.joinPath(playbook, '..');
  const traces = tracesFolder(home);
  try {
    await workspace.fs.createDirectory(traces);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    complain(
      `The folder for traces ${traces.fsPath} cannot be made: ${why}. A run without a trace is no run; set "countersign.traces.folder" to a folder you may write to.`,
    );
    return undefined;
  }
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '');
  return Uri.joinPath(traces, `${basename(playbook.path, '.playbook.yaml')}-${stamp}.trace.jsonl`);
}

async function report(reply: RunReply, run: LiveRun): Promise<void> {
  const show = 'Show Trace';
  if (reply.ok) {
    const { outcome, verdict, acts, reason } = reply.result;
    const ran = acts.filter(({ decision }) => decision === 'allowed').length;
    const denied = acts.length - ran;
    const found = verdict === null ? '' : `, verdict ${plain(verdict)}`;
    const tried = reply.adversary === undefined ? '' : ` ${adversaryWords(reply.adversary)}`;
    const message = `Dry run ${outcome}${found}: ${ran} consequential ${ran === 1 ? 'act' : 'acts'} simulated, ${denied} denied.${tried} ${plain(reason, 400)}`;
    const chosen = await (outcome === 'failed' || (reply.adversary?.unauthorized ?? 0) > 0
      ? complain(message, show)
      : inform(message, show));
    if (chosen === show) run.show();
    return;
  }
  const goTo = 'Go to the Problem';
  const { file, line, message } = reply;
  const chosen = await complain(message, ...(file === null ? [] : [goTo]));
  if (chosen !== goTo || file === null) return;
  const at = Math.max(0, line ?? 0);
  await window.showTextDocument(Uri.file(file), { selection: new Range(at, 0, at, 0) });
}
