import type { LoadedPlaybook } from '../language/load.js';
import type { LoadedCase } from '../language/load-case.js';
import { entryOf } from '../language/syntax/tree.js';
import { pathOf } from './node-files.js';
import type { JsonObject } from './protocol/trace.js';
import { type Refusal, refusal } from './refusal.js';
import type { SchemaCheck } from './tools/schema-check.js';
import { plainJson } from './trace/canonical.js';

export type CaseInputs = { readonly ok: true; readonly value: JsonObject | undefined } | Refusal;

/** What a case gives as the playbook's `inputs`; a refusal with the place when it does not fit what the playbook takes. */
export function caseInputs({ playbook }: LoadedPlaybook, sample: LoadedCase, schemas: SchemaCheck): CaseInputs {
  const path = pathOf(sample.uri) ?? sample.uri;
  const root = sample.tree.root?.kind === 'map' ? sample.tree.root : undefined;
  const key = root && entryOf(root, 'inputs')?.key;
  const given = sample.case.inputs;
  const no = (problem: string, advice: string): Refusal => {
    const at = key?.range ?? sample.case.playbook?.range;
    const { line, character } = at ? sample.lines.positionAt(at.start) : { line: 0, character: 0 };
    const message = `${path}:${line + 1}:${character + 1} inputs: The inputs do not fit "${playbook.id?.value ?? ''}": ${problem}. ${advice}`;
    return refusal(message, path, line);
  };
  if (playbook.inputs === undefined) {
    const names = Object.keys(given);
    return names.length === 0
      ? { ok: true, value: undefined }
      : no(`it takes none, and is given ${names.join(', ')}`, 'Remove "inputs", or declare them in the playbook.');
  }
  const value: { [name: string]: JsonObject[string] } = Object.create(null);
  for (const [name, one] of Object.entries(given)) value[name] = plainJson(one);
  const problem = schemas.problem(playbook.inputs, value);
  if (problem === null) return { ok: true, value };
  const takes = Object.keys(playbook.inputs.properties ?? {}).join(', ') || 'nothing';
  return no(problem, `Give under "inputs" what the playbook takes: ${takes}.`);
}
