// `npm run soak -- [--edits N] [--seed S]`: a day of somebody who types, in a few minutes. The server runs in this process,
// its client in front of it; random edits of the sample library come in bursts, with the requests an editor makes in
// between. Exit code 1 when the memory in use after a full collection of garbage grew by more than it may.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { createConnection, ProposedFeatures, type PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { fileKindOf } from '../../language/index.js';
import { nodeDisk } from '../../server/disk.js';
import { Document } from '../../server/document.js';
import { serve } from '../../server/server.js';
import { repository } from '../platform/repository.js';
import { type Random, randomOf } from '../soundness/random.js';

/** What may be in use more at the end than after the first part, in megabytes: code that is compiled late, caches that fill. */
const MAY_GROW_MB = 8;
/** How often the memory in use is looked at; the first look is not compared, by then not everything was used yet. */
const LOOKS = 8;
const PIECES = ['x', ' ', '\n', '\n  ', ': ', '- ', '"', '${{ ', ' }}', '[', ']', '{', '#', '🔐', 'steps.', 'id: look'];

const { values } = parseArgs({ options: { edits: { type: 'string' }, seed: { type: 'string' } } });
const edits = Number(values.edits ?? 20_000);
const random = randomOf(Number(values.seed ?? 1), 0);

const folder = path.join(repository, 'playbooks');
const texts = new Map(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && fileKindOf(entry.name) !== undefined)
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [pathToFileURL(file).href, readFileSync(file, 'utf8')]),
);

const toServer = new PassThrough();
const toClient = new PassThrough();
serve(createConnection(ProposedFeatures.all, toServer, toClient), nodeDisk());
const client = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
let told: (said: PublishDiagnosticsParams) => void = () => undefined;
client.onNotification('textDocument/publishDiagnostics', (said: PublishDiagnosticsParams) => told(said));
client.onNotification('window/logMessage', ({ message }: { message: string }) => {
  throw new Error(message);
});
client.listen();
await client.sendRequest('initialize', {
  processId: null,
  rootUri: null,
  workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'playbooks' }],
  capabilities: {},
});
await client.sendNotification('initialized', {});

/** What a document of the editor is; opened, changed and closed as by a person. */
const open = new Map<string, Document>();

async function openDocument(uri: string): Promise<void> {
  const document = new Document(uri, 'yaml', 1, texts.get(uri) ?? '', 'utf-16');
  open.set(uri, document);
  await checked(document, () =>
    client.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text: document.text },
    }),
  );
}

async function change(document: Document, from: number, to: number, text: string): Promise<Document> {
  const range = { start: document.positionAt(from), end: document.positionAt(to) };
  const after = document.changed([{ range, text }], document.version + 1);
  open.set(document.uri, after);
  await client.sendNotification('textDocument/didChange', {
    textDocument: { uri: document.uri, version: after.version },
    contentChanges: [{ range, text }],
  });
  return after;
}

/** Does something, and waits for what is said of this version of a document. */
async function checked(document: Document, act: () => Promise<unknown>): Promise<void> {
  const said = new Promise<void>((done) => {
    told = ({ uri, version }) => {
      if (uri === document.uri && version === document.version) done();
    };
  });
  await act();
  await said;
}

/** A few keys at one place, as somebody types and takes back. */
async function burst(document: Document, random: Random, keys: number): Promise<Document> {
  let now = document;
  let at = random.below(now.text.length + 1);
  for (let key = 0; key < keys - 1; key++) {
    const back = Math.min(at, random.chance(0.4) ? 1 + random.below(6) : 0);
    const text = random.pick(PIECES);
    now = await change(now, at - back, at, text);
    at += text.length - back;
  }
  const end = Math.min(at, now.text.length);
  // The last key is the one whose check is waited for.
  const last = new Document(now.uri, 'yaml', now.version + 1, '', 'utf-16');
  await checked(last, async () => {
    now = await change(now, end, end, random.pick(PIECES));
  });
  return now;
}

async function ask(document: Document, random: Random): Promise<void> {
  const place = {
    textDocument: { uri: document.uri },
    position: document.positionAt(random.below(document.text.length + 1)),
  };
  const whole = { start: { line: 0, character: 0 }, end: document.positionAt(document.text.length) };
  await client.sendRequest('textDocument/completion', place);
  await client.sendRequest('textDocument/hover', place);
  await client.sendRequest('textDocument/documentSymbol', place);
  await client.sendRequest('textDocument/codeAction', { ...place, range: whole, context: { diagnostics: [] } });
  await client.sendRequest('textDocument/references', { ...place, context: { includeDeclaration: true } });
}

/** Every document as it was, and the memory in use then, in megabytes. */
async function memoryAtRest(): Promise<number> {
  for (const document of [...open.values()]) await close(document);
  await client.sendRequest('textDocument/hover', {
    textDocument: { uri: 'file:///none' },
    position: { line: 0, character: 0 },
  });
  if (!globalThis.gc) throw new Error('Start Node with --expose-gc.');
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

async function close({ uri }: Document): Promise<void> {
  open.delete(uri);
  await client.sendNotification('textDocument/didClose', { textDocument: { uri } });
}

const looks: number[] = [];
const uris = [...texts.keys()];
let done = 0;
while (done < edits) {
  const uri = random.pick(uris);
  if (!open.has(uri)) await openDocument(uri);
  let document = open.get(uri);
  if (!document) continue;
  const keys = 1 + random.below(20);
  document = await burst(document, random, keys);
  done += keys;
  await ask(document, random);
  if (random.chance(0.1)) {
    await client.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: random.pick(uris), type: 2 }],
    });
  }
  // Nobody goes on with a text that is beyond repair.
  if (random.chance(0.2)) await close(document);
  if (done >= ((looks.length + 1) * edits) / LOOKS) {
    looks.push(await memoryAtRest());
    console.log(`${String(done).padStart(7)} edits  ${looks.at(-1)?.toFixed(1)} MB in use`);
  }
}
const [, ...compared] = looks;
const grown = (compared.at(-1) ?? 0) - (compared[0] ?? 0);
const ok = grown <= MAY_GROW_MB;
console.log(
  `${ok ? 'No growth' : 'Growth'}: ${grown.toFixed(1)} MB from the second look to the last, at most ${MAY_GROW_MB}.`,
);
process.exit(ok ? 0 : 1);
