import assert from 'node:assert/strict';
import fc from 'fast-check';
import { typeFromSchema, type ValueType } from '../expressions/types.js';
import { parseYaml } from '../syntax/parse.js';
import { objectSchemaOf } from './value-schema.js';

const schemaOf = (text: string): unknown => JSON.parse(JSON.stringify(objectSchemaOf(parseYaml(text).root)));

/** Works out all of a type: members are worked out when they are asked for. */
function visit(type: ValueType, depth = 0): void {
  if (depth > 6) return;
  if (type.kind === 'list') visit(type.items, depth + 1);
  if (type.kind === 'union') for (const option of type.options) visit(option, depth + 1);
  if (type.kind === 'object') for (const member of type.members.values()) visit(member.type, depth + 1);
}

describe('a schema as somebody wrote it', () => {
  it('is read with what is of the right form, keywords of no meaning here included', () => {
    assert.deepEqual(
      schemaOf('a: { type: string, enum: [x, y], uniqueItems: true }\nb: { type: array, items: { type: integer } }\n'),
      {
        type: 'object',
        properties: {
          a: { type: 'string', enum: ['x', 'y'], uniqueItems: true },
          b: { type: 'array', items: { type: 'integer' } },
        },
        required: ['a', 'b'],
        additionalProperties: false,
      },
    );
  });

  it('is read without what is not', () => {
    const text =
      'a: { type: 3, enum: x, required: y, properties: [z], items: w, anyOf: { v: 1 }, x-entity: moon }\nb: text\n';
    assert.deepEqual(schemaOf(text), {
      type: 'object',
      properties: { a: {}, b: {} },
      required: ['a', 'b'],
      additionalProperties: false,
    });
  });

  it('has a type, whatever it is', () => {
    const key = fc.constantFrom(
      'type',
      'enum',
      'const',
      'properties',
      'items',
      'required',
      'anyOf',
      'oneOf',
      '$ref',
      '$defs',
      'x-entity',
    );
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('string', 'object', 'array', '#/$defs/a', 1, true, null, []),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b'), value), (written) => {
        visit(typeFromSchema(objectSchemaOf(parseYaml(JSON.stringify(written)).root)));
      }),
      { numRuns: 500 },
    );
  });
});
