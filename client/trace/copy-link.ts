import { env, UIKind, type Uri, window, workspace } from 'vscode';
import { asText, asUri } from './link.js';

const EXTENSION = 'countersign.countersign';

/**
 * Copies a link to an event. On the desktop it is an address the system opens in this editor. In a browser (code-server,
 * Codespaces) such an address would lead to another editor or to none, so it is `path#line`, which "Countersign: Open Link to
 * an Event…" takes.
 */
export async function copyLink(trace: Uri, line: number): Promise<void> {
  const path = workspace.asRelativePath(trace, false).replaceAll('\\', '/');
  const link = { path, line };
  const desktop = env.uiKind === UIKind.Desktop;
  await env.clipboard.writeText(desktop ? asUri(link, env.uriScheme, EXTENSION) : asText(link));
  const how = desktop ? '' : '. "Countersign: Open Link to an Event…" opens it';
  window.setStatusBarMessage(`$(check) Copied a link to event ${line} of the trace${how}`, 6000);
}
