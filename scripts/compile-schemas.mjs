// Compiles the JSON Schemas in schemas/ ahead of time into language/model/schemas.generated.ts: the schemas themselves
// (for hover, completion and the reference docs) and ajv's standalone validators, bundled so that nothing is compiled at
// start-up (compiling costs about 100 ms) and no `eval` is needed. Writes only when something changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = path.join(root, 'language/model/schemas.generated.ts');
const names = readdirSync(path.join(root, 'schemas'))
  .filter((file) => file.endsWith('.schema.json'))
  .sort()
  .map((file) => file.slice(0, -'.schema.json'.length));
const texts = names.map((name) => readFileSync(path.join(root, 'schemas', `${name}.schema.json`), 'utf8'));
const stamp = createHash('sha256')
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .update(texts.join('\0'))
  .digest('hex');
if (existsSync(target) && readFileSync(target, 'utf8').startsWith(`// ${stamp}\n`)) process.exit(0);

const { Ajv } = await import('ajv');
const { Ajv2020 } = await import('ajv/dist/2020.js');
const { default: standaloneCode } = await import('ajv/dist/standalone/index.js');
const { build } = await import('esbuild');

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

/** Keys that people and editors read, and validation does not; a validator would carry them along. */
const FOR_PEOPLE = new Set([
  '$schema',
  'description',
  'title',
  'examples',
  'default',
  'x-declares',
  'x-reference',
  'x-entity',
]);

/** What is to be validated of a schema. */
function validated(node) {
  if (Array.isArray(node)) return node.map(validated);
  if (typeof node !== 'object' || node === null) return node;
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    if (FOR_PEOPLE.has(key)) continue;
    if (['properties', 'patternProperties', '$defs', 'dependentSchemas'].includes(key))
      out[key] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, validated(one)]));
    else out[key] = ['enum', 'const', 'required'].includes(key) ? value : validated(value);
  }
  return out;
}

const schemas = texts.map((text) => JSON.parse(text));
// A schema without an `$id` describes an alert class, not a file of ours.
const all = names.map((name, index) => [
  name,
  schemas[index].$id ? schemas[index] : { ...schemas[index], $id: `alert:${name}` },
]);
const files = all.filter(([, schema]) => !schema.$id.startsWith('alert:'));
const alerts = all.filter(([, schema]) => schema.$id.startsWith('alert:'));
const OPTIONS = {
  allErrors: true,
  inlineRefs: false,
  strict: false,
  code: { source: true, esm: true },
  messages: false,
  logger: false,
};
/** Validators as source code, exported as `validate_NAME`. */
function compiled(ajv, entries) {
  for (const [, schema] of entries) ajv.addSchema(validated(discriminateSteps(schema)));
  const code = standaloneCode(
    ajv,
    Object.fromEntries(entries.map(([name, schema]) => [`validate_${name}`, schema.$id])),
  );
  return shorter(code);
}

/** The same code with one function for what it says at each of its many errors; that is a tenth of all of it. */
function shorter(code) {
  const error =
    /const (err\d+) = \{instancePath:([^;]*?),schemaPath:("[^"]*"),keyword:("[^"]*"),params:(\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\})\};if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}/g;
  return `${code.replace(error, 'vErrors = told(vErrors, $2, $3, $4, $5);')}
function told(errors, instancePath, schemaPath, keyword, params) {
  const error = { instancePath, schemaPath, keyword, params };
  if (errors === null) return [error];
  errors.push(error);
  return errors;
}
`;
}

const MODULES = {
  files: compiled(new Ajv2020(OPTIONS), files),
  // An alert's schema says what it says in one place, so the keywords that look at all of them need no code.
  alerts: compiled(new Ajv(OPTIONS), alerts),
};
const bundled = await build({
  stdin: {
    contents: Object.keys(MODULES)
      .map((name) => `export * from 'validators:${name}';`)
      .join('\n'),
    resolveDir: root,
  },
  plugins: [
    {
      name: 'validators',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^validators:/ }, ({ path: name }) => ({
          path: name.slice('validators:'.length),
          namespace: 'validators',
        }));
        onLoad({ filter: /.*/, namespace: 'validators' }, ({ path: name }) => ({
          contents: MODULES[name],
          resolveDir: root,
          loader: 'js',
        }));
      },
    },
  ],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['main'],
  minify: true,
});
const code = bundled.outputFiles[0].text;
const exported = /export\{([^}]*)\};?\s*$/.exec(code);
const locals = Object.fromEntries(
  exported[1].split(',').map((part) => {
    const [local, name = local] = part.split(' as ').map((word) => word.trim());
    return [name, local];
  }),
);
const table = (entries) => entries.map(([name]) => `${name}: ${locals[`validate_${name}`]}`).join(', ');
const lines = [
  `// ${stamp}`,
  '// @ts-nocheck generated by scripts/compile-schemas.mjs from schemas/; do not edit',
  "import type { SchemaValidator } from './validator.js';",
  `export const SCHEMAS: { readonly [name: string]: unknown } = ${JSON.stringify(Object.fromEntries(names.map((name, index) => [name, schemas[index]])))};`,
  code.slice(0, exported.index),
  `export const VALIDATORS: { readonly [name in ${files.map(([name]) => `'${name}'`).join(' | ')}]: SchemaValidator } = {${table(files)}};`,
  `export const ALERT_VALIDATORS: { readonly [name: string]: SchemaValidator } = {${table(alerts)}};`,
  '',
];
writeFileSync(target, lines.join('\n'));
