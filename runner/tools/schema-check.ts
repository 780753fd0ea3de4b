import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JsonSchema } from '../../language/model/json-schema.js';
import type { Json } from '../protocol/trace.js';

/** Checks values against the schemas of catalogs and playbooks. One per run: a schema is compiled once. */
export interface SchemaCheck {
  /** What is wrong with `value`, as a clause that names the member; `null` when nothing is. */
  problem(schema: JsonSchema, value: Json): string | null;
}

export function schemaCheck(): SchemaCheck {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: false,
    ownProperties: true,
    validateSchema: false,
    addUsedSchema: false,
    logger: false,
  });
  formats.default(ajv);
  const compiled = new WeakMap<JsonSchema, ValidateFunction | string>();

  const validatorOf = (schema: JsonSchema): ValidateFunction | string => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    let made: ValidateFunction | string;
    try {
      made = ajv.compile(schema);
    } catch (error) {
      made = `its schema cannot be used (${error instanceof Error ? error.message : 'unknown fault'})`;
    }
    compiled.set(schema, made);
    return made;
  };

  return {
    problem(schema, value) {
      const validate = validatorOf(schema);
      if (typeof validate === 'string') return validate;
      if (validate(value)) return null;
      const error = validate.errors?.[0];
      return error ? clause(error) : 'it does not fit its schema';
    },
  };
}

function clause({ instancePath, keyword, params, message }: ErrorObject): string {
  const place = instancePath === '' ? '' : instancePath.slice(1).replaceAll('/', '.');
  const at = place === '' ? 'it' : `"${shown(place)}"`;
  switch (keyword) {
    case 'required':
      return `${place === '' ? '' : `${at} lacks `}"${shown(String(params.missingProperty))}"${place === '' ? ' is missing' : ''}`;
    case 'additionalProperties':
      return `"${shown(String(params.additionalProperty))}" is not one of its members`;
    case 'enum':
      return `${at} must be one of ${JSON.stringify(params.allowedValues)}`;
    case 'type':
      return `${at} must be ${String(params.type)}`;
    default:
      return `${at} ${message ?? 'does not fit'}`;
  }
}

/** A name that came from outside, bounded. */
function shown(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
