import type { Range, ScalarNode } from './tree.js';

/**
 * Where characters `start` to `end` of a scalar's decoded text stand in the file. `text` is the file's. Offsets are UTF-16
 * code units. What decoding made of several characters (an escape, a folded line break) is covered whole.
 */
export function sourceRange(node: ScalarNode, text: string, start: number, end: number): Range {
  const map = offsetsOf(node, text);
  const from = map[Math.max(0, Math.min(start, map.length - 1))] ?? node.range.start;
  const last = end > start ? (map[Math.min(end - 1, map.length - 1)] ?? from) : from;
  const after = end > start ? (map[Math.min(end, map.length - 1)] ?? node.range.end) : from;
  // A line break and the indentation after it belong to no word: end right after the last character where that is simple.
  const simple = text[last] !== undefined && text[last] === node.text[Math.min(end, node.text.length) - 1];
  return { start: from, end: end <= start ? from : simple ? last + 1 : after };
}

/** For each UTF-16 unit of the decoded text where it starts in the file; and where the text ends, last. */
function offsetsOf(node: ScalarNode, text: string): readonly number[] {
  switch (node.style) {
    case 'plain':
      return flowOffsets(node, text, node.range.start, node.range.end, () => 1);
    case 'single':
      return flowOffsets(node, text, node.range.start + 1, node.range.end - 1, (at) =>
        text[at] === "'" && text[at + 1] === "'" ? 2 : 1,
      );
    case 'double':
      return flowOffsets(node, text, node.range.start + 1, node.range.end - 1, (at) =>
        text[at] === '\\' ? escapeLength(text, at) : 1,
      );
    case 'literal':
    case 'folded':
      return blockOffsets(node, text);
  }
}

/** Walks source and decoded text together; a run of line breaks and blanks stands for a space or for line breaks. */
function flowOffsets(
  node: ScalarNode,
  text: string,
  from: number,
  to: number,
  lengthAt: (at: number) => number,
): readonly number[] {
  const map: number[] = [];
  let at = from;
  while (at < to && map.length < node.text.length) {
    const fold = /^[ \t]*(?:\r\n|\r|\n)\s*/.exec(text.slice(at, Math.min(to, at + 4000)));
    if (fold) {
      const breaks = fold[0].match(/\r\n|\r|\n/g)?.length ?? 1;
      for (let unit = 0; unit < Math.max(1, breaks - 1); unit++) map.push(at);
      at += fold[0].length;
      continue;
    }
    const length = lengthAt(at);
    if (text[at] === '\\' && /[\r\n]/.test(text[at + 1] ?? '')) {
      at += length;
      continue;
    }
    const wide = length >= 10 && Number.parseInt(text.slice(at + 2, at + 10), 16) > 0xffff;
    map.push(at);
    if (wide) map.push(at);
    at += length;
  }
  while (map.length < node.text.length) map.push(at);
  map.push(Math.min(at, to));
  return map;
}

function escapeLength(text: string, at: number): number {
  switch (text[at + 1]) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    case '\r':
    case '\n':
      return 1 + (/^\r?\n?[ \t]*/.exec(text.slice(at + 1, at + 400))?.[0].length ?? 1);
    default:
      return 2;
  }
}

/** Each line of a block scalar loses its indentation; folding turns single line breaks into spaces. */
function blockOffsets(node: ScalarNode, text: string): readonly number[] {
  const { start, end } = node.range;
  const header = /^[^\n]*\n/.exec(text.slice(start, end))?.[0].length ?? end - start;
  const body = text.slice(start + header, end);
  const indicator = /^[|>][+-]?([1-9])/.exec(text.slice(start, start + header));
  const first = /^(?:[ \t]*\r?\n)*( *)[^\s]/.exec(body)?.[1]?.length ?? 0;
  const indent = indicator ? indentOf(body, first) : first;
  const map: number[] = [];
  let at = 0;
  for (let unit = 0; unit < node.text.length; ) {
    const wanted = node.text[unit];
    const lineStart = at === 0 || body[at - 1] === '\n';
    if (lineStart) at += Math.min(indent, /^ */.exec(body.slice(at, at + indent))?.[0].length ?? 0);
    const here = body[at];
    if (here === undefined) {
      map.push(start + header + at);
      unit++;
    } else if (here === '\r' && body[at + 1] === '\n') {
      at++;
    } else if (here === '\n') {
      if (wanted === '\n' || (wanted === ' ' && node.style === 'folded')) {
        map.push(start + header + at);
        unit++;
      }
      at++;
    } else {
      map.push(start + header + at);
      unit++;
      at++;
    }
  }
  map.push(Math.min(start + header + at, end));
  return map;
}

/** With an explicit indentation indicator the least indentation of a line with text is at most the block's. */
function indentOf(body: string, first: number): number {
  let least = first;
  for (const match of body.matchAll(/^( *)\S/gm)) least = Math.min(least, match[1]?.length ?? 0);
  return least;
}
