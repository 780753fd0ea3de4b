import {
  type CodeActionContext,
  CodeActionKind,
  type Diagnostic,
  type CodeAction as LspCodeAction,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { findConfig } from '../../language/config/find-config.js';
import type { Problem } from '../../language/problem.js';
import { type CodeAction, fixAll, quickFixes } from '../../language/service/code-actions.js';
import type { Proposal } from '../../language/service/proposal.js';
import { proposals } from '../../language/service/proposals.js';
import type { SourceFile } from '../../language/service/source-file.js';
import { suppressionEdit } from '../../language/service/suppress.js';
import type { Range } from '../../language/syntax/tree.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspRange } from '../positions.js';
import { toDiagnostic } from './diagnostics.js';
import { canCreateFiles, toWorkspaceEdit } from './workspace-edit.js';

/** Ours, so that a client can ask on save for our fixes and no others'. */
export const FIX_ALL_KIND = `${CodeActionKind.SourceFixAll}.countersign`;

export const CODE_ACTIONS = {
  codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL_KIND, CodeActionKind.RefactorExtract],
  resolveProvider: true,
};

/** Where an action was offered that is worked out when it is chosen. */
interface ActionData {
  readonly uri: string;
  readonly version: number;
  readonly range: Range;
  readonly title: string;
}

export function registerCodeActions(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onCodeAction(
    guarded(context, 'code action', [], ({ textDocument, range: asked, context: why }): LspCodeAction[] => {
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      if (!document || !source) return [];
      const range = fromLspRange(document, asked);
      const offered = offeredIn(context, document, why);
      const wants = (kind: string): boolean => isWanted(why, kind);
      const found: CodeAction[] = wants(CodeActionKind.QuickFix) ? quickFixes(source.problems, range) : [];
      const all = wants(FIX_ALL_KIND) ? fixAll(source.problems) : undefined;
      const written = proposalsAt(context, source, range).filter(({ kind }) => wants(kind));
      return [
        ...[...found, ...(all ? [all] : [])].map((action) => offered.fix(action)),
        ...written.flatMap((proposal) => offered.proposal(proposal, range)),
        ...(wants(CodeActionKind.QuickFix) ? suppressionActions(context, offered, source, range) : []),
      ];
    }),
  );
  connection.onCodeActionResolve(
    guarded<LspCodeAction, LspCodeAction>(context, 'code action edit', { title: '' }, (action) => {
      const data = dataOf(action.data);
      const document = data && workspace.document(data.uri);
      const source = data && workspace.source(data.uri);
      // What was offered for another text is not what would be done to this one.
      if (!data || !source || document?.version !== data.version) return action;
      const proposal = proposalsAt(context, source, data.range).find(({ title }) => title === data.title);
      const edit = proposal && toWorkspaceEdit(context, proposal.changes());
      return edit ? { ...action, edit } : action;
    }),
  );
}

/** Actions as this client takes them. */
interface Offered {
  readonly fix: (action: CodeAction) => LspCodeAction;
  readonly proposal: (proposal: Proposal, range: Range) => LspCodeAction[];
  readonly diagnostics: (problems: readonly Problem[]) => Diagnostic[];
}

function offeredIn(context: ServerContext, document: TextDocument, { diagnostics: known }: CodeActionContext): Offered {
  const says = context.client().capabilities.textDocument?.codeAction;
  const isLazy = says?.resolveSupport?.properties.includes('edit') === true && says.dataSupport === true;
  const preferred = (is: boolean): { isPreferred?: boolean } => (says?.isPreferredSupport ? { isPreferred: is } : {});
  // The client's own object where it sent one, so that it knows which of its marks goes.
  const diagnostics = (problems: readonly Problem[]): Diagnostic[] =>
    problems.map((problem) => {
      const made = toDiagnostic(context, document, problem);
      return known.find((one) => one.code === made.code && isSameRange(one, made)) ?? made;
    });
  return {
    diagnostics,
    fix: (action) => ({
      title: action.title,
      kind: action.kind === 'quickfix' ? CodeActionKind.QuickFix : FIX_ALL_KIND,
      ...preferred(action.preferred),
      diagnostics: diagnostics(action.problems),
      ...edited(context, [{ uri: document.uri, create: false, edits: action.edits }]),
    }),
    proposal: (proposal, range) => {
      const base: LspCodeAction = {
        title: proposal.title,
        kind: proposal.kind,
        ...preferred(proposal.preferred),
        ...(proposal.problems.length > 0 ? { diagnostics: diagnostics(proposal.problems) } : {}),
      };
      if (proposal.disabled !== undefined)
        return says?.disabledSupport ? [{ ...base, disabled: { reason: proposal.disabled } }] : [];
      const data: ActionData = { uri: document.uri, version: document.version, range, title: proposal.title };
      if (isLazy) return [{ ...base, data }];
      const edit = edited(context, proposal.changes());
      return edit.edit ? [{ ...base, ...edit }] : [];
    },
  };
}

/** What can be written here by this client: some of it takes a new file. */
function proposalsAt(context: ServerContext, source: SourceFile, range: Range): Proposal[] {
  const makesFiles = canCreateFiles(context);
  return proposals(source, range, context.workspace).filter(({ makesFile }) => makesFiles || !makesFile);
}

/** For each problem at a place that may be accepted: the change of the configuration that does so. */
function suppressionActions(
  context: ServerContext,
  offered: Offered,
  source: SourceFile,
  range: Range,
): LspCodeAction[] {
  const { workspace } = context;
  const found = findConfig(source.uri, workspace, workspace.folders);
  return source.problems
    .filter((problem) => problem.range.start <= range.end && range.start <= problem.range.end)
    .flatMap((problem) => {
      const suppression = suppressionEdit(source, problem, found, workspace);
      const edit =
        suppression &&
        toWorkspaceEdit(
          context,
          [{ uri: suppression.configUri, create: suppression.isNew, edits: [suppression.edit] }],
          {
            // Where the person goes on writing, if the client can put the cursor there.
            after: 'reason: "',
          },
        );
      if (!edit) return [];
      return {
        title: `Accept ${problem.rule} here: add a suppression, then write the reason`,
        kind: CodeActionKind.QuickFix,
        diagnostics: offered.diagnostics([problem]),
        edit,
      };
    });
}

function edited(context: ServerContext, changes: Parameters<typeof toWorkspaceEdit>[1]): Pick<LspCodeAction, 'edit'> {
  const edit = toWorkspaceEdit(context, changes);
  return edit ? { edit } : {};
}

/** `only` names kinds, and with each those below it. */
function isWanted({ only }: CodeActionContext, kind: string): boolean {
  return only === undefined || only.some((asked) => asked === '' || kind === asked || kind.startsWith(`${asked}.`));
}

function isSameRange(a: Diagnostic, b: Diagnostic): boolean {
  return (
    a.range.start.line === b.range.start.line &&
    a.range.start.character === b.range.start.character &&
    a.range.end.line === b.range.end.line &&
    a.range.end.character === b.range.end.character
  );
}

function dataOf(data: unknown): ActionData | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  if (!('uri' in data && 'version' in data && 'range' in data && 'title' in data)) return undefined;
  const { uri, version, range, title } = data;
  if (typeof uri !== 'string' || typeof version !== 'number' || typeof title !== 'string') return undefined;
  if (typeof range !== 'object' || range === null || !('start' in range && 'end' in range)) return undefined;
  const { start, end } = range;
  return typeof start === 'number' && typeof end === 'number'
    ? { uri, version, range: { start, end }, title }
    : undefined;
}
