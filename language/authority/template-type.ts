import type { Expression, Template } from '../expressions/expression.js';
import { STRING, typeOfJson, union, type ValueType } from '../expressions/types.js';
import { wordRange } from '../model/read.js';
import type { Range } from '../syntax/tree.js';

/** The type of a template's value, given the types of its expressions. */
export function typeOfTemplate(template: Template, typeOf: ReadonlyMap<Expression, ValueType>): ValueType {
  switch (template.kind) {
    case 'constant':
      return typeOfJson(template.value);
    case 'expression':
      return typeOf.get(template.expression) ?? { kind: 'any' };
    case 'text':
      return STRING;
    case 'list':
      return { kind: 'list', items: union(template.items.map((item) => typeOfTemplate(item, typeOf))) };
    case 'map':
      return {
        kind: 'object',
        open: false,
        members: new Map(
          template.entries.map((entry) => [
            entry.key,
            { type: typeOfTemplate(entry.value, typeOf), required: true, description: undefined },
          ]),
        ),
      };
  }
}

/** Where a template's value is written: its first scalar. `undefined` when it has none. */
export function rangeOfTemplate(template: Template): Range | undefined {
  switch (template.kind) {
    case 'constant':
      return template.node && wordRange(template.node);
    case 'expression':
    case 'text':
      return wordRange(template.node);
    case 'list':
      return template.items.map(rangeOfTemplate).find((range) => range !== undefined);
    case 'map':
      return template.entries.map((entry) => rangeOfTemplate(entry.value)).find((range) => range !== undefined);
  }
}
