import { basename } from 'node:path';
import { commands, type LogOutputChannel, Range, ThemeIcon, Uri, window, workspace } from 'vscode';
import { TRACE_EDITOR } from '../names.js';
import { complain, inform } from '../notify.js';
import { pick } from '../pick.js';
import { readTraceInProcess } from '../runner/runner-process.js';

/** The trace a command is about: the one given, the one in view, or one the person picks. */
export async function chooseTrace(given: unknown): Promise<Uri | undefined> {
  if (given instanceof Uri) return given;
  const input: unknown = window.tabGroups.activeTabGroup.activeTab?.input;
  const shown = typeof input === 'object' && input !== null && 'uri' in input ? input.uri : undefined;
  if (shown instanceof Uri && shown.path.endsWith('.trace.jsonl')) return shown;
  return pickTrace('Which trace?');
}

/** Two traces to compare: both that are chosen in the explorer, or one and one the person picks. */
export async function chooseTwoTraces(given: unknown, chosen: unknown): Promise<readonly [Uri, Uri] | undefined> {
  const [one, other] = Array.isArray(chosen) ? chosen.filter((item) => item instanceof Uri) : [];
  if (one !== undefined && other !== undefined) return [one, other];
  const a = await chooseTrace(given);
  const b = a === undefined ? undefined : await pickTrace(`Compare ${basename(a.path)} with which trace?`, a);
  return a === undefined || b === undefined ? undefined : [a, b];
}

async function pickTrace(title: string, without?: Uri): Promise<Uri | undefined> {
  const found = await workspace.findFiles('**/*.trace.jsonl', '**/node_modules/**', 500);
  const ELSEWHERE = 'Open another file…';
  const others = found.filter((uri) => uri.toString() !== without?.toString());
  const dated = await Promise.all(others.map(async (uri) => ({ uri, written: await writtenAt(uri) })));
  const newestFirst = dated.sort((a, b) => b.written - a.written).map(({ uri }) => uri);
  const picked =
    found.length === 0
      ? ELSEWHERE
      : await pick(
          [
            ...newestFirst.map((uri) => ({
              label: basename(uri.path),
              description: workspace.asRelativePath(uri),
              uri,
            })),
            { label: ELSEWHERE, iconPath: new ThemeIcon('folder-opened'), uri: undefined },
          ],
          { title, matchOnDescription: true },
        );
  if (picked === undefined) return undefined;
  if (typeof picked !== 'string' && picked.uri !== undefined) return picked.uri;
  const opened = await window.showOpenDialog({
    title: 'Open a Countersign trace',
    filters: { 'Countersign trace': ['jsonl'] },
  });
  return opened?.[0];
}

/** When a file was last written, in milliseconds; one that is gone meanwhile comes last. */
async function writtenAt(uri: Uri): Promise<number> {
  return workspace.fs.stat(uri).then(
    ({ mtime }) => mtime,
    () => 0,
  );
}

export async function openTrace(uri: Uri | undefined): Promise<void> {
  if (uri !== undefined) await commands.executeCommand('vscode.openWith', uri, TRACE_EDITOR);
}

/** Checks a trace and says what that establishes, and what it does not. */
export async function verifyTrace(extension: Uri, output: LogOutputChannel, uri: Uri | undefined): Promise<void> {
  if (uri === undefined) return;
  const name = basename(uri.fsPath);
  const reply = await readTraceInProcess(extension, output, uri.fsPath, () => undefined);
  if (!reply.ok) {
    complain(reply.message);
    return;
  }
  const { valid, lines, firstBad, checkpoints, established, notEstablished } = reply.verification;
  for (const what of established) output.info(`${name}: established: ${what}`);
  for (const what of notEstablished) output.info(`${name}: not established: ${what}`);
  if (valid) {
    const open = 'Open Trace';
    const rest = notEstablished.length === 0 ? '' : ` Not established: ${notEstablished.join(' ')}`;
    const chosen = await inform(`${name} is intact: ${lines} lines verified.${rest}`, open);
    if (chosen === open) await openTrace(uri);
    return;
  }
  const goTo = 'Go to the Line';
  const bad =
    firstBad === null
      ? `: ${checkpoints.problems.join(' ')} Nothing in it can be relied upon as long as that is so.`
      : ` at line ${firstBad.line}: ${firstBad.reason} Nothing from there on can be relied upon; look for an untouched copy.`;
  const chosen = await complain(`${name} is broken${bad}`, ...(firstBad === null ? [] : [goTo]));
  if (chosen === goTo && firstBad !== null) {
    const at = new Range(firstBad.line - 1, 0, firstBad.line - 1, 0);
    await window.showTextDocument(uri, { selection: at });
  }
}
