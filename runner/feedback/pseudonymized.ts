import type { JsonObject } from '../protocol/trace.js';
import { isJsonObject } from '../trace/json-object.js';
import type { CaseContent } from './case-text.js';
import type { Pseudonyms } from './pseudonyms.js';

/** The case with made-up values. People who decide stay as the policy names them: it would not know others. */
export function pseudonymized(content: CaseContent, names: Pseudonyms): CaseContent {
  const object = (value: JsonObject): JsonObject => {
    const made = names.json(value);
    return isJsonObject(made) ? made : {};
  };
  return {
    ...content,
    title: names.text(content.title),
    description: names.text(content.description),
    inputs: object(content.inputs),
    answers: content.answers.map(({ tool, with: args, output, error }) => ({
      tool,
      with: object(args),
      ...(output === undefined ? {} : { output: names.json(output) }),
      ...(error === undefined ? {} : { error: names.text(error) }),
    })),
    approvals: content.approvals.map(({ with: args, reason, ...one }) => ({
      ...one,
      ...(args === undefined ? {} : { with: object(args) }),
      ...(reason === undefined ? {} : { reason: names.text(reason) }),
    })),
    tasks: content.tasks.map(({ output, ...one }) => ({ ...one, output: object(output) })),
    undo: content.undo.map(({ reason, ...one }) => ({ ...one, reason: names.text(reason) })),
  };
}

/** Names of members that hold a value and were not changed, of everything that is data. */
export function keptIn(content: CaseContent, names: Pseudonyms): readonly string[] {
  return names.keptNames([
    content.inputs,
    ...content.answers.flatMap(({ with: args, output = null }) => [args, output]),
    ...content.approvals.map(({ with: args = {} }) => args),
    ...content.tasks.map(({ output }) => output),
  ]);
}
