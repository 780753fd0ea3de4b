/** A place in a text: zero-based line, and UTF-16 code units from its start. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Offsets to lines and back. Lines end with `\n`, `\r\n` or a lone `\r`, as in VS Code and the LSP. */
export interface LineIndex {
  readonly lineCount: number;
  /** Offsets outside the text count as its nearest end. */
  positionAt(offset: number): Position;
  /** Positions outside the text count as the nearest in it. */
  offsetAt(position: Position): number;
  /** Where a line starts and ends, its line break left out. */
  lineRange(line: number): { readonly start: number; readonly end: number };
}

/** The line index of `text`. The first lookup is linear, each further one a binary search. */
export function indexLines(text: string): LineIndex {
  let index: readonly number[] | undefined;
  const startsOf = (): readonly number[] => {
    index ??= lineStarts(text);
    return index;
  };
  const startOf = (line: number): number => startsOf()[line] ?? text.length;
  const endOf = (line: number): number => {
    let end = line + 1 < startsOf().length ? startOf(line + 1) : text.length;
    while (end > startOf(line) && (text.charCodeAt(end - 1) === 10 || text.charCodeAt(end - 1) === 13)) end--;
    return end;
  };
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));
  return {
    get lineCount() {
      return startsOf().length;
    },
    positionAt(offset) {
      const wanted = clamp(offset, text.length);
      let low = 0;
      let high = startsOf().length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (startOf(middle) <= wanted) low = middle;
        else high = middle - 1;
      }
      return { line: low, character: wanted - startOf(low) };
    },
    offsetAt({ line, character }) {
      if (line < 0) return 0;
      if (line >= startsOf().length) return text.length;
      return clamp(startOf(line) + Math.max(0, character), endOf(line));
    },
    lineRange(line) {
      const at = clamp(line, startsOf().length - 1);
      return { start: startOf(at), end: endOf(at) };
    },
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return starts;
}
