import type { ExportFormat, ExportReply } from '../protocol/messages.js';
import type { TraceLine, Verification } from '../protocol/trace.js';
import { readTrace } from '../trace/read.js';
import { NOT_CLOSED } from '../trace/verify.js';
import { ocsfOf } from './ocsf.js';
import { otlpOf } from './otlp.js';

/**
 * A trace as the text of a file that other tools read: one OTLP request in JSON, or OCSF events, one a line. A trace that
 * nobody should rely on is not exported; one whose run goes on or broke off is, as far as it got.
 */
export async function exportedText(path: string, format: ExportFormat): Promise<ExportReply> {
  const read = await readableTrace(path);
  if (!read.ok) return read;
  const text =
    format === 'otel'
      ? `${JSON.stringify(otlpOf(read.lines), null, 2)}\n`
      : ocsfOf(read.lines).map((event) => `${JSON.stringify(event)}\n`).join(''); // biome-ignore format: short
  return { ok: true, text };
}

/** The lines of a trace that may be exported. `broken`: it is there, and is not as it was written. */
export async function readableTrace(
  path: string,
): Promise<
  | { readonly ok: true; readonly lines: readonly TraceLine[] }
  | { readonly ok: false; readonly broken: boolean; readonly message: string }
> {
  const reply = await readTrace(path);
  if (!reply.ok) return { ok: false, broken: false, message: reply.message };
  const wrong = problemOf(reply.verification);
  if (wrong === undefined) return { ok: true, lines: reply.lines };
  return { ok: false, broken: true, message: `The trace is broken, so it is not exported: ${wrong}` };
}

/** What makes a trace one that nobody should rely on. A run that did not end yet is none of that. */
function problemOf({ firstBad, checkpoints }: Verification): string | undefined {
  if (firstBad && firstBad.reason !== NOT_CLOSED) return `line ${firstBad.line}: ${firstBad.reason}`;
  return checkpoints.problems[0];
}
