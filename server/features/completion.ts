import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
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
import { matchQuality } from '../../language/service/workspace-symbols.js';
import { parseYaml } from '../../language/syntax/parse.js';
import type { ServerContext } from '../context.js';
import { folderOf } from '../folder.js';
import { guarded } from '../guarded.js';
import { fromLspPosition, toLspRange } from '../positions.js';

export const COMPLETION = {
  /** Opens the list where a value or a member begins. */
  triggerCharacters: ['.', ' ', '"', "'", '[', '{', '/'],
  resolveProvider: true,
};

/** Lists whose documentation can still be asked for: of the one on the screen, and of those a quick typist just had. */
const KEPT = 4;

/** Where an item's documentation is to be found. */
interface ItemData {
  readonly list: number;
  readonly index: number;
}

export function registerCompletion(context: ServerContext): void {
  const { connection, workspace } = context;
  const kept = new Map<number, readonly Completion[]>();
  let lists = 0;
  /** Items with their documentation, or for a client that asks for it later, with where it is. */
  const items = (document: TextDocument, completions: readonly Completion[]): CompletionItem[] => {
    const says = context.client().capabilities.textDocument?.completion?.completionItem;
    if (!says?.resolveSupport?.properties.includes('documentation')) {
      return completions.map((completion) => ({
        ...toItem(context, document, completion),
        ...documented(completion),
      }));
    }
    lists++;
    kept.set(lists, completions);
    kept.delete(lists - KEPT);
    return completions.map((completion, index) => {
      const data: ItemData = { list: lists, index };
      return { ...toItem(context, document, completion), data };
    });
  };
  connection.onCompletionResolve(
    guarded<CompletionItem, CompletionItem>(context, 'completion details', { label: '' }, (item) => {
      const data = dataOf(item.data);
      const completion = data && kept.get(data.list)?.[data.index];
      return completion?.label === item.label ? { ...item, ...documented(completion) } : item;
    }),
  );
  connection.onCompletion(
    guarded(context, 'completion', [], async (params, token): Promise<CompletionItem[] | CompletionList> => {
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
      const list = (all: readonly Completion[]): CompletionItem[] | CompletionList => {
        if (all.length <= MOST_ITEMS) return items(document, all);
        return { isIncomplete: true, items: items(document, fittingBest(all, source.text, offset)) };
      };
      if (wanted.size === 0) return list(first);
      // Only a place that takes a file costs a look at the disk.
      const files = await workspace.list([...wanted], folderOf(uri), stop.signal);
      const listed = (suffix: string): readonly string[] => files.filter((file) => file.endsWith(suffix));
      const read = (file: string): string | undefined => workspace.read(file);
      return list(complete(source, offset, { ...playbooks, listFiles: listed, read }));
    }),
  );
}

/** More than anybody looks through: of a longer list the client gets what fits best, and asks again as more is typed. */
const MOST_ITEMS = 1000;

function fittingBest(all: readonly Completion[], text: string, offset: number): readonly Completion[] {
  return all
    .filter(({ edit, filterText }) => matchQuality(filterText, text.slice(edit.range.start, offset)) !== undefined)
    .sort((a, b) => (a.sortText < b.sortText ? -1 : a.sortText > b.sortText ? 1 : 0))
    .slice(0, MOST_ITEMS);
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

function toItem(context: ServerContext, document: TextDocument, completion: Completion): CompletionItem {
  const says = context.client().capabilities.textDocument?.completion?.completionItem;
  const modes = says?.insertTextModeSupport?.valueSet ?? [];
  const snippet = completion.snippet && says?.snippetSupport === true;
  const newText = completion.snippet && !snippet ? plainText(completion.edit.newText) : completion.edit.newText;
  return {
    label: completion.label,
    kind: KINDS[completion.kind],
    ...(completion.detail === '' ? {} : { detail: completion.detail }),
    textEdit: { range: toLspRange(document, completion.edit.range), newText },
    insertTextFormat: snippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    ...(modes.includes(InsertTextMode.adjustIndentation) ? { insertTextMode: InsertTextMode.adjustIndentation } : {}),
    filterText: completion.filterText,
    sortText: completion.sortText,
    ...(completion.preselect && says?.preselectSupport ? { preselect: true } : {}),
  };
}

function documented({ documentation }: Completion): Pick<CompletionItem, 'documentation'> {
  return documentation === '' ? {} : { documentation: { kind: MarkupKind.Markdown, value: documentation } };
}

function dataOf(data: unknown): ItemData | undefined {
  if (typeof data !== 'object' || data === null || !('list' in data && 'index' in data)) return undefined;
  const { list, index } = data;
  return typeof list === 'number' && typeof index === 'number' ? { list, index } : undefined;
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
