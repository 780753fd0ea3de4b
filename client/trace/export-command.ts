import { basename } from 'node:path';
import { type LogOutputChannel, Uri, window, workspace } from 'vscode';
import type { ExportFormat } from '../../runner/protocol/messages.js';
import { complain, inform } from '../notify.js';
import { pick } from '../pick.js';
import { exportInProcess } from '../runner/runner-process.js';

const FORMATS: readonly { readonly label: string; readonly detail: string; readonly format: ExportFormat }[] = [
  {
    label: 'OpenTelemetry (OTLP in JSON)',
    detail: 'Spans of the workflow, its agents, their turns and calls, for a tracing backend.',
    format: 'otel',
  },
  {
    label: 'OCSF events (JSON Lines)',
    detail: 'What was decided and done, for a security data lake.',
    format: 'ocsf',
  },
];

/** Writes a trace in a form other tools read, to a file the person names. Nothing is sent anywhere. */
export async function exportTrace(extension: Uri, output: LogOutputChannel, trace: Uri | undefined): Promise<void> {
  if (trace === undefined) return;
  const picked = await pick([...FORMATS], {
    title: `Export ${basename(trace.path)} as what?`,
    placeHolder: 'What the alert, tools and models said stays out; names of people who decide are in it',
    matchOnDetail: true,
  });
  if (!picked) return;
  const stem = basename(trace.path).replace(/\.trace\.jsonl$/, '');
  const ending = picked.format === 'otel' ? 'otlp.json' : 'ocsf.jsonl';
  const target = await window.showSaveDialog({
    title: 'Export the trace to',
    defaultUri: Uri.joinPath(trace, '..', `${stem}.${ending}`),
  });
  if (!target) return;
  const reply = await exportInProcess(extension, output, { path: trace.fsPath, format: picked.format });
  if (!reply.ok) {
    complain(reply.message);
    return;
  }
  await workspace.fs.writeFile(target, Buffer.from(reply.text));
  const open = 'Open';
  const chosen = await inform(`The trace was exported to ${basename(target.path)}.`, open);
  if (chosen === open) await window.showTextDocument(target);
}
