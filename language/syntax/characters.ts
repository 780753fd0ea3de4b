// Codes of the characters that YAML's structure is made of.
export const SPACE = 0x20;
export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const RETURN = 0x0d;
export const HASH = 0x23;
export const DASH = 0x2d;
export const COLON = 0x3a;
export const COMMA = 0x2c;
export const QUOTE = 0x27;
export const DOUBLE = 0x22;
export const BACKSLASH = 0x5c;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_MAP = 0x7b;
export const CLOSE_MAP = 0x7d;
export const PIPE = 0x7c;
export const GREATER = 0x3e;
