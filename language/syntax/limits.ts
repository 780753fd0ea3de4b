/** Larger files are not read: no person reviews them, and they would hold up the editor. UTF-16 code units. */
export const MAX_LENGTH = 2 * 1024 * 1024;
/** Deeper nesting is not read. */
export const MAX_DEPTH = 100;
