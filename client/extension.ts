import { commands, type Disposable, type ExtensionContext, Uri, window, workspace } from 'vscode';
import { askApiKey, clearApiKey } from './api-key.js';
import { compareBoundaries } from './boundary/compare.js';
import { mcpServers } from './chat/mcp-servers.js';
import { registerChatTools } from './chat/tools.js';
import { createDryRuns } from './dry-run/dry-run.js';
import { foreignDocuments } from './foreign/foreign-documents.js';
import { importForeignPlaybook } from './foreign/import-command.js';
import { createGraphPanel } from './graph/graph-panel.js';
import { createLanguage, type Language } from './language-client.js';
import { COMMANDS, IN_USE, isOurFile, TRACE_EDITOR } from './names.js';
import { complain, warn } from './notify.js';
import { createTestExplorer } from './testing/test-explorer.js';
import { compareTraces } from './trace/compare.js';
import { exportTrace } from './trace/export-command.js';
import { exportTraceAsHtml } from './trace/export-html.js';
import { type EventLink, QUERY_PATH, readQuery } from './trace/link.js';
import { askLink, findLinked } from './trace/open-link.js';
import { restoreTabs } from './trace/restore.js';
import { createReveal } from './trace/reveal.js';
import { ReviewTexts, saveAsCase } from './trace/save-as-case.js';
import { traceEditors } from './trace/trace-editor.js';
import type { TraceHost } from './trace/trace-view.js';
import { chooseTrace, chooseTwoTraces, openTrace, verifyTrace } from './trace/verify-command.js';
import { registerViews } from './views/register.js';
import { endRun, showApproval, showRun } from './views/run-commands.js';
import { openSamples } from './views/samples.js';

/** Called by VS Code. Nothing here waits: the language server starts when a file of ours is there to be read. */
export function activate(context: ExtensionContext): void {
  const output = window.createOutputChannel('Countersign', { log: true });
  const language = createLanguage(context, output);
  const host: TraceHost = { extension: context.extensionUri, reveal: createReveal(context), output };
  const dryRuns = createDryRuns(context, language, host);
  const traces = traceEditors(host);
  const boundaries = compareBoundaries(context.extensionUri, language, output);
  const testExplorer = createTestExplorer(context, language, host);
  const failed = (error: unknown): void => {
    output.error(error instanceof Error ? error : String(error));
    complain(
      `Countersign could not do that: ${error instanceof Error ? error.message : String(error)}. "Countersign: Show Output" has more.`,
    );
  };
  // Before what asks it which files in view are such playbooks.
  const foreign = foreignDocuments(context, language, failed);
  const views = registerViews(context, language, dryRuns, foreign);
  const graph = createGraphPanel(context.extensionUri, language, output, foreign);
  const command = (name: string, run: (...given: unknown[]) => Promise<unknown> | undefined): Disposable =>
    commands.registerCommand(name, (...given: unknown[]) => Promise.resolve(run(...given)).catch(failed));

  const openLink = async (link: EventLink | undefined): Promise<void> => {
    const trace = link === undefined ? undefined : await findLinked(link);
    if (link !== undefined && trace !== undefined) await traces.openAt(trace, link.line - 1);
  };

  const reviewed = new ReviewTexts();
  context.subscriptions.push(
    output,
    command(COMMANDS.dryRun, (given) => dryRuns.start(uriOf(given))),
    command(COMMANDS.openTrace, async (given) => openTrace(await chooseTrace(uriOf(given)))),
    command(COMMANDS.verifyTrace, async (given) =>
      verifyTrace(context.extensionUri, output, await chooseTrace(uriOf(given))),
    ),
    command(COMMANDS.compareTraces, async (given, chosen) => {
      const two = await chooseTwoTraces(given, chosen);
      if (two !== undefined) compareTraces(host, traces, ...two);
    }),
    command(COMMANDS.exportTraceAsHtml, async (given, target) => {
      const trace = await chooseTrace(given);
      const to = target instanceof Uri ? target : undefined;
      if (trace !== undefined) await exportTraceAsHtml(context.extensionUri, output, trace, to);
    }),
    command(COMMANDS.openEventLink, async () => openLink(await askLink())),
    window.registerUriHandler({
      handleUri: (uri) => {
        const link = uri.path === QUERY_PATH ? readQuery(uri.query) : undefined;
        if (link) openLink(link).catch(failed);
        else warn('That is no link to an event of a trace.');
      },
    }),
    command(COMMANDS.resumeRun, async (given) => {
      const trace = await chooseTrace(uriOf(given));
      if (trace !== undefined) await dryRuns.resume(trace);
    }),
    command(COMMANDS.exportTrace, async (given) => exportTrace(context.extensionUri, output, await chooseTrace(given))),
    reviewed,
    command(COMMANDS.saveAsCase, async (given) =>
      saveAsCase(context.extensionUri, output, reviewed, await chooseTrace(uriOf(given))),
    ),
    command(COMMANDS.setApiKey, () => askApiKey(context.secrets)),
    command(COMMANDS.clearApiKey, () => clearApiKey(context.secrets)),
    command(COMMANDS.openTestTrace, testExplorer.openTrace),
    command(COMMANDS.compareBoundary, (given) => boundaries.compare(uriOf(given))),
    command(COMMANDS.reviewBoundaries, (given) => boundaries.review(uriOf(given))),
    command(COMMANDS.showOutput, async () => output.show()),
    command(COMMANDS.showRun, (given) => showRun(dryRuns, uriOf(given))),
    command(COMMANDS.endRun, (given) => endRun(dryRuns, uriOf(given))),
    command(COMMANDS.olderRuns, async () => views.olderRuns()),
    command(COMMANDS.showApproval, async (ask) => showApproval(dryRuns, ask)),
    command(COMMANDS.openSamples, () => openSamples(context.extensionUri)),
    foreign,
    ...views.disposables,
    graph,
    command(COMMANDS.importForeign, (given, folder) =>
      importForeignPlaybook(language, uriOf(given) ?? foreign.inView(), folder instanceof Uri ? folder : undefined),
    ),
    command(COMMANDS.showGraph, async (given) => graph.show(uriOf(given))),
    ...boundaries.disposables,
    window.registerCustomEditorProvider(TRACE_EDITOR, traces.provider, {
      supportsMultipleEditorsPerDocument: true,
    }),
    testExplorer,
    ...restoreTabs(host, traces),
    ...registerChatTools(host),
    ...mcpServers(context),
    { dispose: dryRuns.stop },
    { dispose: () => language.stop().catch(() => undefined) },
    ...startWithFirstFile(language, failed),
  );
}

/** A menu gives a URI, one of a view what the view has there, one of git its repository, the line above a playbook its text. */
function uriOf(given: unknown): Uri | undefined {
  if (given instanceof Uri) return given;
  if (typeof given === 'object' && given !== null && 'uri' in given) return uriOf(given.uri);
  if (typeof given === 'object' && given !== null && 'rootUri' in given) return uriOf(given.rootUri);
  return typeof given === 'string' ? Uri.parse(given, true) : undefined;
}

/** The server is not worth its memory in a window that has YAML and nothing of ours. */
function startWithFirstFile(language: Language, failed: (error: unknown) => void): readonly Disposable[] {
  const start = (): void => {
    commands.executeCommand('setContext', IN_USE, true);
    language.start().catch(failed);
  };
  if (workspace.textDocuments.some(({ uri }) => isOurFile(uri.path))) {
    start();
    return [];
  }
  const opened = workspace.onDidOpenTextDocument(({ uri }) => {
    if (!isOurFile(uri.path)) return;
    opened.dispose();
    start();
  });
  return [opened];
}
