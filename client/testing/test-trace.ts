import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Uri, workspace } from 'vscode';
import { tracesFolder } from '../settings.js';

/**
 * The trace of a test: one for each playbook and case, beside those of dry runs. The test's run before this one, with
 * everything that lies beside its trace, makes room: tests run again at every save.
 * @throws {Error} when the folder cannot be written to
 */
export async function testTrace(playbook: Uri, sample: Uri): Promise<Uri> {
  const folder = tracesFolder(workspace.getWorkspaceFolder(playbook)?.uri ?? Uri.joinPath(playbook, '..'));
  const stem = traceStem(playbook.toString(), sample.toString());
  await workspace.fs.createDirectory(folder);
  for (const [name] of await workspace.fs.readDirectory(folder)) {
    if (name.startsWith(`${stem}.`)) await workspace.fs.delete(Uri.joinPath(folder, name), { recursive: true });
  }
  return Uri.joinPath(folder, `${stem}.trace.jsonl`);
}

/** Cases of the same name in other folders, or of other playbooks, have traces of their own. */
function traceStem(playbook: string, sample: string): string {
  const digest = createHash('sha256').update(`${playbook}\n${sample}`).digest('hex').slice(0, 8);
  return `test-${basename(sample).replace(/\.case\.ya?ml$/, '')}-${digest}`;
}
