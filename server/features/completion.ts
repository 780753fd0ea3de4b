import {
  type CompletionItem,
  CompletionItemKind,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { LoadedPlaybook } from '../../language/load.js';
import { textAt } from '../../language/model/read.js';
import {
  type Completion,
  type CompletionHost,
  type CompletionKind,
  complete,
  type PlaybookName,
} from '../../language/service/completion.js';
import { plainText } from '../../language/service/snippets.js';
import { openSource, type SourceFile } from '../../language/service/source-file.js';
import { parseYaml } from '../../language/syntax/parse.js';
import type { ServerContext } from '../context.js';
import { folderOf } from '../folder.js';
import { guarded } from '../guarded.js';
import { fromLspPosition, toLspRange } from '../positions.js';

/** Opens the list where a value or a member begins. */
export const COMPLETION_TRIGGERS = ['.', ' ', '"', "'", '[', '{', '/'];

export function registerCompletion(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onCompletion(
    guarded(context, 'completion', [], async (params, token): Promise<CompletionItem[]> => {
      const uri = params.textDocument.uri;
      const document = workspace.document(uri);
      const source = workspace.source(uri);
      if (!document || !source) return [];
      const offset = fromLspPosition(document, params.position);
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      const playbooks = source.kind === 'case' ? await playbooksFor(context, source, stop.signal) : {};
      const wanted = new Set<string>();
      const listFiles = (suffix: string): readonly string[] => {
        wanted.add(suffix);
        return [];
      };
      const first = complete(source, offset, { ...playbooks, listFiles });
      if (wanted.size === 0) return toItems(context, document, first);
      // Only a place that takes a file costs a look at the disk.
      const files = await workspace.list([...wanted], folderOf(uri), stop.signal);
      const listed = (suffix: string): readonly string[] => files.filter((file) => file.endsWith(suffix));
      return toItems(context, document, complete(source, offset, { ...playbooks, listFiles: listed }));
    }),
  );
}

/** The playbooks a case could name, and the one it does name. */
async function playbooksFor(
  { workspace }: ServerContext,
  source: SourceFile,
  signal: AbortSignal,
): Promise<Pick<CompletionHost, 'playbooks' | 'casePlaybook'>> {
  const id = textAt(source.root, 'playbook')?.value;
  const playbooks: PlaybookName[] = [];
  let casePlaybook: LoadedPlaybook | undefined;
  for (const uri of await workspace.list(['.playbook.yaml', '.playbook.yml'], folderOf(source.uri), signal)) {
    const text = workspace.read(uri);
    const { root } = parseYaml(text ?? '');
    const found = textAt(root, 'playbook')?.value;
    if (text === undefined || found === undefined) continue;
    playbooks.push({ id: found, title: textAt(root, 'title')?.value ?? '' });
    if (found === id) casePlaybook ??= (workspace.source(uri) ?? openSource(uri, text, workspace))?.playbook;
  }
  return { playbooks, ...(casePlaybook ? { casePlaybook } : {}) };
}

function toItems(context: ServerContext, document: TextDocument, completions: readonly Completion[]): CompletionItem[] {
  const says = context.client().capabilities.textDocument?.completion?.completionItem;
  const modes = says?.insertTextModeSupport?.valueSet ?? [];
  return completions.map((completion) => {
    const snippet = completion.snippet && says?.snippetSupport === true;
    const newText = completion.snippet && !snippet ? plainText(completion.edit.newText) : completion.edit.newText;
    return {
      label: completion.label,
      kind: KINDS[completion.kind],
      ...(completion.detail === '' ? {} : { detail: completion.detail }),
      ...(completion.documentation === ''
        ? {}
        : { documentation: { kind: MarkupKind.Markdown, value: completion.documentation } }),
      textEdit: { range: toLspRange(document, completion.edit.range), newText },
      insertTextFormat: snippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      ...(modes.includes(InsertTextMode.adjustIndentation) ? { insertTextMode: InsertTextMode.adjustIndentation } : {}),
      filterText: completion.filterText,
      sortText: completion.sortText,
    };
  });
}

const KINDS = {
  key: CompletionItemKind.Property,
  argument: CompletionItemKind.Field,
  'step-kind': CompletionItemKind.Snippet,
  word: CompletionItemKind.EnumMember,
  step: CompletionItemKind.Reference,
  tool: CompletionItemKind.Function,
  role: CompletionItemKind.Class,
  file: CompletionItemKind.File,
  variable: CompletionItemKind.Variable,
  member: CompletionItemKind.Field,
  function: CompletionItemKind.Method,
} as const satisfies { [K in CompletionKind]: CompletionItemKind };
