import type { Node } from '../../syntax/tree.js';
import { meaningOfLiteral } from '../answers.js';
import type { Decision } from '../conditions.js';
import { entriesOf, itemsOf, textOf } from '../read-node.js';

/**
 * What a condition of a Logic App says of a person's answer: `{ and: [{ equals: [a, b] }] }`, or `@equals(a, b)` as a text.
 * Only a comparison with an answer that says yes approves; a comparison with the status of the mail says that somebody answered.
 */
export function decisionOf(
  node: Node | undefined,
  askedIn: (text: string) => string | undefined,
): Decision | undefined {
  const said = evaluate(node, askedIn, 0);
  return said.asked === undefined
    ? undefined
    : { asked: said.asked, whenTrue: said.whenTrue, whenFalse: said.whenFalse };
}

const SIGNS: { readonly [operator: string]: string } = {
  equals: '=',
  greater: '>',
  greaterorequals: '>=',
  less: '<',
  lessorequals: '<=',
};

/** A condition as people read it: `(a = b) and not (c contains d)`. */
export function conditionText(node: Node | undefined, depth = 0): string {
  if (node?.kind === 'scalar') return node.text;
  const [entry] = entriesOf(node);
  if (!entry || depth > MAX_DEPTH) return '';
  const operator = entry.key.text;
  if (operator.toLowerCase() === 'not') return `not (${conditionText(entry.value, depth + 1)})`;
  const parts = itemsOf(entry.value).map((one) => conditionText(one, depth + 1));
  const joins = /^(?:and|or)$/i.test(operator);
  if (joins) return parts.length === 1 ? (parts[0] ?? '') : parts.map((one) => `(${one})`).join(` ${operator} `);
  return parts.map((one) => (one === '' ? "''" : one)).join(` ${SIGNS[operator.toLowerCase()] ?? operator} `);
}

type Said = Omit<Decision, 'asked'> & { readonly asked: string | undefined };

const NOTHING: Said = { asked: undefined, whenTrue: 'refuses', whenFalse: 'refuses' };
const MAX_DEPTH = 40;

function evaluate(node: Node | undefined, askedIn: (text: string) => string | undefined, depth: number): Said {
  if (depth > MAX_DEPTH) return NOTHING;
  if (node?.kind === 'scalar') return ofText(node.text, askedIn);
  const [entry] = entriesOf(node);
  if (!entry) return NOTHING;
  const operator = entry.key.text.toLowerCase();
  const parts = (): readonly Said[] => itemsOf(entry.value).map((one) => evaluate(one, askedIn, depth + 1));
  switch (operator) {
    case 'and':
      return combined(parts(), 'whenTrue', 'whenFalse');
    case 'or':
      return combined(parts(), 'whenFalse', 'whenTrue');
    case 'not': {
      const inner = evaluate(entry.value, askedIn, depth + 1);
      return { asked: inner.asked, whenTrue: inner.whenFalse, whenFalse: inner.whenTrue };
    }
    case 'equals':
    case 'contains': {
      const [left, right] = itemsOf(entry.value).map((one) => textOf(one) ?? '');
      return compared(left ?? '', right ?? '', askedIn);
    }
    default: {
      // Another comparison may still be of an answer, and then it is what nothing good is known of.
      const asked = itemsOf(entry.value)
        .map((one) => askedIn(textOf(one) ?? ''))
        .find((one) => one !== undefined);
      return { ...NOTHING, asked };
    }
  }
}

/** All of `parts` hold: one that needs a yes is enough. That not all hold needs a yes only if each not holding does. */
function combined(parts: readonly Said[], all: 'whenTrue' | 'whenFalse', some: 'whenTrue' | 'whenFalse'): Said {
  const yes = parts.find((part) => part[all] === 'approves');
  const both = parts.length > 0 && parts.every((part) => part[some] === 'approves');
  return {
    asked: yes?.asked ?? parts.find((part) => part.asked !== undefined)?.asked,
    whenTrue: all === 'whenTrue' ? (yes ? 'approves' : 'refuses') : both ? 'approves' : 'refuses',
    whenFalse: all === 'whenFalse' ? (yes ? 'approves' : 'refuses') : both ? 'approves' : 'refuses',
  };
}

function compared(left: string, right: string, askedIn: (text: string) => string | undefined): Said {
  const asked = askedIn(left) ?? askedIn(right);
  if (asked === undefined) return NOTHING;
  const literal = (askedIn(left) === undefined ? left : right).replace(/^'|'$/g, '').trim();
  return { asked, whenTrue: meaningOfLiteral(literal), whenFalse: 'refuses' };
}

/** `@equals(a, b)` and `@not(equals(a, b))`. */
function ofText(text: string, askedIn: (text: string) => string | undefined): Said {
  const asked = askedIn(text);
  if (asked === undefined) return NOTHING;
  const found = /^@?\{?(not\()?\s*(?:equals|contains)\((.*),\s*('[^']*'|true|false)\s*\)\s*\)?\}?$/is.exec(text.trim());
  if (!found) return { ...NOTHING, asked };
  const said = compared(found[2] ?? '', (found[3] ?? '').replace(/^'|'$/g, ''), askedIn);
  return found[1] ? { asked, whenTrue: said.whenFalse, whenFalse: said.whenTrue } : said;
}
