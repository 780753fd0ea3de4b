import {
  commands,
  type Disposable,
  type Event,
  EventEmitter,
  type ExtensionContext,
  type TextDocument,
  type Uri,
  window,
  workspace,
} from 'vscode';
import type { Language } from '../language-client.js';
import { COMMANDS, FOREIGN_FILES, FOREIGN_READ, isOurFile } from '../names.js';
import { inform } from '../notify.js';
import { looksForeign, mayBeForeign } from './looks-foreign.js';

interface Found {
  readonly uri: Uri;
  readonly included: Promise<Disposable>;
  isOne: boolean;
}

/** Whether a person had them left alone, in the `globalState`. */
const LEFT_ALONE = 'countersign.foreign.leftAlone';

/** The playbooks of other products that are open. */
export interface ForeignDocuments extends Disposable {
  /** Whether a file is one that is open, as the server says. */
  readonly has: (uri: Uri) => boolean;
  /** The one in the active editor. */
  readonly inView: () => Uri | undefined;
  /** There is one more, or one fewer. */
  readonly onDidChange: Event<void>;
}

/**
 * Playbooks of other products among the files in editors. Files are looked at when they come into view, and when they are saved: by a few words,
 * here, so that neither the language server is started nor anything sent for a file that is none. What has those words the server tells by
 * its structure. No look is taken while somebody types. Whether they are looked at is a person's choice and not a setting, of which there are twelve.
 */
export function foreignDocuments(
  { globalState }: ExtensionContext,
  language: Language,
  failed: (error: unknown) => void,
): ForeignDocuments {
  const changed = new EventEmitter<void>();
  /** By URI: what has the server look after it, and whether it said that it is one. */
  const found = new Map<string, Found>();
  /** The version in which a document was none. */
  const none = new WeakMap<TextDocument, number>();
  const has = (uri: Uri): boolean => found.get(uri.toString())?.isOne === true;
  const on = (): boolean => globalState.get(LEFT_ALONE) !== true;

  const tell = (): void => {
    commands.executeCommand(
      'setContext',
      FOREIGN_FILES,
      [...found.values()].flatMap(({ uri, isOne }) => (isOne ? [uri.fsPath] : [])),
    );
    changed.fire();
  };
  const look = (document: TextDocument): void => {
    const { uri, version } = document;
    if (!on() || found.has(uri.toString()) || none.get(document) === version) return;
    if (uri.scheme !== 'file' || isOurFile(uri.path) || !mayBeForeign(uri.path)) return;
    if (!looksForeign(document.getText())) {
      none.set(document, version);
      return;
    }
    const one: Found = { uri, included: language.include(uri), isOne: false };
    found.set(uri.toString(), one);
    ask(document, version, one).catch(failed);
  };
  const ask = async (document: TextDocument, version: number, one: Found): Promise<void> => {
    await one.included;
    const reply = await language.boundary(one.uri);
    const key = one.uri.toString();
    if (found.get(key) !== one) return;
    if (reply === null) {
      none.set(document, version);
      forget(key);
      return;
    }
    one.isOne = true;
    tell();
  };
  const forget = (key: string): void => {
    const one = found.get(key);
    if (one === undefined) return;
    found.delete(key);
    // What failed was said when it did.
    one.included.then((included) => included.dispose()).catch(() => undefined);
    if (one.isOne) tell();
  };
  const lookAround = (): void => {
    if (window.activeTextEditor) look(window.activeTextEditor.document);
    for (const { document } of window.visibleTextEditors) look(document);
  };
  const lookIfSeen = (document: TextDocument): void => {
    if (window.visibleTextEditors.some((editor) => editor.document === document)) look(document);
  };
  const tellState = (): void => void commands.executeCommand('setContext', FOREIGN_READ, on() ? 'on' : 'off');
  const turn = async (read: boolean): Promise<void> => {
    await globalState.update(LEFT_ALONE, read ? undefined : true);
    tellState();
    if (read) lookAround();
    else for (const key of [...found.keys()]) forget(key);
    inform(
      read
        ? 'Playbooks of other products that you open are read: their boundary, their graph, and warnings of what acts without a person.'
        : 'Playbooks of other products are left alone. "Countersign: Read Playbooks of Other Products" ends that.',
    );
  };

  tellState();
  lookAround();
  const disposables: readonly Disposable[] = [
    changed,
    window.onDidChangeActiveTextEditor(lookAround),
    window.onDidChangeVisibleTextEditors(lookAround),
    workspace.onDidSaveTextDocument(lookIfSeen),
    // As when its language is changed: it is closed then, and opened again where it is.
    workspace.onDidOpenTextDocument(lookIfSeen),
    workspace.onDidCloseTextDocument(({ uri }) => forget(uri.toString())),
    commands.registerCommand(COMMANDS.readForeign, () => turn(true)),
    commands.registerCommand(COMMANDS.leaveForeign, () => turn(false)),
  ];
  return {
    has,
    inView: () => {
      const uri = window.activeTextEditor?.document.uri;
      return uri !== undefined && has(uri) ? uri : undefined;
    },
    onDidChange: changed.event,
    dispose: () => {
      for (const disposable of disposables) disposable.dispose();
    },
  };
}
