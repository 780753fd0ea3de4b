import { alertClass } from './authority/scope.js';
import { emptyFile } from './empty-file.js';
import { type FileHost, resolveReference } from './host.js';
import { buildCase } from './model/build-case.js';
import type { Case } from './model/case.js';
import { checkShape } from './model/shape.js';
import type { Problem } from './problem.js';
import { notFound } from './read-references.js';
import { inOrder } from './rules/order.js';
import { secretsIn } from './rules/secret-in-playbook.js';
import type { LineIndex } from './syntax/lines.js';
import { parseYaml, type SyntaxTree } from './syntax/parse.js';
import type { Json } from './syntax/tree.js';

/** A case with its alert, and everything wrong with either. */
export interface LoadedCase {
  readonly uri: string;
  readonly text: string;
  readonly tree: SyntaxTree;
  readonly lines: LineIndex;
  readonly case: Case;
  /** `undefined` when it could not be read; a problem says so. */
  readonly alert: { readonly uri: string; readonly text: string; readonly value: Json } | undefined;
  readonly problems: readonly Problem[];
  readonly dependencies: readonly string[];
}

/** Reads and checks a case. Never throws. `host` answers for the files it refers to. */
export function loadCase(uri: string, text: string, host: FileHost): LoadedCase {
  const tree = parseYaml(text);
  const problems: Problem[] = [...tree.problems];
  if (tree.root) problems.push(...checkShape('case', tree.root, tree.problems));
  else if (problems.length === 0) problems.push(emptyFile('case'));
  problems.push(...secretsIn(tree.root, text, 'case'));
  const read = buildCase(uri, tree.root);
  const target = read.alert && resolveReference(uri, read.alert.value);
  const at = read.alert;
  let alert: LoadedCase['alert'];
  const report = (rule: Problem['rule'], message: string): void => {
    if (at) problems.push({ rule, severity: 'error', range: at.range, message, related: [], fixes: [] });
  };
  if (at && target) {
    const source = host.read(target);
    if (source === undefined) {
      const message = `There is no file "${at.value}" beside this case (or it cannot be read as text). Correct the path, relative to this file.`;
      problems.push(notFound(uri, at, message));
    } else {
      const parsed = parseJson(source);
      if (!parsed.ok) {
        report(
          'invalid-alert',
          `"${at.value}" is not JSON: ${parsed.reason}. Export the alert as one OCSF Detection Finding in JSON.`,
        );
      } else {
        const wrong = alertProblem(parsed.value);
        if (wrong) report('invalid-alert', `"${at.value}" is not an OCSF Detection Finding: ${wrong}`);
        alert = { uri: target, text: source, value: parsed.value };
      }
    }
  }
  const events = read.events.map(({ file }) => ({ file, target: resolveReference(uri, file.value) }));
  for (const { file, target: data } of events) {
    // Event data may be far longer than any text that is read here, so only whether it is there is looked at.
    if (host.exists?.(data) ?? host.read(data) !== undefined) continue;
    const message = `There is no file "${file.value}" beside this case. Correct the path, relative to this file.`;
    problems.push(notFound(uri, file, message));
  }
  return {
    uri,
    text,
    tree,
    lines: tree.lines,
    case: read,
    alert,
    problems: inOrder(problems),
    dependencies: [...(target === undefined ? [] : [target]), ...events.map((one) => one.target)],
  };
}

/** What keeps a JSON value from being an alert of the class, as a sentence; `undefined` when nothing does. */
export function alertProblem(alert: Json, className?: string): string | undefined {
  const known = alertClass(className);
  if (!known) return `no schema for the class "${className}" is known.`;
  if (known.validate(alert)) return undefined;
  const error = known.validate.errors?.[0];
  if (!error) return 'it does not fit the schema.';
  const place = error.instancePath === '' ? 'the alert' : error.instancePath.slice(1).replaceAll('/', '.');
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return `${place} lacks "${String(params.missingProperty)}".`;
    case 'additionalProperties':
      return `${place} has "${String(params.additionalProperty)}", which is no attribute there. What has no place goes under "unmapped".`;
    case 'type':
      return `${place} must be ${/^[aeiou]/.test(String(params.type)) ? 'an' : 'a'} ${String(params.type)}.`;
    case 'const':
      return `${place} must be ${JSON.stringify(params.allowedValue)}.`;
    case 'enum':
      return `${place} must be one of ${JSON.stringify(params.allowedValues)}.`;
    default:
      return `${place} does not fit (${error.keyword}).`;
  }
}

function parseJson(
  text: string,
): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string } {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? { ok: true, value } : { ok: false, reason: 'it holds no value' };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'it cannot be read' };
  }
}

/** `JSON.parse` returns nothing else; this only tells the compiler. */
function isJson(value: unknown): value is Json {
  return value !== undefined;
}
