import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import {
  type ExtensionContext,
  Range,
  Selection,
  type TabGroup,
  TabInputText,
  TextEditorRevealType,
  ThemeColor,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import type { SourcePlace } from '../../runner/protocol/trace.js';
import { warn } from '../notify.js';
import type { HeldTrace } from './held-trace.js';
import { candidates } from './place.js';

/** Shows where events come from in the text. */
export interface Reveal {
  /** @param near a file the trace belongs to: the playbook of a running one, or the trace itself */
  readonly show: (trace: HeldTrace, seq: number, near: Uri, focus: boolean) => Promise<void>;
}

export function createReveal(context: ExtensionContext): Reveal {
  const mark = window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new ThemeColor('editor.rangeHighlightBackground'),
    overviewRulerColor: new ThemeColor('editor.rangeHighlightBackground'),
  });
  context.subscriptions.push(mark);
  // One word per trace and session is enough to know that lines may have moved.
  const told = new Set<string>();

  const show: Reveal['show'] = async (trace, seq, near, focus) => {
    const place = trace.placeOf(seq);
    if (place === undefined) return;
    const uri = await findFile(place.file, near);
    if (uri === undefined) {
      if (!focus && told.has(place.file)) return;
      told.add(place.file);
      warn(
        `The trace says this event comes from ${JSON.stringify(place.file)}, which is not in this workspace. Open the folder that holds it to see the line.`,
      );
      return;
    }
    const document = await workspace.openTextDocument(uri);
    // Whoever writes in it would go on writing at another place.
    if (!focus && window.activeTextEditor?.document === document) return;
    const editor = await window.showTextDocument(document, {
      viewColumn: columnFor(uri),
      preserveFocus: !focus,
      preview: true,
    });
    const line = Math.min(place.line, document.lineCount - 1);
    const at = new Range(line, place.character, line, place.character);
    editor.selections = [new Selection(at.start, at.start)];
    editor.revealRange(at, TextEditorRevealType.InCenterIfOutsideViewport);
    for (const other of window.visibleTextEditors) other.setDecorations(mark, other === editor ? [at] : []);
    warnWhenChanged(trace, place, document.getText(), told);
  };
  return { show };
}

/** Only a file of the workspace, or beside the trace or playbook itself: a trace may name any file of the machine. */
async function findFile(file: string, near: Uri): Promise<Uri | undefined> {
  const home = Uri.file(dirname(near.fsPath));
  const folders = (workspace.workspaceFolders ?? []).map((folder) => folder.uri);
  const bases = [home, Uri.joinPath(home, '..'), ...folders].map((base) => base.fsPath);
  for (const path of candidates(file, bases)) {
    const uri = Uri.file(path);
    const ours = workspace.getWorkspaceFolder(uri) !== undefined || uri.fsPath.startsWith(`${home.fsPath}/`);
    if (ours && (await exists(uri))) return uri;
  }
  const name = file.split(/[\\/]/).at(-1) ?? '';
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const named = await workspace.findFiles(`**/${name}`, '**/node_modules/**', 2);
  return named.length === 1 ? named[0] : undefined;
}

async function exists(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

/** Where the file already is, else somewhere, but not over the trace, which must stay in view. */
function columnFor(uri: Uri): ViewColumn {
  const others = window.tabGroups.all.filter((group) => group !== window.tabGroups.activeTabGroup);
  const shown = others.find((group) => holds(group, uri));
  return (shown ?? others[0])?.viewColumn ?? ViewColumn.Beside;
}

/** Whether a group of tabs has one with the text of a file. */
export function holds({ tabs }: TabGroup, uri: Uri): boolean {
  return tabs.some(({ input }) => input instanceof TabInputText && input.uri.toString() === uri.toString());
}

function warnWhenChanged({ opened }: HeldTrace, place: SourcePlace, text: string, told: Set<string>): void {
  if (opened === undefined || told.has(opened.run)) return;
  const run = [opened.data.playbook, ...(opened.data.callees ?? [])].find(({ file }) => file === place.file);
  const digest = `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
  if (run === undefined || digest === run.digest) return;
  told.add(opened.run);
  window.setStatusBarMessage('$(warning) The playbook changed since this run: lines may have moved.', 10_000);
}
