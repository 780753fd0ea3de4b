// ajv's standalone code, said shorter. ajv writes out everything it does wherever it does it; here the errors are collected in
// one list that all functions are given, and what is done all over is a call. The errors are the same ones in the same order
// (test/validators.test.ts compares them with those of ajv itself).

const PATH = String.raw`(?:"(?:[^"\\]|\\.)*"|[^",;{}])+?`;
const PARAMS = String.raw`\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}`;
const ERROR = new RegExp(
  String.raw`^\{instancePath(?::(.*?))?,schemaPath:("[^"]*"),keyword:("[^"]*"),params:(${PARAMS})(?:,propertyName:\w+)?\}$`,
);
const ONE_OF_EACH = new RegExp(
  String.raw`if\((data\d*)(\.\w+|\["[^"/~]*"\]) !== undefined\)\{(\w+)\(errors, data\d*(?:\.\w+|\["[^"]*"\]), (${PATH})\+"/[\w-]+"\);\}`,
);
const TELL = String.raw`tell\(errors, (${PATH}), ("[^"]*")`;

/**
 * What the code calls. `tell` says what an error is, as ajv does. `distinct` finds the pair that ajv finds, in one pass where
 * ajv compares each item with each, and of values without a prototype, on which ajv fails.
 */
const HELPERS = `
function tell(errors, instancePath, schemaPath, keyword, params) {
  errors.push({ instancePath, schemaPath, keyword, params });
}
function needs(errors, data, instancePath, schemaPath, names) {
  for (const name of names)
    if (data[name] === undefined) tell(errors, instancePath, schemaPath, "required", { missingProperty: name });
}
function only(errors, data, instancePath, schemaPath, names) {
  for (const key in data)
    if (!names.has(key)) tell(errors, instancePath, schemaPath, "additionalProperties", { additionalProperty: key });
}
function isMap(data) {
  return data && typeof data == "object" && !Array.isArray(data);
}
function each(errors, data, instancePath, checks) {
  for (let at = 0; at < checks.length; at += 2) {
    const value = data[checks[at]];
    if (value !== undefined) checks[at + 1](errors, value, instancePath + "/" + checks[at]);
  }
}
function distinct(errors, items, instancePath, schemaPath) {
  const seen = new Map();
  let found;
  items.forEach((item, i) => {
    const text = written(item);
    const j = seen.get(text);
    if (j !== undefined) found = { i, j };
    seen.set(text, i);
  });
  if (found) tell(errors, instancePath, schemaPath, "uniqueItems", found);
}
function written(value) {
  if (Array.isArray(value)) return "[" + value.map(written) + "]";
  if (typeof value == "object" && value)
    return "{" + Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + written(value[key])) + "}";
  return typeof value == "string" ? JSON.stringify(value) : String(value);
}
function lengthOf(text) {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    length++;
    if (text.codePointAt(at) > 0xffff) at++;
  }
  return length;
}
function escaped(key) {
  return key.replace(/~/g, "~0").replace(/\\//g, "~1");
}
function validator(check) {
  const validate = (data) => {
    const errors = [];
    check(errors, data, "");
    validate.errors = errors.length > 0 ? errors : null;
    return errors.length === 0;
  };
  return validate;
}
`;

/**
 * @param {string} code what ajv made
 * @throws {Error} when it is not of the form that is known, as after an upgrade of ajv
 */
export function shorter(code) {
  const constants = new Map();
  /** The name of a constant with this value. */
  const constant = (text) => {
    if (!constants.has(text)) constants.set(text, `constant${constants.size}`);
    return constants.get(text);
  };
  let out = code
    // An error, and what an alternative that is only tried would have said.
    .replace(
      /const (err\d+) = (\{.*?\});if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}errors\+\+;/g,
      (_, _name, error) => {
        if (error === '{}') return 'errors.push({});';
        const parts = ERROR.exec(error);
        if (!parts) throw new Error(`ajv tells an error in a way that is not known: ${error}`);
        const [, path = 'instancePath', schemaPath, keyword, params] = parts;
        return `tell(errors, ${path}, ${placeInSchema(schemaPath)}, ${keyword}, ${params});`;
      },
    )
    // The head and the end of a function.
    .replace(
      /function (\w+)\(data, \{instancePath="", parentData, parentDataProperty, rootData=data\}=\{\}\)\{(?:\/\*#.*?\*\/;)?let vErrors = null;let errors = 0;/g,
      'function $1(errors, data, instancePath){',
    )
    .replace(/\w+\.errors = vErrors;return errors === 0;\}/g, '}')
    // Another function.
    .replace(/const (wrapper\d+) = \{validate: (\w+)\};/g, (_, wrapper, name) => {
      constants.set(`${wrapper}.validate`, name);
      return '';
    })
    .replace(
      /if\(!\((\w+(?:\.validate)?)\((.+?), \{instancePath:?(.*?),parentData[^{}]*?,rootData\}\)\)\)\{vErrors = vErrors === null \? \1\.errors : vErrors\.concat\(\1\.errors\);errors = vErrors\.length;\}/g,
      (_, name, data, path) => `${constants.get(name) ?? name}(errors, ${data}, ${path || 'instancePath'});`,
    )
    // How many errors there were before something was tried, and back to those.
    .replace(
      /errors = (_errs\d+);if\(vErrors !== null\)\{if\(\1\)\{vErrors\.length = \1;\}else \{vErrors = null;\}\}/g,
      'errors.length = $1;',
    )
    .replace(/const (_errs\d+) = errors;/g, 'const $1 = errors.length;')
    .replace(/(_errs\d+) === errors\b/g, '$1 === errors.length')
    // What is asked of values all over.
    .replace(/const func\d+ = require\("ajv\/dist\/runtime\/equal"\)\.default;/g, '')
    .replace(/const (func\d+) = require\("ajv\/dist\/runtime\/ucs2length"\)\.default;/g, 'const $1 = lengthOf;')
    .replace(
      new RegExp(
        String.raw`let (i\d+) = (data\d*)\.length;let (j\d+);if\(\1 > 1\)\{(outer\d+):for\(;\1--;\)\{for\(\3 = \1; \3--;\)\{if\(func\d+\(\2\[\1\], \2\[\3\]\)\)\{${TELL}, "uniqueItems", \{i: \1, j: \3\}\);break \4;\}\}\}\}`,
        'g',
      ),
      'distinct(errors, $2, $5, $6);',
    )
    .replace(/if\((data\d*) && typeof \1 == "object" && !Array\.isArray\(\1\)\)/g, 'if(isMap($1))')
    .replace(/(data[\w.]*)\.replace\(\/~\/g, "~0"\)\.replace\(\/\\\/\/g, "~1"\)/g, 'escaped($1)')
    .replace(/(key\d+)\.replace\(\/~\/g, "~0"\)\.replace\(\/\\\/\/g, "~1"\)/g, 'escaped($1)');

  out = withoutSchemas(out, constant)
    // Keys that must be there, and keys that may be.
    .replace(
      new RegExp(
        String.raw`(?:if\((data\d*)(?:\.\w+|\["[^"]*"\]) === undefined\)\{${TELL}, "required", \{missingProperty: "[^"]*"\}\);\})(?:if\(\1(?:\.\w+|\["[^"]*"\]) === undefined\)\{tell\(errors, \2, \3, "required", \{missingProperty: "[^"]*"\}\);\})*`,
        'g',
      ),
      (run, data, path, schemaPath) => {
        const names = [...run.matchAll(/missingProperty: ("[^"]*")/g)].map(([, name]) => name);
        return `needs(errors, ${data}, ${path}, ${schemaPath}, [${names.join(',')}]);`;
      },
    )
    .replace(
      new RegExp(
        String.raw`for\(const (key\d+) in (data\d*)\)\{if\(!\((.*?)\)\)\{${TELL}, "additionalProperties", \{additionalProperty: \1\}\);\}\}`,
        'g',
      ),
      (_, key, data, known, path, schemaPath) => {
        const listed = /^func\d+\.call\((constant\d+), key\d+\)$/.exec(known);
        const names = listed
          ? Object.keys(JSON.parse([...constants].find(([, name]) => name === listed[1])[0]))
          : [...known.matchAll(new RegExp(`${key} === ("[^"]*")`, 'g'))].map(([, name]) => JSON.parse(name));
        return `only(errors, ${data}, ${path}, ${schemaPath}, ${constant(`new Set(${JSON.stringify(names)})`)});`;
      },
    );
  const exported = out
    // Keys whose values are each a matter of one other function.
    .replace(new RegExp(`(?:${ONE_OF_EACH.source}){2,}`, 'g'), (run) => {
      const all = [...run.matchAll(new RegExp(ONE_OF_EACH, 'g'))];
      const [[, data, , , path]] = all;
      if (all.some(([, other, , , where]) => other !== data || where !== path)) return run;
      const checks = all.map(([, , name, check]) => `${JSON.stringify(name.replace(/^\.|[[\]"]/g, ''))}, ${check}`);
      return `each(errors, ${data}, ${path}, ${constant(`[${checks.join(', ')}]`)});`;
    })
    .replace(/export const (validate_\w+) = (\w+);/g, 'export const $1 = validator($2);');
  const rest = /vErrors|rootData|parentData|wrapper\d|errors\+\+|schema\d+\b/.exec(exported);
  if (rest)
    throw new Error(`ajv writes code that is not known: …${exported.slice(rest.index - 200, rest.index + 200)}…`);
  const used = [...constants].filter(
    ([, name]) => new RegExp(`\\b${name}\\b`).test(exported) && /^constant/.test(name),
  );
  return `${exported}\n${used.map(([text, name]) => `const ${name} = ${text};`).join('\n')}${HELPERS}`;
}

/** Where in a schema an error is from, as far as anybody asks: that is whether it is in an alternative that failed. */
function placeInSchema(schemaPath) {
  return /\/(anyOf|oneOf)\b/.test(schemaPath) ? schemaPath : '""';
}

/** ajv carries the schemas along for the lists of words and names in them; those lists are enough. */
function withoutSchemas(code, constant) {
  const schemas = new Map();
  const kept = code.replace(/const (schema\d+) = (\{.*?\});(?=const |function |export |$|\n)/g, (_, name, json) => {
    schemas.set(name, JSON.parse(json));
    return '';
  });
  return kept.replace(/\b(schema\d+)((?:\.[A-Za-z_$][\w$]*|\["(?:[^"\\]|\\.)*"\])+)/g, (_, name, path) => {
    let value = schemas.get(name);
    let names = false;
    for (const [, plain, quoted] of path.matchAll(/\.([A-Za-z_$][\w$]*)|\[("(?:[^"\\]|\\.)*")\]/g)) {
      names = (plain ?? '') === 'properties';
      value = value[plain ?? JSON.parse(quoted)];
    }
    return constant(JSON.stringify(names ? Object.fromEntries(Object.keys(value).map((key) => [key, 1])) : value));
  });
}
