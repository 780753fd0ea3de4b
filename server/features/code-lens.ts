import type { CodeLens } from 'vscode-languageserver/node';
import { boundarySummary } from '../../language/service/boundary-summary.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';
import { DRY_RUN_COMMAND } from '../protocol/requests.js';
import type { SettingsReader } from '../settings.js';

/** One line above a playbook: a dry run, where the client can start one, and what the playbook may do. */
export function registerCodeLens(context: ServerContext, settings: SettingsReader): void {
  const { connection, workspace, client } = context;
  connection.onCodeLens(
    guarded(context, 'code lens', [], async ({ textDocument: { uri } }): Promise<CodeLens[]> => {
      const { codeLens } = await settings.current();
      const document = workspace.document(uri);
      const source = workspace.source(uri);
      const summary = codeLens && document && source && boundarySummary(source);
      if (!summary) return [];
      const range = toLspRange(document, { start: 0, end: 0 });
      const run = { title: 'Dry-run', command: DRY_RUN_COMMAND, arguments: [uri] };
      return [
        ...(client().commands?.has(DRY_RUN_COMMAND) ? [{ range, command: run }] : []),
        // Without a command it is shown, and leads nowhere.
        { range, command: { title: summary, command: '' } },
      ];
    }),
  );
}
