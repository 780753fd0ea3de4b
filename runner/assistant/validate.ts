import { checkFile } from '../../language/check-file.js';
import { applyConfig } from '../../language/config/apply-config.js';
import { configFinder } from '../../language/config/find-config.js';
import { type FileKind, fileKindOf } from '../../language/model/shape.js';
import type { Problem } from '../../language/problem.js';
import { indexLines } from '../../language/syntax/lines.js';
import type { AssistantReply } from '../protocol/assistant.js';
import type { JsonObject } from '../protocol/trace.js';
import { listed, no, replyOf } from './reply.js';
import type { Workspace } from './workspace.js';

export interface ValidateInput {
  readonly file: string | undefined;
  readonly text: string | undefined;
  readonly kind: FileKind | undefined;
}

const OUTSIDE =
  'is outside of the workspace, and only files of the workspace are read. Name a file inside it, by its path from the workspace folder.';

/** What a model is told of a file that it may not ask about. */
export function outside(given: string): AssistantReply {
  return no(`"${given}" ${OUTSIDE}`);
}

/** The problems of a file, or of a text, as the editor and `countersign check` report them. */
export function validate({ file, text, kind }: ValidateInput, workspace: Workspace): AssistantReply {
  if (file === undefined) {
    if (text === undefined) return no('Say what to check: "file", or "text" with "kind".');
    if (kind === undefined) return no('What is the text? Say it with "kind", or name its "file".');
    return report(`untitled:${kind}`, text, kind, null, workspace);
  }
  const found = workspace.find(file);
  if (found === undefined) return outside(file);
  const named = fileKindOf(found.path);
  if (named === undefined) {
    return no(
      `"${file}" is no file of Countersign: names end in .playbook.yaml, .tools.yaml, .policy.yaml or .case.yaml, or are countersign.config.yaml.`,
    );
  }
  if (kind !== undefined && kind !== named) {
    return no(`"${file}" is of kind ${named} by its name, not ${kind}. Leave "kind" out when there is a file.`);
  }
  if (text !== undefined) return report(found.uri, text, named, workspace.nameOf(found.path), workspace);
  const read = workspace.read(found);
  if (!read.ok) return no(`"${file}" cannot be read: ${read.reason}.`);
  return report(found.uri, read.text, named, workspace.nameOf(found.path), workspace);
}

function report(uri: string, text: string, kind: FileKind, file: string | null, workspace: Workspace): AssistantReply {
  const host = workspace.host();
  const config = file === null ? undefined : configFinder(host, workspace.roots)(uri);
  const { problems, suppressed } = applyConfig(config, uri, text, checkFile(uri, text, host, kind).problems);
  const lines = indexLines(text);
  const shown = problems.map((problem) => shownProblem(problem, text, lines));
  const count = (severity: Problem['severity']): number => problems.filter((one) => one.severity === severity).length;
  return replyOf(['file', 'problems[].message', 'problems[].line_text'], (most) => ({
    file,
    kind,
    errors: count('error'),
    warnings: count('warning'),
    information: count('information'),
    suppressed: suppressed.length,
    ...listed('problems', shown, most),
  }));
}

/** Line and column from 1, as people and models count them. */
function shownProblem(
  { rule, severity, range, message, fixes }: Problem,
  text: string,
  lines: ReturnType<typeof indexLines>,
): JsonObject {
  const start = lines.positionAt(range.start);
  const from = lines.offsetAt({ line: start.line, character: 0 });
  const [line = ''] = text.slice(from, from + 400).split(/\r?\n/, 1);
  const [fix] = fixes;
  return {
    line: start.line + 1,
    column: start.character + 1,
    severity,
    rule,
    message,
    line_text: line,
    ...(fix === undefined ? {} : { fix: fix.title }),
  };
}
