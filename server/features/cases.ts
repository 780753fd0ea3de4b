import { RequestType } from 'vscode-languageserver/node';
import { buildCase } from '../../language/model/build-case.js';
import { openSource } from '../../language/service/source-file.js';
import { indexLines } from '../../language/syntax/lines.js';
import { parseYaml } from '../../language/syntax/parse.js';
import type { ServerContext } from '../context.js';
import { folderOf } from '../folder.js';
import { guarded } from '../guarded.js';
import { CASES_REQUEST, type CaseItem, type CasesParams } from '../protocol/requests.js';

const CasesRequest = new RequestType<CasesParams, CaseItem[], void>(CASES_REQUEST);

/** Answers which cases a playbook can be dry-run on: those in the workspace, or beside it, that name its id. */
export function registerCases(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onRequest(
    CasesRequest,
    guarded(context, 'cases', [], async ({ uri }, token): Promise<CaseItem[]> => {
      const text = workspace.read(uri);
      const source = workspace.source(uri) ?? (text === undefined ? undefined : openSource(uri, text, workspace));
      const id = source?.playbook?.playbook.id?.value;
      if (id === undefined) return [];
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      const items: CaseItem[] = [];
      for (const file of await workspace.list(['.case.yaml', '.case.yml'], folderOf(uri), stop.signal)) {
        if (token.isCancellationRequested) return [];
        const content = workspace.read(file);
        if (content === undefined) continue;
        const found = buildCase(file, parseYaml(content).root);
        if (found.playbook?.value !== id || !found.id) continue;
        items.push({
          uri: file,
          id: found.id.value,
          title: found.title ?? found.id.value,
          description: found.description ?? '',
          line: indexLines(content).positionAt(found.id.range.start).line,
        });
      }
      return items.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    }),
  );
}
