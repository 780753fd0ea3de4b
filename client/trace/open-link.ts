import { env, FileType, Uri, window, workspace } from 'vscode';
import { warn } from '../notify.js';
import { type EventLink, readLink } from './link.js';
import { candidates } from './place.js';

/**
 * The trace that a link names. A link can come from anyone: only a trace that lies in a folder of the workspace is opened,
 * and the person is told when it is none.
 */
export async function findLinked({ path }: EventLink): Promise<Uri | undefined> {
  const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  for (const candidate of candidates(path, folders)) {
    const uri = Uri.file(candidate);
    if (workspace.getWorkspaceFolder(uri) !== undefined && (await isFile(uri))) return uri;
  }
  warn(
    `The trace ${JSON.stringify(path)} is not in this workspace. Open the folder that holds it, then open the link again.`,
  );
  return undefined;
}

/** Asks for a link; one that was just copied is there already. */
export async function askLink(): Promise<EventLink | undefined> {
  const copied = await env.clipboard.readText();
  const text = await window.showInputBox({
    title: 'Open a link to an event of a trace',
    prompt: 'As "Copy link" in the trace viewer gives it.',
    placeHolder: 'traces/name.trace.jsonl#81',
    value: readLink(copied) === undefined ? '' : copied.trim(),
    validateInput: (value) =>
      value === '' || readLink(value) !== undefined
        ? undefined
        : 'That is no link to an event. One is the path of a trace, "#" and the number of a line.',
  });
  return text === undefined ? undefined : readLink(text);
}

async function isFile(uri: Uri): Promise<boolean> {
  try {
    return ((await workspace.fs.stat(uri)).type & FileType.File) !== 0;
  } catch {
    return false;
  }
}
