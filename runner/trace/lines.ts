import { MAX_LINE_BYTES } from './limits.js';

/** One line of a file: its bytes without the newline, and whether the newline was there. `undefined`: it was too long. */
export interface ByteLine {
  readonly bytes: Uint8Array | undefined;
  readonly ended: boolean;
}

/**
 * Splits a stream of bytes at newlines, and gives the lines that end in a chunk together: a million promises cost more
 * than a million lines. Holds at most `MAX_LINE_BYTES` of a line, whatever comes in.
 */
export async function* byteLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<readonly ByteLine[]> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let empty = true;
  const take = (ended: boolean): ByteLine => {
    const bytes = length > MAX_LINE_BYTES ? undefined : parts.length === 1 ? parts[0] : Buffer.concat(parts);
    parts = [];
    length = 0;
    empty = true;
    return { bytes, ended };
  };
  const add = (part: Uint8Array): void => {
    length += part.length;
    empty = false;
    if (length > MAX_LINE_BYTES) parts = [];
    else parts.push(part);
  };
  for await (const chunk of chunks) {
    const lines: ByteLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end));
      lines.push(take(true));
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (!empty) yield [take(false)];
}
