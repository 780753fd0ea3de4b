import type { Range as LspRange, Position } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range } from '../language/syntax/tree.js';

/** Offsets to an LSP range, zero-based lines and UTF-16 characters. */
export function toLspRange(document: TextDocument, range: Range): LspRange {
  return { start: document.positionAt(range.start), end: document.positionAt(range.end) };
}

export function fromLspRange(document: TextDocument, range: LspRange): Range {
  return { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
}

/** An offset to an LSP position. */
export function toLspPosition(document: TextDocument, offset: number): Position {
  return toLspRange(document, { start: offset, end: offset }).start;
}

export function fromLspPosition(document: TextDocument, position: Position): number {
  return fromLspRange(document, { start: position, end: position }).start;
}
