import type { Node } from '../../syntax/tree.js';
import { meaningOfLiteral } from '../answers.js';
import type { PersonOnEdge } from '../model.js';
import { at, entriesOf, isTrue, itemsOf, textAt } from '../read-node.js';

/** What conditions say of an answer that they read. */
interface Said {
  readonly asked: string;
  readonly whenTrue: PersonOnEdge['says'];
  readonly whenFalse: PersonOnEdge['says'];
}

/** @param of parameters of an If or a Filter, or a rule of a Switch */
export function conditionSays(of: Node | undefined, askedIn: (text: string) => string | undefined): Said | undefined {
  const parts = partsOf(of).map((one) => compared(one, askedIn));
  const known = parts.filter((part) => part !== undefined);
  const [first] = known;
  if (!first) return undefined;
  const yes = known.find(({ whenTrue }) => whenTrue === 'approves');
  const approves = isAny(of) ? parts.every((part) => part?.whenTrue === 'approves') : yes !== undefined;
  return {
    asked: (yes ?? first).asked,
    whenTrue: approves ? 'approves' : 'refuses',
    whenFalse: parts.length === 1 ? first.whenFalse : 'refuses',
  };
}

function compared(one: Node, askedIn: (text: string) => string | undefined): Said | undefined {
  const left = textAt(one, 'leftValue') ?? textAt(one, 'value1') ?? '';
  const asked = askedIn(left);
  if (asked === undefined) return undefined;
  const operation = textAt(one, 'operator', 'operation') ?? textAt(one, 'operation') ?? 'equals';
  const right = textAt(one, 'rightValue') ?? textAt(one, 'value2') ?? '';
  const isYes = operation === 'true' || (/^equals?$/.test(operation) && meaningOfLiteral(right) === 'approves');
  const isNotYes = /^not_?equals?$/i.test(operation) && meaningOfLiteral(right) === 'approves';
  return { asked, whenTrue: isYes ? 'approves' : 'refuses', whenFalse: isNotYes ? 'approves' : 'refuses' };
}

/** Comparisons. Version 1 keeps them by type: `{ boolean: [{ value1, operation, value2 }] }`. */
function partsOf(of: Node | undefined): readonly Node[] {
  const conditions = at(of, 'conditions');
  const modern = itemsOf(at(conditions, 'conditions'));
  return modern.length > 0 ? modern : entriesOf(conditions).flatMap(({ value }) => itemsOf(value));
}

/** Whether one that holds is enough; the last two are of version 1. */
function isAny(of: Node | undefined): boolean {
  return (
    textAt(of, 'conditions', 'combinator') === 'or' ||
    textAt(of, 'combineOperation') === 'any' ||
    textAt(of, 'combineConditions') === 'OR'
  );
}

/** What has to hold, as people read it. */
function conditionText(of: Node | undefined): string {
  const parts = partsOf(of).map((one) =>
    comparisonText(
      textAt(one, 'leftValue') ?? textAt(one, 'value1'),
      textAt(one, 'operator', 'operation') ?? textAt(one, 'operation'),
      textAt(one, 'rightValue') ?? textAt(one, 'value2'),
    ),
  );
  return parts.join(isAny(of) ? ' or ' : ' and ');
}

const OF_ONE = /^(?:true|false|empty|notEmpty|exists|notExists|isEmpty|isNotEmpty)$/;

function comparisonText(left: string | undefined, operation = 'equals', right?: string): string {
  return OF_ONE.test(operation)
    ? `${sideText(left)} ${operation.startsWith('is') ? '' : 'is '}${operation}`
    : `${sideText(left)} ${operation} ${sideText(right)}`;
}

/** Without the sign that it is worked out: `={{ … }}`. */
function sideText(text = ''): string {
  return text.replace(/^=(?=\{\{)/, '') || '""';
}

/** The ways out of an If, a Filter or a Switch. */
export interface Outputs {
  /** What has to hold for each, by its number from 0; empty for one that takes what is left. */
  readonly when: ReadonlyMap<number, string>;
  /** Whether the product drops what none of them takes. */
  readonly drops: boolean;
  /** Whether each is taken that holds, and not the first. */
  readonly all: boolean;
}

/** @param type in lower case */
export function outputsOf(type: string, parameters: Node | undefined): Outputs | undefined {
  switch (type) {
    case 'if':
      return { when: numbered([conditionText(parameters), '']), drops: false, all: false };
    case 'filter':
      return { when: numbered([conditionText(parameters)]), drops: true, all: false };
    case 'switch':
      return textAt(parameters, 'mode') === 'expression' ? byExpression(parameters) : byRules(parameters);
    default:
      return undefined;
  }
}

function numbered(texts: readonly string[]): Map<number, string> {
  return new Map(texts.entries());
}

/** An expression gives the number of the output; no editor draws more of them than these. */
const MOST_OUTPUTS = 100;

function byExpression(parameters: Node | undefined): Outputs {
  const count = Number(textAt(parameters, 'numberOutputs') ?? textAt(parameters, 'outputsAmount') ?? 4);
  const output = sideText(textAt(parameters, 'output'));
  const length = count > 0 ? Math.min(count, MOST_OUTPUTS) : 0;
  return { when: numbered(Array.from({ length }, (_, index) => `${output} is ${index}`)), drops: false, all: false };
}

/** Rules have their place for the number of their output; in version 1 they name it. What fits none has an output of its own, or that of a rule. */
function byRules(parameters: Node | undefined): Outputs {
  const when = numbered(itemsOf(at(parameters, 'rules', 'values')).map(conditionText));
  for (const [index, rule] of itemsOf(at(parameters, 'rules', 'rules')).entries()) {
    const output = at(rule, 'outputKey') === undefined ? Number(textAt(rule, 'output') ?? 0) : index;
    const text = comparisonText(textAt(parameters, 'value1'), textAt(rule, 'operation'), textAt(rule, 'value2'));
    const known = when.get(output);
    when.set(output, known === undefined ? text : `${known} or ${text}`);
  }
  const left = textAt(parameters, 'options', 'fallbackOutput') ?? textAt(parameters, 'fallbackOutput') ?? 'none';
  const output = left === 'extra' ? when.size : /^\d+$/.test(left) ? Number(left) : undefined;
  if (output !== undefined) when.set(output, '');
  return { when, drops: output === undefined, all: isTrue(at(parameters, 'options', 'allMatchingOutputs')) };
}
