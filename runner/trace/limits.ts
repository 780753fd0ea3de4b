/** A line longer than this, in bytes without its newline, is not read; none is written that is longer with it. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Data nested deeper than this is cut off by the writer: what reads it recurses. */
export const MAX_DEPTH = 128;

/** A line nested deeper than this is refused by the reader. Above what the writer makes: a line has levels of its own. */
export const MAX_LINE_DEPTH = 160;
