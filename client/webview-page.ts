import { randomBytes } from 'node:crypto';
import { Uri, type Webview } from 'vscode';
import { viewerPage } from './viewer/protocol/page.js';

/** Puts one of our pages into a webview: only our own built files can be loaded there, and only our script runs. */
export function setPage(webview: Webview, extension: Uri, title: string, script: string, style: string): void {
  const dist = Uri.joinPath(extension, 'dist');
  const file = (name: string): string => webview.asWebviewUri(Uri.joinPath(dist, name)).toString();
  webview.options = { enableScripts: true, enableForms: true, localResourceRoots: [dist] };
  webview.html = viewerPage({
    title,
    script: file(script),
    styles: [file('codicon.css'), file(style)],
    nonce: randomBytes(18).toString('base64url'),
    source: webview.cspSource,
  });
}
