/**
 * Of larger files only the YAML is checked, and they are neither run nor read where another file refers to them: no person
 * reviews them, and checking them would hold up the editor. UTF-16 code units.
 */
export const CHECKED_LENGTH = 2 * 1024 * 1024;
/** Larger files are not read at all. UTF-16 code units. */
export const MAX_LENGTH = 8 * 1024 * 1024;
/** Deeper nesting is not read. */
export const MAX_DEPTH = 100;
