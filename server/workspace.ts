import { TextDocument } from 'vscode-languageserver-textdocument';
import { applyConfig } from '../language/config/apply-config.js';
import { findConfig } from '../language/config/find-config.js';
import { dayOf, type FileHost, keptFiles } from '../language/host.js';
import { openSource, type SourceFile } from '../language/service/source-file.js';
import type { Disk } from './disk.js';
import { Names } from './names.js';
import { uriKey } from './uri-key.js';

interface OpenDocument {
  readonly document: TextDocument;
  /** Set once read, until the text or a file it depends on changes. */
  source: SourceFile | undefined;
}

/**
 * The documents an editor has open and the files behind them. Reading goes to open documents first, so that unsaved
 * buffers count; every file of ours is read once per change.
 */
export class Workspace implements FileHost {
  readonly kept = keptFiles();
  readonly names = new Names(this);
  readonly #disk: Disk;
  readonly #open = new Map<string, OpenDocument>();
  #folders: readonly string[] = [];

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  get today(): string {
    return dayOf(new Date());
  }

  get folders(): readonly string[] {
    return this.#folders;
  }

  setFolders(uris: readonly string[]): void {
    this.#folders = uris;
  }

  /** Takes a document's new state. */
  put(document: TextDocument): void {
    this.#open.set(uriKey(document.uri), { document, source: undefined });
  }

  close(uri: string): void {
    this.#open.delete(uriKey(uri));
  }

  document(uri: string): TextDocument | undefined {
    return this.#open.get(uriKey(uri))?.document;
  }

  read(uri: string): string | undefined {
    return this.document(uri)?.getText() ?? this.#disk.read(uri);
  }

  /** An open document of ours with its meaning; `undefined` when it is not open or not ours. */
  source(uri: string): SourceFile | undefined {
    const open = this.#open.get(uriKey(uri));
    if (!open) return undefined;
    open.source ??= this.#read(open.document);
    return open.source;
  }

  /** A document as it is reported: with what its configuration says of its problems. */
  #read(document: TextDocument): SourceFile | undefined {
    const text = document.getText();
    const source = openSource(document.uri, text, this);
    if (!source) return undefined;
    const { config, candidates } = findConfig(document.uri, this, this.#folders);
    const { problems } = applyConfig(config, document.uri, text, source.problems);
    return { ...source, problems, dependencies: [...source.dependencies, ...candidates] };
  }

  /**
   * Forgets what was understood with the old text of `uri`: the URIs of the open documents that depend on it, which are
   * to be checked again.
   */
  invalidate(uri: string): string[] {
    const key = uriKey(uri);
    const stale: string[] = [];
    for (const open of this.#open.values()) {
      if (!open.source?.dependencies.some((dependency) => uriKey(dependency) === key)) continue;
      open.source = undefined;
      stale.push(open.document.uri);
    }
    return stale;
  }

  /** Another one whenever what `read` answers for `uri` may have changed; `undefined` where there is nothing to read. */
  stamp(uri: string): string | undefined {
    const open = this.document(uri);
    return open ? `version ${open.version}` : this.#disk.stamp(uri);
  }

  /** The files below the workspace's folders whose names end so, open ones or not. */
  async list(suffixes: readonly string[], extraFolder: string | undefined, signal: AbortSignal): Promise<string[]> {
    const found = new Map<string, string>();
    for (const folder of [...this.#folders, ...(extraFolder === undefined ? [] : [extraFolder])]) {
      for (const uri of await this.#disk.list(folder, suffixes, signal)) found.set(uriKey(uri), uri);
    }
    for (const { document } of this.#open.values()) {
      if (suffixes.some((suffix) => document.uri.endsWith(suffix))) found.set(uriKey(document.uri), document.uri);
    }
    return [...found.values()];
  }

  /** A document to compute positions with: the open one, or the file as it is on disk. */
  textDocument(uri: string): TextDocument | undefined {
    const open = this.document(uri);
    if (open) return open;
    const text = this.#disk.read(uri);
    return text === undefined ? undefined : TextDocument.create(uri, 'yaml', 0, text);
  }
}
