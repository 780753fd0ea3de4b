import type { Json } from '../../../runner/protocol/trace.js';
import { visible } from './visible.js';

export interface Token {
  readonly kind: 'key' | 'string' | 'literal' | 'mark';
  readonly text: string;
}

export interface Pretty {
  readonly tokens: readonly Token[];
  /** Whether something was left out because of `limit`. */
  readonly cut: boolean;
}

/** Nested deeper than any trace line is; the rest is shown on one line. */
const MAX_DEPTH = 200;

/**
 * JSON, indented, as pieces to colour. Hidden characters are made visible; a line feed in a string is written `⏎` and
 * breaks the line, so that text reads as text and still shows what it is.
 * @param limit most characters to produce; what a person approves is shown without one
 */
export function prettyJson(value: Json, limit = Number.POSITIVE_INFINITY): Pretty {
  const tokens: Token[] = [];
  let left = limit;
  let cut = false;
  const put = (kind: Token['kind'], text: string): void => {
    const kept = text.length > left ? text.slice(0, left) : text;
    cut ||= kept.length < text.length;
    left -= kept.length;
    if (kept !== '') tokens.push({ kind, text: kept });
  };
  // One unit more than fits, so that it is seen that something was left out.
  const string = (text: string): string => quoted(text.length > left ? text.slice(0, left + 1) : text);
  const write = (node: Json, indent: string, depth: number): void => {
    if (cut) return;
    if (typeof node === 'string') put('string', string(node));
    else if (node === null || typeof node !== 'object') put('literal', String(node));
    else if (depth > MAX_DEPTH) put('literal', visible(JSON.stringify(node)));
    else writeNested(Object.entries(node), Array.isArray(node), indent, depth);
  };
  const writeNested = (entries: readonly [string, Json][], list: boolean, indent: string, depth: number): void => {
    const inner = `${indent}  `;
    put('mark', list ? '[' : '{');
    for (const [index, [key, child]] of entries.entries()) {
      if (cut) return;
      put('mark', `${index === 0 ? '' : ','}\n${inner}`);
      if (!list) {
        put('key', string(key));
        put('mark', ': ');
      }
      write(child, inner, depth + 1);
    }
    if (entries.length > 0) put('mark', `\n${indent}`);
    put('mark', list ? ']' : '}');
  };
  write(value, '', 0);
  return { tokens, cut };
}

function quoted(text: string): string {
  const escaped = JSON.stringify(text).replace(/\\(u[0-9a-f]{4}|.)/g, (whole, what: string) =>
    what === 'n' ? '⏎\n' : what === 't' ? '⇥' : what.length === 5 ? `⟨U+${what.slice(1).toUpperCase()}⟩` : whole,
  );
  return visible(escaped, 'block');
}
