import { meaningOfLiteral } from './answers.js';
import type { PersonOnEdge } from './model.js';

/** What a condition says of a person's answer when it holds, and when it does not. */
export interface Decision {
  readonly asked: string;
  readonly whenTrue: PersonOnEdge['says'];
  readonly whenFalse: PersonOnEdge['says'];
}

/** A comparison in a text: `steps.ask.output.approved == true`, with the answer's place on the left. */
interface Comparison {
  readonly asked: string;
  /** Whether it holds only after a yes. */
  readonly approves: boolean;
  /** Whether its opposite does. */
  readonly oppositeApproves: boolean;
}

/**
 * Reads a condition in a text: comparisons joined by `and` and `or`, as KQL, YAQL, Jinja, Liquid and STIX patterns write them.
 * It approves when each of its alternatives needs a yes. What is not written so plainly approves nothing.
 *
 * @param askedIn the question whose answer a text refers to
 */
export function decisionIn(condition: string, askedIn: (text: string) => string | undefined): Decision | undefined {
  // A template that holds the answer is read; what another one puts in may be anything.
  const text = condition.replace(/(?:<%|\$?\{\{|\{%-?)(.*?)(?:-?%\}|\}\}|%>)/gs, (_, inside: string) =>
    askedIn(inside) === undefined ? '$' : ` ${inside} `,
  );
  const anywhere = askedIn(text);
  if (anywhere === undefined) return undefined;
  const nothing: Decision = { asked: anywhere, whenTrue: 'refuses', whenFalse: 'refuses' };
  // A negated group says the opposite of its parts, which is more than is read here.
  if (/\bnot\s*\(|!\s*\(/i.test(text)) return nothing;
  const alternatives = text
    .split(/\bor\b|\|\|/i)
    .map((one) => one.split(/\band\b|&&/i).map((part) => comparisonIn(part, askedIn)));
  const approving = alternatives.map((parts) => parts.find((part) => part?.approves));
  const first = approving[0];
  const whenTrue = first && approving.every((one) => one?.asked === first.asked) ? 'approves' : 'refuses';
  const only = alternatives.length === 1 && alternatives[0]?.length === 1 ? alternatives[0][0] : undefined;
  return {
    asked: first?.asked ?? anywhere,
    whenTrue,
    whenFalse: only?.oppositeApproves ? 'approves' : 'refuses',
  };
}

function comparisonIn(part: string, askedIn: (text: string) => string | undefined): Comparison | undefined {
  const asked = askedIn(part);
  if (asked === undefined) return undefined;
  const found =
    /^(.*?)(===?|!==?|<>|\bis\s+not\b|\bis\b|\bin\b|\blike\b|\bmatches\b|\bcontains\b|<=?|>=?|=|:(?!:))\s*(.*)$/is.exec(
      // STIX writes `name:value`, which is no comparison.
      part.replace(/:value\b/g, ''),
    );
  const negated = /^\s*(?:not\b|!(?!=))/i.test(part);
  if (!found) {
    // The bare name of an answer: it is true after a yes, if the answer is a yes or no.
    const isYesNo = /approv|confirm|accept|agree|allow|proceed|consent/i.test(part.replace(/^.*\./s, ''));
    return { asked, approves: isYesNo && !negated, oppositeApproves: isYesNo && negated };
  }
  const operator = (found[2] ?? '').toLowerCase();
  // The answer may stand on either side; the other one says what it is compared with.
  const [left = '', right = ''] = [found[1], found[3]];
  const literal = (askedIn(right) === undefined ? right : left).trim().replace(/^\s*not\b/i, '');
  const value = literal
    .trim()
    .replace(/[)\]\s]+$/, '')
    .replace(/^["'([\s]+|["'\s]+$/g, '');
  const isEqual = /^(?:===?|=|:|is|in|like|matches|contains)$/.test(operator);
  const isOpposite = /^(?:!==?|<>|is\s+not)$/.test(operator);
  const isYes = meaningOfLiteral(value) === 'approves';
  return {
    asked,
    approves: isYes && (negated ? isOpposite : isEqual),
    oppositeApproves: isYes && (negated ? isEqual : isOpposite),
  };
}
