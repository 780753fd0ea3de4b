import { basename } from 'node:path';
import { Uri, window, workspace } from 'vscode';
import { complain, inform, warn } from '../notify.js';
import { pick } from '../pick.js';
import { newCaseInProcess } from '../runner/runner-process.js';
import { dryRunSettings } from '../settings.js';
import type { TraceHost } from '../trace/trace-view.js';
import { writtenWords } from './written-words.js';

/**
 * Writes the first case of a playbook beside an alert that the person chooses, as `countersign case new` does, and opens it. It
 * dry-runs the playbook, so whoever calls it has made sure that the workspace is trusted and what is on screen is saved.
 */
export async function writeCase({ extension, output }: TraceHost, playbook: Uri): Promise<void> {
  const alert = await chooseAlert(playbook);
  if (alert === undefined) return;
  const out = await freeName(alert);
  const { user } = dryRunSettings(playbook);
  const params = { playbook: playbook.fsPath, alert: alert.fsPath, out: out.fsPath, user };
  const reply = await newCaseInProcess(extension, output, params);
  if (!reply.ok) {
    complain(`No case is written. ${reply.message}`);
    return;
  }
  await window.showTextDocument(Uri.file(reply.path), { preview: false });
  const told = writtenWords(basename(reply.path), reply);
  if (reply.notes.length > 0) warn(told);
  else inform(told);
}

async function chooseAlert(playbook: Uri): Promise<Uri | undefined> {
  const found = await workspace.findFiles('**/*.alert.json', '**/node_modules/**', 1000);
  const here = found.filter(({ scheme }) => scheme === 'file');
  if (here.length === 0) {
    warn(
      'There is no alert in this workspace. An alert is a file named *.alert.json with one OCSF Detection Finding: "countersign alert map" makes one of what your products write.',
    );
    return undefined;
  }
  const picked = await pick(
    here
      .map((uri) => ({ label: basename(uri.path, '.alert.json'), description: workspace.asRelativePath(uri), uri }))
      .sort((a, b) => a.description.localeCompare(b.description)),
    {
      title: `Write a case of ${basename(playbook.path)} on which alert?`,
      placeHolder: 'It goes beside the alert; no file is replaced',
      matchOnDescription: true,
      ignoreFocusOut: true,
    },
  );
  return picked?.uri;
}

/** Beside the alert and named as it is, with a number where such a case is there. */
async function freeName(alert: Uri): Promise<Uri> {
  const name = basename(alert.path, '.alert.json');
  for (let number = 1; ; number++) {
    const uri = Uri.joinPath(alert, '..', `${name}${number === 1 ? '' : `-${number}`}.case.yaml`);
    const there = await Promise.resolve(workspace.fs.stat(uri)).then(
      () => true,
      () => false,
    );
    if (!there) return uri;
  }
}
