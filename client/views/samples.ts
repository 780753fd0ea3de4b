import { commands, Uri, window, workspace } from 'vscode';
import { complain } from '../notify.js';

const FIRST = 'phishing-triage.playbook.yaml';

/** Opens the phishing sample; in a window without the samples, in a copy of them that the person may change. */
export async function openSamples(extension: Uri): Promise<void> {
  const [here] = await workspace.findFiles(`**/${FIRST}`, '**/node_modules/**', 1);
  if (here !== undefined) {
    await window.showTextDocument(here);
    return;
  }
  const chosen = await window.showOpenDialog({
    title: 'Where should the samples go? They get a folder of their own there.',
    openLabel: 'Copy Samples Here',
    canSelectFiles: false,
    canSelectFolders: true,
  });
  const [folder] = chosen ?? [];
  if (folder === undefined) return;
  const target = Uri.joinPath(folder, 'countersign-samples');
  try {
    await workspace.fs.copy(Uri.joinPath(extension, 'playbooks'), target, { overwrite: false });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    complain(
      `The samples could not be copied to ${target.fsPath}: ${why}. Choose another folder; if they are there already, open that one.`,
    );
    return;
  }
  await commands.executeCommand('vscode.openFolder', target);
}
