import {
  type ClientCapabilities,
  type SemanticTokens,
  type SemanticTokensDelta,
  type SemanticTokensLegend,
  type SemanticTokensOptions,
  SemanticTokenTypes,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import {
  semanticTokens,
  type Token,
  type TokenKind,
  type TokenModifier,
} from '../../language/service/semantic-tokens.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspRange, toLspRange } from '../positions.js';
import { tokenEdits } from '../token-edits.js';
import { uriKey } from '../uri-key.js';

/** What was sent last of a document, so that only what changed is sent next. */
interface Sent {
  readonly resultId: string;
  readonly data: readonly number[];
}

export interface SentTokens {
  /** Forgets what was sent of a document that is closed. */
  forget(uri: string): void;
}

export function registerSemanticTokens(context: ServerContext): SentTokens {
  const { connection, workspace, client } = context;
  const sent = new Map<string, Sent>();
  let results = 0;
  const whole = (uri: string): Sent => {
    const document = workspace.document(uri);
    const source = workspace.source(uri);
    const data = document && source ? encoded(document, semanticTokens(source), client().capabilities) : [];
    const result = { resultId: String(++results), data };
    if (document) sent.set(uriKey(uri), result);
    return result;
  };
  const full = ({ resultId, data }: Sent): SemanticTokens => ({ resultId, data: [...data] });
  const { semanticTokens: requests } = connection.languages;
  requests.on(
    guarded(context, 'semantic tokens', NONE, ({ textDocument: { uri } }): SemanticTokens => full(whole(uri))),
  );
  requests.onDelta(
    guarded(
      context,
      'semantic tokens',
      NONE,
      ({ textDocument: { uri }, previousResultId }): SemanticTokens | SemanticTokensDelta => {
        const before = sent.get(uriKey(uri));
        const after = whole(uri);
        if (before?.resultId !== previousResultId) return full(after);
        return { resultId: after.resultId, edits: tokenEdits(before.data, after.data) };
      },
    ),
  );
  requests.onRange(
    guarded(context, 'semantic tokens', NONE, ({ textDocument: { uri }, range }): SemanticTokens => {
      const document = workspace.document(uri);
      const source = workspace.source(uri);
      if (!document || !source) return NONE;
      return { data: encoded(document, semanticTokens(source, fromLspRange(document, range)), client().capabilities) };
    }),
  );
  return { forget: (uri) => sent.delete(uriKey(uri)) };
}

const NONE: SemanticTokens = { data: [] };

/** What is offered to a client; nothing to one that does not show tokens. */
export function semanticTokensOptions(capabilities: ClientCapabilities): SemanticTokensOptions | undefined {
  const says = capabilities.textDocument?.semanticTokens;
  if (!says) return undefined;
  const { full, range } = says.requests;
  const delta = typeof full === 'object' && full.delta === true;
  return {
    legend: legendFor(capabilities),
    ...(full ? { full: delta ? { delta } : true } : {}),
    ...(range ? { range: true } : {}),
  };
}

/** Types as the client knows them: of each kind of token the first it announces. */
const TYPES = {
  step: [SemanticTokenTypes.label, SemanticTokenTypes.class],
  tool: [SemanticTokenTypes.function],
  role: [SemanticTokenTypes.type, SemanticTokenTypes.class],
  tag: [SemanticTokenTypes.enumMember],
  level: [SemanticTokenTypes.enumMember, SemanticTokenTypes.keyword],
  branch: [SemanticTokenTypes.namespace],
  case: [SemanticTokenTypes.enumMember, SemanticTokenTypes.string],
  duration: [SemanticTokenTypes.number],
  item: [SemanticTokenTypes.parameter, SemanticTokenTypes.variable],
  input: [SemanticTokenTypes.parameter, SemanticTokenTypes.variable],
  context: [SemanticTokenTypes.property],
  delimiter: [SemanticTokenTypes.keyword],
  variable: [SemanticTokenTypes.variable],
  member: [SemanticTokenTypes.property],
  function: [SemanticTokenTypes.function],
  method: [SemanticTokenTypes.method, SemanticTokenTypes.function],
  word: [SemanticTokenTypes.keyword],
  operator: [SemanticTokenTypes.operator],
  string: [SemanticTokenTypes.string],
  number: [SemanticTokenTypes.number],
  comment: [SemanticTokenTypes.comment],
} as const satisfies { readonly [K in TokenKind]: readonly string[] };

/** `consequential` is our own; a client that does not know a modifier leaves it out of account. */
const MODIFIERS = ['declaration', 'readonly', 'consequential'] as const satisfies readonly TokenModifier[];

function legendFor(capabilities: ClientCapabilities): SemanticTokensLegend {
  const known = capabilities.textDocument?.semanticTokens?.tokenTypes ?? [];
  const used = Object.values(TYPES).flatMap((types) => types.find((type) => known.includes(type)) ?? []);
  return { tokenTypes: [...new Set(used)], tokenModifiers: [...MODIFIERS] };
}

/** Five numbers a token: lines and characters from the one before, length, type, modifiers. */
function encoded(document: TextDocument, tokens: readonly Token[], capabilities: ClientCapabilities): number[] {
  const { tokenTypes } = legendFor(capabilities);
  const typeOf = new Map<TokenKind, number>();
  for (const [kind, types] of entriesOf(TYPES)) {
    const type = types.find((one) => tokenTypes.includes(one));
    if (type !== undefined) typeOf.set(kind, tokenTypes.indexOf(type));
  }
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const { kind, modifiers, range } of tokens) {
    const type = typeOf.get(kind);
    if (type === undefined) continue;
    const { start, end } = toLspRange(document, range);
    const bits = MODIFIERS.reduce((sum, one, bit) => (modifiers.includes(one) ? sum | (1 << bit) : sum), 0);
    const sameLine = start.line === line;
    data.push(start.line - line, sameLine ? start.character - character : start.character);
    data.push(end.character - start.character, type, bits);
    line = start.line;
    character = start.character;
  }
  return data;
}

function entriesOf(types: { readonly [K in TokenKind]: readonly string[] }): [TokenKind, readonly string[]][] {
  return Object.keys(types).flatMap((kind) => (isKind(kind) ? [[kind, types[kind]]] : []));
}

function isKind(kind: string): kind is TokenKind {
  return Object.hasOwn(TYPES, kind);
}
