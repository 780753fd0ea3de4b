import { basename } from 'node:path';
import { FileType, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import type { Language } from '../language-client.js';
import { complain, inform, warn } from '../notify.js';
import { pick } from '../pick.js';
import { importedWords } from './imported-words.js';

/**
 * Writes a playbook of another product as one of ours, to a folder the person chooses, and opens it. Files that are there are never
 * replaced: then nothing is written at all.
 * @param given the folder, where something else than the person says it
 */
export async function importForeignPlaybook(
  language: Language,
  playbook: Uri | undefined,
  given: Uri | undefined,
): Promise<void> {
  if (!workspace.isTrusted) {
    warn('Playbooks are not imported in Restricted Mode, since that writes files. Trust this workspace first.');
    return;
  }
  if (playbook === undefined) {
    warn('Open the playbook of another product first: docs/foreign.md lists which are read.');
    return;
  }
  const folder = given ?? (await chooseFolder(playbook));
  if (folder === undefined) return;
  const name = basename(playbook.path);
  const reply = await language.importForeign(playbook, folder);
  if (reply.kind === 'none') {
    complain(`${name} is not imported. ${reply.reason}`);
    return;
  }
  const targets = reply.files.map(({ name: file, text }) => ({ uri: Uri.joinPath(folder, file), text }));
  const there: string[] = [];
  for (const { uri } of targets) if (await exists(uri)) there.push(basename(uri.path));
  if (there.length > 0) {
    complain(
      `${name} is not imported: ${there.map((file) => `"${file}"`).join(', ')} ${there.length === 1 ? 'is' : 'are'} in ${folder.fsPath} already. Nothing is replaced; choose another folder.`,
    );
    return;
  }
  const edit = new WorkspaceEdit();
  for (const { uri, text } of targets) {
    edit.createFile(uri, { overwrite: false, ignoreIfExists: false, contents: Buffer.from(text) });
  }
  if (!(await workspace.applyEdit(edit))) {
    complain(`${name} is not imported: its files could not be written to ${folder.fsPath}.`);
    return;
  }
  const [first] = targets;
  if (first !== undefined) await window.showTextDocument(first.uri, { preview: false });
  inform(importedWords(name, reply));
}

/** Where the files are to go: a folder of their own beside the playbook, its own folder, or any other. */
async function chooseFolder(playbook: Uri): Promise<Uri | undefined> {
  const beside = Uri.joinPath(playbook, '..');
  const own = Uri.joinPath(beside, basename(playbook.path).replace(/\.[^.]*$/, ''));
  const other = 'Another folder…';
  const picked = await pick(
    [
      { label: `${basename(own.path)}/`, detail: 'A folder of its own, beside it', folder: own },
      { label: `${basename(beside.path)}/`, detail: 'The folder it is in', folder: beside },
      { label: other, detail: 'You choose it', folder: undefined },
    ],
    {
      title: `Import ${basename(playbook.path)}: where should the playbook, its catalog and its policy go?`,
      placeHolder: 'No file is replaced, and the original stays as it is',
    },
  );
  if (picked === undefined || picked.folder !== undefined) return picked?.folder;
  const [chosen] =
    (await window.showOpenDialog({
      title: 'Import into which folder?',
      openLabel: 'Import Here',
      defaultUri: beside,
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return chosen;
}

async function exists(uri: Uri): Promise<boolean> {
  return workspace.fs.stat(uri).then(
    ({ type }) => type !== FileType.Unknown,
    () => false,
  );
}
