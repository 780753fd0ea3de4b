import { type CST, Lexer, Parser } from 'yaml';
import { MAX_DEPTH } from './limits.js';

type Token = CST.Token;

/** The tokens of a text, without what the language does not have: that is set aside, to be reported. */
export interface Tokens {
  readonly tokens: readonly Token[];
  /** Anchors, tags and aliases, in source order. */
  readonly properties: readonly {
    readonly kind: 'anchor' | 'tag' | 'alias';
    readonly start: number;
    readonly end: number;
  }[];
  readonly directives: readonly { readonly start: number; readonly end: number }[];
  /** Where quotes open that are never closed. */
  readonly openQuotes: readonly number[];
  /** Brackets that are never closed. */
  readonly openBrackets: readonly number[];
  /** Where the second document starts. */
  readonly secondDocument: number | undefined;
}

/** The tokens of `text`, or where it nests too deep to be read at all. */
export function tokenize(text: string): Tokens | { readonly tooDeepAt: number } {
  const parser = new Parser();
  const tokens: Token[] = [];
  const errors = { line: -1, onLine: 0, all: 0 };
  const keep = (token: Token): void => {
    if (token.type === 'error' && isSurplus(text, token.offset, errors)) return;
    tokens.push(token);
  };
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) keep(token);
    // The document itself and a scalar are on the stack, too.
    if (parser.stack.length > MAX_DEPTH + 2)
      return { tooDeepAt: Math.min(parser.offset, Math.max(0, text.length - 1)) };
  }
  for (const token of parser.end()) keep(token);
  return sift(tokens);
}

/** Errors kept of one line, and of a file: of something that is no YAML at all each token may be one. */
const MAX_ON_LINE = 5;
const MAX_ERRORS = 1_000;

/** Whether one more error at `offset` tells nothing new. Counts it. */
function isSurplus(text: string, offset: number, counted: { line: number; onLine: number; all: number }): boolean {
  const line = text.lastIndexOf('\n', offset - 1);
  if (line !== counted.line) {
    counted.line = line;
    counted.onLine = 0;
  }
  counted.onLine++;
  if (counted.onLine > MAX_ON_LINE) return true;
  counted.all++;
  return counted.all > MAX_ERRORS;
}

function sift(all: readonly Token[]): Tokens {
  const properties: { kind: 'anchor' | 'tag' | 'alias'; start: number; end: number }[] = [];
  const directives: { start: number; end: number }[] = [];
  const openQuotes: number[] = [];
  const openBrackets: number[] = [];
  const pending: Token[] = [];
  const documents: number[] = [];

  const sifted = (tokens: CST.SourceToken[]): CST.SourceToken[] => {
    if (!tokens.some((token) => token.type === 'anchor' || token.type === 'tag')) return tokens;
    return tokens.filter((token) => {
      if (token.type !== 'anchor' && token.type !== 'tag') return true;
      properties.push({ kind: token.type, start: token.offset, end: token.offset + token.source.length });
      return false;
    });
  };
  const visit = (token: Token): void => {
    switch (token.type) {
      case 'document':
        token.start = sifted(token.start);
        if (token.value) pending.push(token.value);
        return;
      case 'alias':
        properties.push({ kind: 'alias', start: token.offset, end: token.offset + token.source.length });
        return;
      case 'single-quoted-scalar':
      case 'double-quoted-scalar':
        if (isOpen(token.source)) openQuotes.push(token.offset);
        return;
      case 'block-scalar':
        for (const prop of token.props) {
          if (prop.type !== 'anchor' && prop.type !== 'tag') continue;
          properties.push({ kind: prop.type, start: prop.offset, end: prop.offset + prop.source.length });
        }
        token.props = token.props.filter((prop) => prop.type !== 'anchor' && prop.type !== 'tag');
        return;
      case 'flow-collection':
        if (!token.end.some((end) => end.type === 'flow-map-end' || end.type === 'flow-seq-end'))
          openBrackets.push(token.start.offset);
        for (const item of token.items) visitItem(item);
        return;
      case 'block-map':
      case 'block-seq':
        for (const item of token.items) visitItem(item);
        return;
    }
  };
  const visitItem = (item: CST.CollectionItem): void => {
    item.start = sifted(item.start);
    if (item.sep) item.sep = sifted(item.sep);
    if (item.key) pending.push(item.key);
    if (item.value) pending.push(item.value);
  };

  const tokens: Token[] = [];
  for (const token of all) {
    if (token.type === 'directive') {
      directives.push({ start: token.offset, end: token.offset + token.source.length });
      continue;
    }
    if (token.type === 'document') documents.push(startOfDocument(token));
    tokens.push(token);
    pending.push(token);
    for (let next = pending.pop(); next; next = pending.pop()) visit(next);
  }
  const byPlace = (a: number, b: number): number => a - b;
  return {
    tokens,
    properties: properties.sort((a, b) => a.start - b.start),
    directives,
    openQuotes: openQuotes.sort(byPlace),
    openBrackets: openBrackets.sort(byPlace),
    secondDocument: documents[1],
  };
}

/** Where its marker stands, or else its first word. */
function startOfDocument(document: CST.Document): number {
  const marker = document.start.find((token) => token.type === 'doc-start');
  return marker?.offset ?? document.value?.offset ?? document.offset;
}

function isOpen(source: string): boolean {
  const quote = source[0];
  if (source.length < 2 || source.at(-1) !== quote) return true;
  if (quote !== '"') return false;
  // The last quote may be an escaped one.
  let slashes = 0;
  for (let at = source.length - 2; at > 0 && source[at] === '\\'; at--) slashes++;
  return slashes % 2 === 1;
}
