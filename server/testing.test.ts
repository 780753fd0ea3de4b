import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ProgressType,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type {
  ClientCapabilities,
  CodeAction,
  CompletionItem,
  Hover,
  InitializeResult,
  Location,
  Position,
  PublishDiagnosticsParams,
  RegistrationParams,
} from 'vscode-languageserver/node';

/** The server under test: the compiled one, or a bundle named in the environment. */
export const SERVER = process.env.COUNTERSIGN_SERVER ?? fileURLToPath(new URL('main.js', import.meta.url));

/** An editor at the other end of the built server, over stdio, in a folder of its own. */
export class Editor {
  readonly folder: string;
  readonly log: string[] = [];
  /** The patterns of files the server asked to be told of. */
  readonly watched: unknown[] = [];
  readonly #process: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #published: PublishDiagnosticsParams[] = [];
  readonly #waiting: {
    test: (said: PublishDiagnosticsParams) => boolean;
    done: (said: PublishDiagnosticsParams) => void;
  }[] = [];
  readonly #texts = new Map<string, { version: number; text: string }>();

  constructor(files: { readonly [name: string]: string }) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'countersign server '));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    this.#process = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    assert.ok(this.#process.stdout && this.#process.stdin);
    this.#connection = createMessageConnection(
      new StreamMessageReader(this.#process.stdout),
      new StreamMessageWriter(this.#process.stdin),
    );
    this.#connection.onNotification('textDocument/publishDiagnostics', (said: PublishDiagnosticsParams) => {
      this.#published.push(said);
      for (const waiting of [...this.#waiting]) {
        if (!waiting.test(said)) continue;
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        waiting.done(said);
      }
    });
    this.#connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.log.push(message);
    });
    this.#connection.onRequest('client/registerCapability', ({ registrations }: RegistrationParams) => {
      for (const { registerOptions } of registrations) {
        for (const { globPattern } of registerOptions?.watchers ?? []) this.watched.push(globPattern);
      }
      return null;
    });
    this.#connection.listen();
  }

  write(name: string, text: string | Uint8Array): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  uri(name: string): string {
    return pathToFileURL(path.join(this.folder, name)).href;
  }

  async start(
    options: { docsUri?: string; capabilities?: ClientCapabilities; commands?: readonly string[] } = {},
  ): Promise<InitializeResult> {
    const result: InitializeResult = await this.#connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(this.folder).href, name: 'test' }],
      capabilities: options.capabilities ?? CAPABILITIES,
      initializationOptions: { docsUri: options.docsUri, commands: options.commands },
    });
    await this.#connection.sendNotification('initialized', {});
    return result;
  }

  /** Opens a document and waits for what the server says of it. */
  async open(name: string, text: string): Promise<PublishDiagnosticsParams> {
    const said = this.next((one) => one.uri === this.uri(name) && one.version === 1);
    await this.openOnly(name, text);
    return said;
  }

  async openOnly(name: string, text: string): Promise<void> {
    this.#texts.set(name, { version: 1, text });
    await this.#connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: this.uri(name), languageId: 'yaml', version: 1, text },
    });
  }

  /** Replaces the one occurrence of `was`, as an incremental change, and waits for the verdict on the new version. */
  async edit(name: string, was: string, is: string): Promise<PublishDiagnosticsParams> {
    const said = this.next((one) => one.uri === this.uri(name) && one.version === this.#state(name).version);
    await this.editOnly(name, was, is);
    return said;
  }

  async editOnly(name: string, was: string, is: string): Promise<void> {
    const { version, text } = this.#state(name);
    const start = text.indexOf(was);
    assert.ok(start >= 0 && text.indexOf(was, start + 1) < 0, `"${was}" is in ${name} once`);
    const range = { start: positionIn(text, start), end: positionIn(text, start + was.length) };
    const after = text.slice(0, start) + is + text.slice(start + was.length);
    this.#texts.set(name, { version: version + 1, text: after });
    await this.notify('textDocument/didChange', {
      textDocument: { uri: this.uri(name), version: version + 1 },
      contentChanges: [{ range, text: is }],
    });
  }

  text(name: string): string {
    return this.#state(name).text;
  }

  /** The position inside an open document of the `|` in `marked`, the rest of which occurs there once. */
  at(name: string, marked: string): Position {
    const { text } = this.#state(name);
    const word = marked.replace('|', '');
    const start = text.indexOf(word);
    assert.ok(start >= 0 && text.indexOf(word, start + 1) < 0, `"${word}" is in ${name} once`);
    return positionIn(text, start + marked.indexOf('|'));
  }

  /** The words a range covers. */
  words(name: string, range: { start: Position; end: Position }): string {
    const { text } = this.#state(name);
    return text.slice(offsetIn(text, range.start), offsetIn(text, range.end));
  }

  completion(name: string, marked: string): Promise<CompletionItem[]> {
    return this.request('textDocument/completion', this.#place(name, marked));
  }

  hover(name: string, marked: string): Promise<Hover | null> {
    return this.request('textDocument/hover', this.#place(name, marked));
  }

  definition(name: string, marked: string): Promise<Location[]> {
    return this.request('textDocument/definition', this.#place(name, marked));
  }

  codeActions(name: string, range: { start: Position; end: Position }): Promise<CodeAction[]> {
    return this.request('textDocument/codeAction', {
      textDocument: { uri: this.uri(name) },
      range,
      context: { diagnostics: [] },
    });
  }

  request<R>(method: string, params: object): Promise<R> {
    return this.#connection.sendRequest(method, params);
  }

  /** A request that can be taken back. */
  cancellable(method: string, params: object): { readonly answer: Promise<unknown>; readonly cancel: () => void } {
    const source = new CancellationTokenSource();
    return { answer: this.#connection.sendRequest(method, params, source.token), cancel: () => source.cancel() };
  }

  /** The requests without parameters that the server sends from now on. */
  asked(method: string): { readonly count: () => number; readonly next: () => Promise<void> } {
    let count = 0;
    let told = (): void => undefined;
    this.#connection.onRequest(method, () => {
      count++;
      told();
      return null;
    });
    return {
      count: () => count,
      next: () =>
        new Promise((done) => {
          told = done;
          if (count > 0) done();
        }),
    };
  }

  onProgress(token: string, take: (value: unknown) => void): void {
    this.#connection.onProgress(new ProgressType<unknown>(), token, take);
  }

  /** Answers requests of the server. */
  answer(method: string, handler: (params: unknown) => unknown): void {
    this.#connection.onRequest(method, handler);
  }

  notify(method: string, params: object): Promise<void> {
    return this.#connection.sendNotification(method, params);
  }

  /** The next thing said that passes `test`. */
  next(test: (said: PublishDiagnosticsParams) => boolean): Promise<PublishDiagnosticsParams> {
    return new Promise((done) => this.#waiting.push({ test, done }));
  }

  get published(): readonly PublishDiagnosticsParams[] {
    return this.#published;
  }

  /** Ends the server as an editor does; its exit code. */
  async stop(): Promise<number | null> {
    const exited = new Promise<number | null>((done) => this.#process.once('exit', done));
    await this.#connection.sendRequest('shutdown');
    await this.#connection.sendNotification('exit');
    const code = await exited;
    this.#connection.dispose();
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }

  #place(name: string, marked: string): object {
    return { textDocument: { uri: this.uri(name) }, position: this.at(name, marked) };
  }

  #state(name: string): { version: number; text: string } {
    const state = this.#texts.get(name);
    assert.ok(state, `${name} is open`);
    return state;
  }
}

export const CAPABILITIES: ClientCapabilities = {
  workspace: { workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true } },
  textDocument: {
    publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, versionSupport: true },
    codeAction: { isPreferredSupport: true },
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
  },
};

function positionIn(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

function offsetIn(text: string, { line, character }: Position): number {
  const lines = text.split('\n').slice(0, line);
  return lines.reduce((sum, one) => sum + one.length + 1, character);
}
