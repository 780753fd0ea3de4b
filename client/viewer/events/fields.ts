import type { Json } from '../../../runner/protocol/trace.js';

/** One thing a person fills in, from a property of the task's JSON Schema. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  readonly input:
    | { readonly kind: 'text' | 'number' | 'integer' | 'boolean' | 'lines' | 'json' }
    | { readonly kind: 'choice'; readonly options: readonly Json[] };
}

export type Filled =
  | { readonly ok: true; readonly output: { readonly [field: string]: Json } }
  | { readonly ok: false; readonly problems: readonly { readonly field: string; readonly message: string }[] };

/** The fields of an object schema; a property of a shape without an input of its own is filled in as JSON. */
export function fieldsOf(schema: Json): readonly Field[] {
  if (!isRecord(schema) || !isRecord(schema.properties)) return [];
  const required: readonly Json[] = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    label: isRecord(property) && typeof property.title === 'string' ? property.title : name,
    help: isRecord(property) && typeof property.description === 'string' ? property.description : '',
    required: required.includes(name),
    input: inputFor(property),
  }));
}

function inputFor(property: Json): Field['input'] {
  if (!isRecord(property)) return { kind: 'json' };
  if (Array.isArray(property.enum)) return { kind: 'choice', options: property.enum };
  switch (property.type) {
    case 'string':
      return { kind: 'text' };
    case 'number':
    case 'integer':
    case 'boolean':
      return { kind: property.type };
    case 'array':
      return isRecord(property.items) && property.items.type === 'string' ? { kind: 'lines' } : { kind: 'json' };
    default:
      return { kind: 'json' };
  }
}

/** Reads what was typed. `typed` gives each field's text; a choice gives the index of its option, or nothing. */
export function fillIn(fields: readonly Field[], typed: (name: string) => string): Filled {
  const output: [string, Json][] = [];
  const problems: { field: string; message: string }[] = [];
  for (const field of fields) {
    const text = typed(field.name);
    if (text.trim() === '') {
      if (field.required) problems.push({ field: field.name, message: `${field.label} is needed.` });
      continue;
    }
    const value = read(field, text);
    if (value === undefined)
      problems.push({ field: field.name, message: `${field.label} ${EXPECTED[field.input.kind]}.` });
    else output.push([field.name, value]);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, output: Object.fromEntries(output) };
}

const EXPECTED: Readonly<Record<Field['input']['kind'], string>> = {
  text: 'must be text',
  number: 'must be a number',
  integer: 'must be a whole number',
  boolean: 'must be yes or no',
  lines: 'must be one entry a line',
  json: 'must be JSON',
  choice: 'must be one of the choices',
};

function read({ input }: Field, text: string): Json | undefined {
  switch (input.kind) {
    case 'text':
      return text;
    case 'number':
    case 'integer': {
      const number = Number(text);
      return Number.isFinite(number) && (input.kind === 'number' || Number.isSafeInteger(number)) ? number : undefined;
    }
    case 'boolean':
      return text === 'yes' ? true : text === 'no' ? false : undefined;
    case 'lines':
      return text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean);
    case 'choice':
      return input.options[Number(text)];
    case 'json':
      try {
        const value: Json = JSON.parse(text);
        return value;
      } catch {
        return undefined;
      }
  }
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
