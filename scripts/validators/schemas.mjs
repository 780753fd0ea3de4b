// What is validated of a schema, said in the way that compiles to the least code and gives the same errors.

/** Keys that people and editors read, and validation does not. */
const FOR_PEOPLE = new Set(['$schema', 'description', 'title', 'examples', 'default']);
/** Keywords whose value is a schema for each of some names. */
const BY_NAME = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);
/** Keywords whose value is data. */
const DATA = new Set(['enum', 'const', 'required']);

/** @param schema a schema of ours, as parsed */
export function validated(schema) {
  return shared(closed(discriminateSteps(withoutWords(schema))));
}

function withoutWords(node) {
  if (Array.isArray(node)) return node.map(withoutWords);
  if (typeof node !== 'object' || node === null) return node;
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    if (FOR_PEOPLE.has(key) || key.startsWith('x-')) continue;
    if (BY_NAME.has(key)) out[key] = mapValues(value, withoutWords);
    else out[key] = DATA.has(key) ? value : withoutWords(value);
  }
  return out;
}

/**
 * `oneOf` over step kinds is right for other editors, but its errors name every kind. The key that names the kind decides
 * which definition applies, so validation uses a chain of conditions instead; a step of no kind or of two is reported by
 * the model builder.
 */
function discriminateSteps(schema) {
  const step = schema.$defs?.step;
  if (!step?.oneOf) return schema;
  const kinds = step.oneOf.map((kind) => kind.$ref.replace(/^#\/\$defs\/(.*)Step$/, '$1'));
  const chain = kinds.reduceRight(
    (rest, kind) => ({ if: { required: [kind] }, then: { $ref: `#/$defs/${kind}Step` }, else: rest }),
    true,
  );
  return { ...schema, $defs: { ...schema.$defs, step: { type: 'object', ...chain } } };
}

/**
 * Definitions that take in another one and allow no more keys: the keys of both are listed, where otherwise the code has to
 * keep account of what was looked at.
 */
function closed(schema) {
  const { $defs } = schema;
  if (!$defs) return schema;
  return { ...schema, $defs: mapValues($defs, close) };

  function close(definition) {
    const { unevaluatedProperties, ...rest } = definition;
    if (unevaluatedProperties === undefined) return definition;
    const parts = (rest.allOf ?? []).map(({ $ref }) => $defs[$ref.replace('#/$defs/', '')]);
    if (unevaluatedProperties !== false || parts.some((part) => Object.keys(part).join() !== 'properties'))
      throw new Error(`unevaluatedProperties is understood only beside definitions that are nothing but properties.`);
    const others = parts.flatMap(({ properties }) => Object.keys(properties));
    const known = Object.fromEntries(others.map((name) => [name, true]));
    return { ...rest, properties: { ...known, ...rest.properties }, additionalProperties: false };
  }
}

/**
 * What is said twice becomes a definition, whose code is there once. Not in alternatives and conditions: where an error is
 * from tells whether it is one of an alternative that failed.
 */
function shared(schema) {
  const counts = new Map();
  schema = placed(schema, (part) => {
    const text = JSON.stringify(part);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    return part;
  });
  const names = new Map();
  const definitions = {};
  const { $defs = {}, ...top } = schema;
  const name = (part) => {
    const text = JSON.stringify(part);
    if (part.$ref || text === '{}' || !(counts.get(JSON.stringify(expanded(part))) > 1)) return part;
    if (!names.has(text)) {
      names.set(text, `shared${names.size}`);
      definitions[names.get(text)] = part;
    }
    return { $ref: `#/$defs/${names.get(text)}` };
  };
  const expanded = (part) =>
    placed(part, (inner) => {
      const [, known] = /^#\/\$defs\/(shared\d+)$/.exec(inner.$ref ?? '') ?? [];
      return known ? expanded(definitions[known]) : inner;
    });
  const out = { ...placed(top, name), $defs: mapValues($defs, (definition) => placed(definition, name)) };
  Object.assign(out.$defs, definitions);
  return out;
}

/** The schema with `change` made to every schema in it that holds wherever it stands, innermost first. */
function placed(schema, change) {
  const inner = (part) => {
    const done = placed(part, change);
    return typeof done === 'object' && done !== null ? change(done) : done;
  };
  if (typeof schema !== 'object' || schema === null) return schema;
  const out = { ...schema };
  for (const key of ['properties', '$defs']) if (out[key]) out[key] = mapValues(out[key], inner);
  for (const key of ['items', 'additionalProperties', 'then', 'else']) {
    // That items are texts has to be seen beside "uniqueItems": they are then compared by their names, not each with each.
    if (key in out && !(key === 'items' && out.uniqueItems)) out[key] = inner(out[key]);
  }
  return out;
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
