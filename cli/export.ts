import { writeFileSync } from 'node:fs';
import { ocsfOf } from '../runner/export/ocsf.js';
import { otlpOf, sendOtlp } from '../runner/export/otlp.js';
import type { TraceLine, Verification } from '../runner/protocol/trace.js';
import { readTrace } from '../runner/trace/read.js';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { statOf } from './files.js';
import { plain, type Terminal } from './terminal.js';

const OPTIONS: readonly OptionSpec[] = [
  {
    name: 'format',
    values: ['otel', 'ocsf'],
    help: 'OpenTelemetry spans as one OTLP request in JSON, or OCSF events, one a line.',
  },
  { name: 'out', placeholder: 'FILE', help: 'Where it goes; a new file. Default: standard output.' },
  {
    name: 'otlp',
    placeholder: 'URL',
    help: 'Sends the spans to this OTLP/HTTP endpoint instead, such as http://localhost:4318/v1/traces.',
  },
];

export const EXPORT_HELP = `countersign export TRACE --format otel|ocsf [--out FILE] [--otlp URL]

Writes a trace in a form other tools read. Without what the alert, tools and models said; names of people who decide and targets of
acts are in it. Nothing leaves this machine unless --otlp names where to.

${describeOptions(OPTIONS)}

Exit: 0 done, 2 not understood, 3 no such file, 5 could not be sent, 6 the trace is broken.
`;

export async function exportTrace(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${EXPORT_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(EXPORT_HELP);
    return EXIT.ok;
  }
  const [trace, ...more] = read.paths;
  const { format, out, otlp } = read.options;
  if (trace === undefined) return usage('Which trace? Give its path.');
  if (more.length > 0) return usage('One trace at a time.');
  if (format === undefined) return usage('In which form? Say --format otel or --format ocsf.');
  if (otlp !== undefined && (format !== 'otel' || out !== undefined))
    return usage('--otlp sends spans of --format otel, and writes no file.');
  if (otlp !== undefined && !isHttp(otlp))
    return usage(`"${plain(otlp)}" is no address that starts with http:// or https://.`);
  if (!statOf(trace)?.isFile()) {
    terminal.err(`There is no trace "${plain(trace)}".\n`);
    return EXIT.noInput;
  }
  const reply = await readTrace(trace);
  if (!reply.ok) {
    terminal.err(`${plain(reply.message)}\n`);
    return EXIT.noInput;
  }
  const wrong = problemOf(reply.lines, reply.verification);
  if (wrong !== undefined) {
    terminal.err(`The trace is broken, so it is not exported: ${plain(wrong)}\n`);
    return EXIT.broken;
  }
  if (otlp !== undefined) {
    const sent = await sendOtlp(otlp, otlpOf(reply.lines), fetch);
    terminal.err(`${plain(sent.ok ? `Sent to ${otlp}.` : sent.message)}\n`);
    return sent.ok ? EXIT.ok : EXIT.failed;
  }
  const text =
    format === 'otel'
      ? `${JSON.stringify(otlpOf(reply.lines), null, 2)}\n`
      : ocsfOf(reply.lines).map((event) => `${JSON.stringify(event)}\n`).join(''); // biome-ignore format: short
  if (out === undefined) {
    terminal.out(text);
    return EXIT.ok;
  }
  try {
    writeFileSync(out, text, { flag: 'wx', mode: 0o600 });
    return EXIT.ok;
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error
        ? error.code === 'EEXIST'
          ? 'there is a file already'
          : String(error.code)
        : String(error);
    terminal.err(`"${plain(out)}" cannot be written: ${why}.\n`);
    return EXIT.usage;
  }
}

/** What makes a trace one that nobody should rely on. A run that did not end yet is none of that. */
function problemOf(lines: readonly TraceLine[], { firstBad, checkpoints }: Verification): string | undefined {
  const unfinished =
    firstBad !== null && firstBad.line === lines.length + 1 && lines.at(-1)?.event !== 'run.closed' && lines.length > 0;
  if (firstBad && !(unfinished && /^The trace is cut off: the run has no/.test(firstBad.reason)))
    return `line ${firstBad.line}: ${firstBad.reason}`;
  return checkpoints.problems[0];
}

function isHttp(url: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
