import { ANY, BOOL, INT, NUMBER, STRING, type ValueType } from './types.js';

/** A function or method of CEL that playbooks may use. Only what is listed here can be called. */
export interface CelFunction {
  /** For a method, what stands before the dot: any of these kinds. `undefined` for a function. */
  readonly on: readonly ValueType['kind'][] | undefined;
  /** Kinds of each argument. */
  readonly takes: readonly (readonly ValueType['kind'][])[];
  readonly gives: ValueType;
  /** For completion and hover. */
  readonly signature: string;
  readonly description: string;
}

const SIZED: readonly ValueType['kind'][] = ['string', 'list', 'object'];
const TEXT: readonly ValueType['kind'][] = ['string'];
const NUMERIC: readonly ValueType['kind'][] = ['int', 'number', 'string'];

function method(takes: CelFunction['takes'], gives: ValueType, signature: string, description: string): CelFunction {
  return { on: TEXT, takes, gives, signature, description };
}

/** By name; a name may be both a function and a method. */
export const FUNCTIONS: ReadonlyMap<string, readonly CelFunction[]> = new Map<string, readonly CelFunction[]>([
  [
    'size',
    [
      {
        on: undefined,
        takes: [SIZED],
        gives: INT,
        signature: 'size(x)',
        description: 'Length of a text, or number of items.',
      },
      { on: SIZED, takes: [], gives: INT, signature: 'x.size()', description: 'Length of a text, or number of items.' },
    ],
  ],
  ['startsWith', [method([TEXT], BOOL, 'text.startsWith(prefix)', 'Whether a text starts with another.')]],
  ['endsWith', [method([TEXT], BOOL, 'text.endsWith(suffix)', 'Whether a text ends with another.')]],
  ['contains', [method([TEXT], BOOL, 'text.contains(part)', 'Whether a text has another in it.')]],
  [
    'matches',
    [
      method(
        [TEXT],
        BOOL,
        'text.matches(pattern)',
        'Whether a regular expression is found in a text. Patterns that could take forever are refused.',
      ),
    ],
  ],
  ['lowerAscii', [method([], STRING, 'text.lowerAscii()', 'The text with A to Z in lower case.')]],
  ['upperAscii', [method([], STRING, 'text.upperAscii()', 'The text with a to z in upper case.')]],
  ['trim', [method([], STRING, 'text.trim()', 'The text without blanks at its ends.')]],
  [
    'split',
    [
      method(
        [TEXT],
        { kind: 'list', items: STRING },
        'text.split(separator)',
        'The parts of a text between separators.',
      ),
    ],
  ],
  [
    'join',
    [
      {
        on: ['list'],
        takes: [TEXT],
        gives: STRING,
        signature: 'list.join(separator)',
        description: 'The texts of a list as one.',
      },
    ],
  ],
  [
    'string',
    [
      {
        on: undefined,
        takes: [['int', 'number', 'bool', 'string', 'timestamp', 'duration']],
        gives: STRING,
        signature: 'string(x)',
        description: 'A value as text.',
      },
    ],
  ],
  [
    'int',
    [{ on: undefined, takes: [NUMERIC], gives: INT, signature: 'int(x)', description: 'A value as a whole number.' }],
  ],
  [
    'double',
    [{ on: undefined, takes: [NUMERIC], gives: NUMBER, signature: 'double(x)', description: 'A value as a number.' }],
  ],
  [
    'timestamp',
    [
      {
        on: undefined,
        takes: [['string', 'int']],
        gives: { kind: 'timestamp' },
        signature: 'timestamp(text)',
        description: 'A point in time from RFC 3339 text.',
      },
    ],
  ],
  [
    'duration',
    [
      {
        on: undefined,
        takes: [TEXT],
        gives: { kind: 'duration' },
        signature: "duration('1h30m')",
        description: 'A length of time.',
      },
    ],
  ],
  ['type', [{ on: undefined, takes: [[]], gives: ANY, signature: 'type(x)', description: 'The type of a value.' }]],
]);

/** `list.exists(x, …)` and its kin, for completion and hover. */
export const MACRO_SIGNATURES: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['all', ['list.all(x, condition)', 'Whether the condition holds for every item.']],
  ['exists', ['list.exists(x, condition)', 'Whether the condition holds for some item.']],
  ['exists_one', ['list.exists_one(x, condition)', 'Whether the condition holds for exactly one item.']],
  ['filter', ['list.filter(x, condition)', 'The items for which the condition holds.']],
  ['map', ['list.map(x, value)', 'A value made of each item.']],
  ['has', ['has(a.b)', 'Whether a member is there.']],
]);
