/** One error of a compiled ajv validator, as far as the language reads it. */
export interface SchemaError {
  /** JSON pointer to the value. */
  readonly instancePath: string;
  /** Where in the schema it is from, as far as that is in an alternative, `anyOf` or `oneOf`; else empty. */
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: { readonly [name: string]: unknown };
}

/** An ajv standalone validator: true when valid, otherwise `errors` holds what is wrong. */
export interface SchemaValidator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}
