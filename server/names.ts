import type { CancellationToken } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type NamedFile, readNames } from '../language/service/named-file.js';
import { type World, worldOf } from '../language/service/world.js';
import { Document } from './document.js';
import { uriKey } from './uri-key.js';
import type { Workspace } from './workspace.js';

const SUFFIXES = ['playbook', 'tools', 'policy', 'policy.test', 'case'].flatMap((kind) => [
  `.${kind}.yaml`,
  `.${kind}.yml`,
]);
/** Files read before other requests get their turn. */
const AT_ONCE = 20;

interface Kept {
  readonly stamp: string;
  /** The open document it is of: closed and opened again it is another one. */
  readonly open: TextDocument | undefined;
  /** The text as it was read, to compute positions with. */
  readonly document: TextDocument;
  readonly names: NamedFile | undefined;
}

/**
 * The names of the workspace's files, open ones or not. A file is read when somebody asks for what may be in it, and again
 * only after it changed; where the client tells of changes, the folders are not searched again either.
 */
export class Names {
  readonly #workspace: Workspace;
  readonly #kept = new Map<string, Kept>();
  #listed: Promise<readonly string[]> | undefined;
  #watched = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** From now on `filesChanged` is called for every file that comes or goes. */
  watch(): void {
    this.#watched = true;
  }

  filesChanged(): void {
    this.#listed = undefined;
  }

  /** The names of one file of ours; of an open one as it stands in the editor. */
  of(uri: string): NamedFile | undefined {
    return this.#read(uri)?.names;
  }

  /** What positions in `of(uri)` are computed with. */
  document(uri: string): TextDocument | undefined {
    return this.#read(uri)?.document;
  }

  /** The world without a search: what files refer to is found, who refers to them is not. */
  near(): World {
    return worldOf([], (uri) => this.of(uri), uriKey);
  }

  /** The world of every file in the workspace; `undefined` when nobody waits for it any more. */
  async all(token: CancellationToken): Promise<World | undefined> {
    const files: NamedFile[] = [];
    let read = 0;
    for (const uri of await this.#list()) {
      if (token.isCancellationRequested) return undefined;
      const known = this.#kept.get(uriKey(uri));
      const names = this.of(uri);
      if (names) files.push(names);
      if (this.#kept.get(uriKey(uri)) !== known && ++read % AT_ONCE === 0) await nextTurn();
    }
    return token.isCancellationRequested ? undefined : worldOf(files, (uri) => this.of(uri), uriKey);
  }

  async #list(): Promise<readonly string[]> {
    const listed = this.#listed ?? this.#workspace.list(SUFFIXES, undefined, new AbortController().signal);
    if (this.#watched) this.#listed = listed;
    return listed;
  }

  #read(uri: string): Kept | undefined {
    const key = uriKey(uri);
    const stamp = this.#workspace.stamp(uri);
    const open = this.#workspace.document(uri);
    const kept = this.#kept.get(key);
    if (kept && kept.stamp === stamp && kept.open === open) return kept;
    this.#kept.delete(key);
    const text = stamp === undefined ? undefined : this.#workspace.read(uri);
    if (stamp === undefined || text === undefined) return undefined;
    const source = open && this.#workspace.source(uri);
    const document = open ?? new Document(uri, 'yaml', 0, text, this.#workspace.encoding);
    const names = source ? source.names() : readNames(document.uri, text);
    const read = { stamp, open, document, names };
    this.#kept.set(key, read);
    return read;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
