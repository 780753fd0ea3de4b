import {
  type CancellationToken,
  type Diagnostic,
  DocumentDiagnosticReportKind,
  WorkspaceDiagnosticRequest,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import { fileKindOf } from '../../language/model/shape.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import type { Turns } from '../turns.js';
import { uriKey } from '../uri-key.js';
import { dependsOn } from '../workspace.js';
import { reportOf, resultIdOf, turnOf } from './diagnostic-reports.js';
import { toDiagnostics } from './diagnostics.js';

/** What is wrong with all the files of a workspace, those included that are not open. */
export interface WorkspaceDiagnostics {
  changed(uri: string): void;
  changedAll(): void;
}

/** What was found in a file that is not open, as long as neither it nor a file it depends on changes. */
interface Found {
  readonly items: readonly Diagnostic[];
  readonly resultId: string;
  readonly dependencies: readonly string[];
}

const SUFFIXES = ['.playbook', '.tools', '.policy', '.case'].flatMap((kind) => [`${kind}.yaml`, `${kind}.yml`]);
/** Reports a client gets at a time while the rest is still being checked. */
const CHUNK = 50;

export function registerWorkspaceDiagnostics(
  context: ServerContext,
  turns: Turns,
  watching: () => boolean,
): WorkspaceDiagnostics {
  const { connection, workspace } = context;
  const found = new Map<string, Found>();
  const waiting = new Set<() => void>();
  let changes = 0;
  let told = -1;
  const wake = (): void => {
    changes++;
    for (const go of waiting) go();
  };

  connection.onRequest(
    WorkspaceDiagnosticRequest.type,
    guarded(
      context,
      'workspace diagnostics',
      { items: [] },
      async ({ previousResultIds, partialResultToken }, token) => {
        // A client that takes results bit by bit asks again as soon as it has them all: it is answered when there is news.
        const goesOn = partialResultToken !== undefined && previousResultIds.length > 0;
        if (goesOn && watching() && told === changes) await changeIn(waiting, token);
        if (!watching()) found.clear();
        const before = changes;
        const known = new Map(previousResultIds.map(({ uri, value }) => [uriKey(uri), { uri, value }]));
        let items: WorkspaceDocumentDiagnosticReport[] = [];
        const flush = async (): Promise<void> => {
          if (partialResultToken === undefined || items.length === 0) return;
          await connection.sendProgress(WorkspaceDiagnosticRequest.partialResult, partialResultToken, { items });
          items = [];
        };
        for (const uri of await files(token)) {
          if (token.isCancellationRequested) return { items: [] };
          const previous = known.get(uriKey(uri))?.value;
          known.delete(uriKey(uri));
          const report = await reportIn(uri, previous, token);
          if (report) items.push(report);
          if (items.length >= CHUNK) await flush();
        }
        // What was told of a file that is gone is taken back.
        for (const { uri } of known.values()) {
          if (workspace.document(uri)) continue;
          items.push({ kind: DocumentDiagnosticReportKind.Full, uri, version: null, items: [] });
        }
        await flush();
        if (!token.isCancellationRequested) told = before;
        return { items };
      },
    ),
  );

  const files = async (token: CancellationToken): Promise<readonly string[]> => {
    const stop = new AbortController();
    const cancelled = token.onCancellationRequested(() => stop.abort());
    const uris = await workspace.list([...SUFFIXES, 'countersign.config.yaml'], undefined, stop.signal);
    cancelled.dispose();
    return uris.filter((uri) => fileKindOf(uri) !== undefined);
  };

  const reportIn = async (
    uri: string,
    previous: string | undefined,
    token: CancellationToken,
  ): Promise<WorkspaceDocumentDiagnosticReport | undefined> => {
    // Also gives way to messages that came meanwhile, one of which may take this request back.
    await turnOf(turns, workspace.document(uri)?.uri ?? uri, token);
    if (token.isCancellationRequested) return undefined;
    const open = workspace.document(uri);
    if (open) return { ...reportOf(context, open, previous), uri, version: open.version };
    const { items, resultId } = found.get(uriKey(uri)) ?? foundIn(uri);
    return resultId === previous
      ? { kind: DocumentDiagnosticReportKind.Unchanged, uri, version: null, resultId }
      : { kind: DocumentDiagnosticReportKind.Full, uri, version: null, resultId, items: [...items] };
  };

  const foundIn = (uri: string): Found => {
    const document = workspace.textDocument(uri);
    const source = document && workspace.sourceOf(document);
    const items = document && source ? toDiagnostics(context, document, source.problems) : [];
    const one = { items, resultId: resultIdOf(items, 0), dependencies: source?.dependencies ?? [] };
    found.set(uriKey(uri), one);
    return one;
  };

  return {
    changed(uri) {
      for (const [key, { dependencies }] of found) if (dependsOn([key, ...dependencies], uri)) found.delete(key);
      wake();
    },
    changedAll() {
      found.clear();
      wake();
    },
  };
}

/** Resolves when something changes, or the request is cancelled. */
function changeIn(waiting: Set<() => void>, token: CancellationToken): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      waiting.delete(go);
      cancelled.dispose();
      resolve();
    };
    const cancelled = token.onCancellationRequested(go);
    waiting.add(go);
  });
}
