import type { Scope } from './check.js';
import { typeFromSchema } from './types.js';

/** What the tests of expressions see: `a` with a member of every kind, and data of that type. */
export const SCOPE: Scope = {
  variables: new Map([
    [
      'a',
      typeFromSchema({
        type: 'object',
        additionalProperties: false,
        required: ['n', 'f', 's', 'b', 'e', 'l', 'items', 'open', 'maybe'],
        properties: {
          n: { type: 'integer' },
          f: { type: 'number' },
          s: { type: 'string', description: 'Some text.' },
          b: { type: 'boolean' },
          e: { enum: ['malicious', 'benign', 'novel'] },
          l: { type: 'array', items: { type: 'integer' } },
          items: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['v'],
              properties: { v: { type: 'string' }, k: { enum: ['x', 'y'] } },
            },
          },
          open: { type: 'object', properties: { t: { type: 'string' } } },
          opt: { type: 'string' },
          maybe: { type: ['string', 'null'] },
        },
      }),
    ],
  ]),
};

export const DATA = {
  n: 3,
  f: 1.5,
  s: 'text',
  b: true,
  e: 'benign',
  l: [1, 2, 3],
  items: [{ v: 'p' }, { v: 'q', k: 'x' }],
  open: { t: 'z', more: 4 },
  maybe: null,
} as const;
