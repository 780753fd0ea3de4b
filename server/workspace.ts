import type { TextDocument } from 'vscode-languageserver-textdocument';
import { applyConfig } from '../language/config/apply-config.js';
import { findConfig } from '../language/config/find-config.js';
import { dayOf, type FileHost, keptFiles } from '../language/host.js';
import { isLarge } from '../language/large-file.js';
import type { Problem } from '../language/problem.js';
import { openSource, type SourceFile } from '../language/service/source-file.js';
import type { Disk } from './disk.js';
import { Document } from './document.js';
import { kindOfDocument } from './kind.js';
import { Names } from './names.js';
import type { Encoding } from './positions.js';
import { uriKey } from './uri-key.js';

interface OpenDocument {
  readonly document: TextDocument;
  /** Set once read, until the text or a file it depends on changes. */
  source: SourceFile | undefined;
  /** How long it took to read it, in milliseconds, the last time that was done. */
  took: number;
  /** As it was read the last time, whatever happened to it since: the next reading takes over what is the same. */
  last: SourceFile | undefined;
}

/**
 * The documents an editor has open and the files behind them. Reading goes to open documents first, so that unsaved
 * buffers count; every file of ours is read once per change.
 */
export class Workspace implements FileHost {
  readonly kept = keptFiles();
  readonly rereads = true;
  /** How the client counts characters; what it says at `initialize`. */
  encoding: Encoding = 'utf-16';
  readonly names = new Names(this);
  readonly #disk: Disk;
  readonly #now: () => number;
  readonly #open = new Map<string, OpenDocument>();
  #folders: readonly string[] = [];

  constructor(disk: Disk, now: () => number = () => performance.now()) {
    this.#disk = disk;
    this.#now = now;
  }

  get today(): string {
    return dayOf(new Date());
  }

  get folders(): readonly string[] {
    return this.#folders;
  }

  /** Takes the folders of the workspace; which configurations hold may be others now. */
  setFolders(uris: readonly string[]): void {
    this.#folders = uris;
    for (const open of this.#open.values()) open.source = undefined;
  }

  /** Takes a document's new state. */
  put(document: TextDocument): void {
    const key = uriKey(document.uri);
    const { took = 0, last } = this.#open.get(key) ?? {};
    this.#open.set(key, { document, source: undefined, took, last });
  }

  close(uri: string): void {
    this.#open.delete(uriKey(uri));
  }

  document(uri: string): TextDocument | undefined {
    return this.#open.get(uriKey(uri))?.document;
  }

  /** Open documents in the order in which they were opened. */
  documents(): TextDocument[] {
    return [...this.#open.values()].map(({ document }) => document);
  }

  /** The text of a file that another one refers to; a file that is too large is not read for that. */
  read(uri: string): string | undefined {
    const open = this.document(uri)?.getText();
    if (open === undefined) return this.#disk.read(uri);
    return isLarge(open) ? undefined : open;
  }

  exists(uri: string): boolean {
    return this.document(uri) !== undefined || this.#disk.exists(uri);
  }

  /** An open document of ours with its meaning; `undefined` when it is not open or not ours. */
  source(uri: string): SourceFile | undefined {
    const open = this.#open.get(uriKey(uri));
    if (!open) return undefined;
    if (!open.source) {
      const started = this.#now();
      open.source = this.sourceOf(open.document, open.last);
      open.last = open.source;
      open.took = this.#now() - started;
    }
    return open.source;
  }

  /** How long it took to read an open document the last time, in milliseconds; 0 when it was not read yet. */
  took(uri: string): number {
    return this.#open.get(uriKey(uri))?.took ?? 0;
  }

  /**
   * A document as it is reported: with what its configuration says of its problems. Takes over what is the same as in `before`,
   * which is then no longer to be used.
   */
  sourceOf(document: TextDocument, before?: SourceFile): SourceFile | undefined {
    const text = document.getText();
    const source = openSource(
      document.uri,
      text,
      this,
      kindOfDocument(document.uri, document.languageId, text),
      before,
    );
    if (!source) return undefined;
    const { problems, candidates } = this.reported(document.uri, text, source.problems);
    return { ...source, problems, dependencies: [...source.dependencies, ...candidates] };
  }

  /** Problems as the configuration of their file has them, and the files that configuration may be in. */
  reported(
    uri: string,
    text: string,
    found: readonly Problem[],
  ): { readonly problems: readonly Problem[]; readonly candidates: readonly string[] } {
    const { config, candidates } = findConfig(uri, this, this.#folders);
    return { problems: applyConfig(config, uri, text, found).problems, candidates };
  }

  /** The files in a folder itself. */
  filesIn(folder: string): readonly string[] {
    return this.#disk.filesIn(folder);
  }

  /**
   * Forgets what was understood with the old text of `uri`, or of the files below it where it is a folder: the URIs of the
   * open documents that depend on it, which are to be checked again.
   */
  invalidate(uri: string): string[] {
    const stale: string[] = [];
    for (const open of this.#open.values()) {
      if (!open.source || !dependsOn(open.source.dependencies, uri)) continue;
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
    return text === undefined ? undefined : this.documentOf(uri, text);
  }

  /** A text that is not open, with positions as the client counts them. */
  documentOf(uri: string, text: string): TextDocument {
    return new Document(uri, 'yaml', 0, text, this.encoding);
  }
}

/** Whether one of the files is `uri`, or lies in the folder that it is. */
export function dependsOn(dependencies: readonly string[], uri: string): boolean {
  const key = uriKey(uri);
  const folder = key.endsWith('/') ? key : `${key}/`;
  return dependencies.some((dependency) => {
    const other = uriKey(dependency);
    return other === key || other.startsWith(folder);
  });
}
