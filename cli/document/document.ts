import { wellFormed } from '../../runner/trace/canonical.js';

/** A report that people read, as Markdown or as a page. All text in it is shown as it is: none of it is markup. */
export interface Document {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: Inline }
  | { readonly kind: 'list'; readonly items: readonly Inline[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Inline[])[] }
  /** What is not shown, and what would show it. */
  | { readonly kind: 'missing'; readonly text: Inline };

/** Text, or pieces of it. */
export type Inline = string | readonly Piece[];

/** `href`: relative to the report, or a fragment of it. */
export type Piece = string | { readonly text: string; readonly href: string } | { readonly strong: string };

export function heading(level: 2 | 3, text: string): Block {
  return { kind: 'heading', level, text };
}

export function text(...pieces: readonly Piece[]): Block {
  return { kind: 'text', text: pieces };
}

export function list(items: readonly Inline[]): Block {
  return { kind: 'list', items };
}

export function table(head: readonly string[], rows: readonly (readonly Inline[])[]): Block {
  return { kind: 'table', head, rows };
}

export function missing(...pieces: readonly Piece[]): Block {
  return { kind: 'missing', text: pieces };
}

export function piecesOf(inline: Inline): readonly Piece[] {
  return typeof inline === 'string' ? [inline] : inline;
}

/** The address of a link: relative, whatever it is called, so that it never names a scheme or another host. */
export function addressOf(href: string): string {
  const name = encodeURI(wellFormed(href)).replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'));
  return /^[./#]/.test(name) && !name.startsWith('//') ? name : `./${name}`;
}
