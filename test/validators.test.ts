// The validators compiled ahead are not quite ajv's: their schemas are said and their code is written in fewer words
// (scripts/validators). Here ajv is asked itself, about everything there is and what random changes make of it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { ALERT_VALIDATORS, VALIDATORS } from '../language/model/schemas.generated.js';
import { fileKindOf } from '../language/model/shape.js';
import type { SchemaError, SchemaValidator } from '../language/model/validator.js';
import { RULES } from '../language/rules/index.js';
import { parseYaml } from '../language/syntax/parse.js';
import type { Json } from '../language/syntax/tree.js';
import { toJson } from '../language/syntax/tree.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Each validator with ajv's own, and what there is to validate. */
interface Pair {
  readonly ours: SchemaValidator;
  readonly theirs: SchemaValidator;
  readonly samples: readonly Json[];
}

function pairs(): ReadonlyMap<string, Pair> {
  const ours: readonly [string, SchemaValidator][] = [
    ...Object.entries(VALIDATORS),
    ...Object.entries(ALERT_VALIDATORS),
  ];
  return new Map(
    ours.map(([name, validator]) => {
      const schema = JSON.parse(readFileSync(path.join(root, 'schemas', `${name}.schema.json`), 'utf8'));
      return [name, { ours: validator, theirs: reference(schema), samples: samples().get(name) ?? [] }];
    }),
  );
}

/** ajv's validator of a schema, where the key that names a step's kind decides which of the kinds is meant. */
function reference(schema: { $defs?: { step?: unknown; [name: string]: unknown } }): SchemaValidator {
  const kinds = Object.keys(schema.$defs ?? {}).filter((name) => name.endsWith('Step'));
  if (schema.$defs?.step)
    schema.$defs.step = kinds
      .map((kind) => [kind, kind.replace('Step', '')])
      .reduceRight<unknown>(
        (rest, [kind, key]) => ({ if: { required: [key] }, then: { $ref: `#/$defs/${kind}` }, else: rest }),
        true,
      );
  if (schema.$defs?.step) Object.assign(schema.$defs.step, { type: 'object' });
  return new Ajv2020({ allErrors: true, strict: false, messages: false, logger: false }).compile(schema);
}

function samples(): ReadonlyMap<string, readonly Json[]> {
  const found = new Map<string, Json[]>();
  const add = (kind: string | undefined, json: Json): void => {
    if (kind !== undefined) found.set(kind, [...(found.get(kind) ?? []), withPrototypes(json)]);
  };
  const folder = path.join(root, 'playbooks');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.alert.json'))
      add('detection_finding', JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
    else if (name.endsWith('.yaml'))
      add(fileKindOf(name), toJson(parseYaml(readFileSync(path.join(folder, name), 'utf8')).root));
  }
  for (const { failing, passing } of RULES)
    for (const { kind, text } of [failing, passing])
      if (kind !== 'steps') add(kind, toJson(parseYaml(text.replace(/[«»]/g, '')).root));
  return found;
}

/** ajv fails on maps without a prototype where items must differ; ours are asked about those as they come. */
function withPrototypes(json: Json): Json {
  return JSON.parse(JSON.stringify(json));
}

/** What both say alike. Of what ajv calls an unevaluated property, and where in the schema it is, nobody asks. */
function told(validator: SchemaValidator, json: Json): readonly string[] {
  const valid = validator(json);
  const errors = validator.errors ?? [];
  assert.equal(valid, errors.length === 0);
  return errors.map(said).sort();
}

function said({ instancePath, keyword, params, schemaPath }: SchemaError): string {
  const name = keyword === 'unevaluatedProperties' ? 'additionalProperties' : keyword;
  const alternative = /\/(?:anyOf|oneOf)(?:\/.*)?$/.exec(schemaPath)?.[0] ?? '';
  const { unevaluatedProperty: additionalProperty = params.additionalProperty, ...others } = params;
  return JSON.stringify([instancePath, name, { ...others, additionalProperty }, alternative]);
}

const VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  11,
  1e9,
  '',
  ' ',
  'a',
  'A b',
  'read',
  'approve',
  '10%',
  '5m',
  'T1566.001',
  'a_b.c',
  '😀',
  'x'.repeat(70),
  [],
  ['a'],
  ['a', 'a'],
  ['a', 'b', 'a', 'b'],
  [1, 1, '1'],
  [
    { a: 1, b: [2] },
    { b: [2], a: 1 },
  ],
  [[1], [1]],
  {},
  { a: 1 },
  { 'a/b~c': {} },
  { toString: 1 },
];
const KEYS = [
  'zzz',
  'a/b~c',
  'id',
  'type',
  'action',
  'gate',
  'agent',
  'stop',
  'output',
  'error',
  'tool',
  'effect',
  'constructor',
  'items',
  'enum',
];

interface Change {
  /** Where: a choice at each level from the root down. */
  readonly way: readonly number[];
  readonly what: 'replace' | 'remove' | 'add' | 'repeat';
  readonly key: string;
  readonly value: Json;
}

const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    way: fc.array(fc.nat(30), { maxLength: 9 }),
    what: fc.constantFrom('replace', 'remove', 'add', 'repeat'),
    key: fc.constantFrom(...KEYS),
    value: fc.constantFrom(...VALUES),
  }),
  { minLength: 1, maxLength: 4 },
);

function changed(json: Json, { way, what, key, value }: Change): Json {
  const [first, ...rest] = way;
  const isMap = typeof json === 'object' && json !== null && !Array.isArray(json);
  if (first !== undefined && Array.isArray(json) && json.length > 0) {
    const at = first % json.length;
    if (rest.length > 0 || what === 'replace') return json.with(at, changed(json[at], { way: rest, what, key, value }));
    return what === 'remove' ? json.toSpliced(at, 1) : [...json, what === 'add' ? value : json[at]];
  }
  if (first !== undefined && isMap && Object.keys(json).length > 0) {
    const names = Object.keys(json);
    const name = names[first % names.length] ?? '';
    const { [name]: at = null, ...others } = json as { [name: string]: Json };
    if (rest.length > 0 || what === 'replace') return { ...json, [name]: changed(at, { way: rest, what, key, value }) };
    return what === 'remove' ? others : { ...json, [key]: what === 'add' ? value : at };
  }
  return value;
}

describe('validators compiled ahead', () => {
  const all = pairs();
  for (const [name, { ours, theirs, samples }] of all) {
    it(`say of every ${name} that there is what ajv says`, () => {
      assert.ok(samples.length > 0);
      for (const json of samples) assert.deepEqual(told(ours, json), told(theirs, json));
    });

    it(`say of a ${name} with random changes what ajv says`, () => {
      fc.assert(
        fc.property(fc.constantFrom(...samples), changes, (json, edits) => {
          const text = edits.reduce(changed, json);
          assert.deepEqual(told(ours, text), told(theirs, text));
        }),
        { numRuns: 1_500 },
      );
    });
  }

  it('find a list that names maps twice, which have no prototype where they come from YAML', () => {
    const text = (items: string): Json =>
      toJson(parseYaml(`catalog: c\ntools:\n  a.b:\n    input: { x: { enum: [${items}] } }\n`).root);
    const repeated = (items: string): unknown[] => {
      VALIDATORS.tools(text(items));
      return (VALIDATORS.tools.errors ?? [])
        .filter(({ keyword }) => keyword === 'uniqueItems')
        .map(({ params }) => params);
    };
    assert.deepEqual(repeated('{ a: 1, b: 2 }, 3, { b: 2, a: 1 }'), [{ i: 2, j: 0 }]);
    assert.deepEqual(repeated('{ a: 1 }, { a: "1" }, [1], ["1"], 1, "1", .nan, null, true, "true"'), []);
  });
});
