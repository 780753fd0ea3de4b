import { parsedJson } from '../../json.js';
import type { Json } from '../../syntax/tree.js';
import { argumentOf } from '../given.js';
import type { ForeignArgument } from '../model.js';

/** What a parameter holds that is JSON in a text: `{"Comment": "…"}`. */
export function fieldsIn(written: string | undefined): readonly ForeignArgument[] {
  const value = written === undefined ? undefined : parsedJson(written);
  return entriesIn(value).flatMap(([name, one]) => {
    const text = textIn(one);
    return text === '' ? [] : [argumentOf(name, text)];
  });
}

/** The same of a list of names and values: `[{"FieldName": "…", "Value": "…"}]`. */
export function namedFieldsIn(written: string | undefined): readonly ForeignArgument[] {
  return listIn(written).flatMap((one) => {
    const text = textIn(fieldOf(one, 'Value'));
    return text === '' ? [] : [argumentOf(textIn(fieldOf(one, 'FieldName')), text)];
  });
}

/** A way out of a condition. */
export interface ConditionBranch {
  /** What steps behind it name it by: its place among the branches, from 1. */
  readonly number: string;
  /** What people see; there is one of each in a condition. */
  readonly name: string;
  /** What has to hold, as people read it; empty for the way that is left. */
  readonly when: string;
}

/** The branches of a condition. */
export function branchesIn(written: string | undefined): readonly ConditionBranch[] {
  const branches = listIn(written).map((one, index) => ({
    number: textIn(fieldOf(one, 'Order')) || `${index + 1}`,
    name: textIn(fieldOf(one, 'Name')),
    when: itemsIn(fieldOf(one, 'Conditions'))
      .map(comparisonIn)
      .join(textIn(fieldOf(one, 'LogicalOperator')) === '1' ? ' or ' : ' and '),
  }));
  const counts = new Map<string, number>();
  for (const { name } of branches) counts.set(name, (counts.get(name) ?? 0) + 1);
  return branches.map(({ number, name, when }) => ({
    number,
    name: name !== '' && counts.get(name) === 1 ? name : `${name} ${number}`.trim(),
    when,
  }));
}

/** What the product's numbers mean, by the names it writes beside some of them. */
const OPERATORS = ['=', 'contains', 'starts with', '>', '<', '!=', 'does not contain', 'is empty', 'is not empty'];

function comparisonIn(one: Json): string {
  const number = textIn(fieldOf(one, 'Operator'));
  const operator = OPERATORS[Number(number)] ?? `operator ${number}`;
  const left = textIn(fieldOf(one, 'FieldName'));
  return operator.startsWith('is ')
    ? `${left} ${operator}`
    : `${left} ${operator} ${textIn(fieldOf(one, 'Value')) || '""'}`;
}

function listIn(written: string | undefined): readonly Json[] {
  return itemsIn(written === undefined ? undefined : parsedJson(written));
}

function itemsIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function entriesIn(value: Json | undefined): readonly (readonly [string, Json])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function fieldOf(value: Json, key: string): Json | undefined {
  return entriesIn(value).find(([name]) => name === key)?.[1];
}

function textIn(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
