import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { env, type LogOutputChannel, ProgressLocation, Uri, window, workspace } from 'vscode';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { complain, inform } from '../notify.js';
import { iconless } from '../plain.js';
import { readTraceInProcess } from '../runner/runner-process.js';
import { filePage } from '../viewer/protocol/file-page.js';

/**
 * Writes a trace and its viewer as one HTML file that needs no network. What the trace has of evidence is in it, readable by
 * whoever gets the file.
 */
export async function exportTraceAsHtml(
  extension: Uri,
  output: LogOutputChannel,
  trace: Uri,
  given: Uri | undefined,
): Promise<void> {
  const name = basename(trace.fsPath);
  const suggested = Uri.joinPath(trace, '..', name.replace(/\.jsonl$/, '.html'));
  const target =
    given ??
    (await window.showSaveDialog({
      title: 'Export the trace, with all evidence in it, as one HTML file',
      defaultUri: suggested,
      filters: { 'HTML page': ['html'] },
      saveLabel: 'Export',
    }));
  if (target === undefined) return;
  const lines: TraceLine[] = [];
  const reply = await window.withProgress(
    { location: ProgressLocation.Window, title: iconless(`Exporting ${name}`) },
    () =>
      readTraceInProcess(extension, output, trace.fsPath, (part) => {
        for (const line of part) lines.push(line);
      }),
  );
  if (!reply.ok) {
    complain(reply.message);
    return;
  }
  const dist = Uri.joinPath(extension, 'dist');
  const read = async (file: string): Promise<Buffer> =>
    Buffer.from(await workspace.fs.readFile(Uri.joinPath(dist, file)));
  const script = (await read('viewer.js')).toString('utf8').replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n');
  const font = `url("data:font/ttf;base64,${(await read('codicon.ttf')).toString('base64')}")`;
  const icons = (await read('codicon.css')).toString('utf8').replace(/url\([^)]*codicon\.ttf[^)]*\)/, font);
  const styles = [await read('viewer-file.css'), icons, await read('viewer.css')].map(String);
  const style = styles.join('\n').replace(/\/\*# sourceMappingURL=[^*]*\*\//g, '');
  const page = filePage({
    name,
    script,
    style,
    scriptHash: hashOf(script),
    styleHash: hashOf(style),
    lines,
    verification: reply.verification,
  });
  await workspace.fs.writeFile(target, Buffer.concat([...page].map((part) => Buffer.from(part, 'utf8'))));
  const open = 'Open';
  const broken = reply.verification.valid ? '' : ' The trace is broken, and the page says so.';
  // Nobody waits for the message to be closed.
  inform(`Exported ${basename(target.path)}. It has all evidence of the trace in it.${broken}`, open).then((chosen) =>
    chosen === open ? env.openExternal(target) : undefined,
  );
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
