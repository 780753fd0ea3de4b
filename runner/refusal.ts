import type { Problem } from '../language/problem.js';
import type { LineIndex } from '../language/syntax/lines.js';
import type { RunReply } from './protocol/messages.js';

export type Refusal = Extract<RunReply, { readonly ok: false }>;

/** A run that cannot start, with the file to look at. */
export function refusal(message: string, file: string | null = null, line: number | null = null): Refusal {
  return { ok: false, message, file, line };
}

/** Why a file with errors is not run: the first one, where it stands, and how many more there are. */
export function refusalFor(path: string, lines: LineIndex, problems: readonly Problem[]): Refusal | undefined {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const [first] = errors;
  if (!first) return undefined;
  const { line, character } = lines.positionAt(first.range.start);
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  const message = `${path}:${line + 1}:${character + 1} ${first.rule}: ${first.message}${more}`;
  return refusal(message, path, line);
}
