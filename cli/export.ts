import { writeFileSync } from 'node:fs';
import { fileKindOf } from '../language/model/shape.js';
import { exportedText, readableTrace } from '../runner/export/export-trace.js';
import { otlpOf, sendOtlp } from '../runner/export/otlp.js';
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
  { name: 'cacao', flag: true, help: 'A playbook as CACAO 2.0, in JSON.' },
  { name: 'date', placeholder: 'DATE', help: 'When the CACAO file says it was made: 2026-01-31. Default: now.' },
];

export const EXPORT_HELP = `countersign export TRACE --format otel|ocsf [--out FILE] [--otlp URL]
countersign export PLAYBOOK --cacao [--out FILE] [--date DATE]

Writes a trace in a form other tools read. Without what the alert, tools and models said; names of people who decide and targets of
acts are in it. Nothing leaves this machine unless --otlp names where to.
With --cacao it writes a playbook as CACAO 2.0, and "countersign import" gives the playbook back.

${describeOptions(OPTIONS)}

Exit: 0 done, 1 the playbook has errors, 2 not understood, 3 no such file, 5 could not be sent, 6 the trace is broken.
`;

export async function exportFile(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
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
  const { format, out, otlp, date } = read.options;
  if (read.flags.has('cacao')) {
    const [playbook] = read.paths;
    if (playbook === undefined || more.length > 0) return usage('Which playbook? Give the path of one file.');
    if (fileKindOf(playbook) !== 'playbook')
      return usage('--cacao is for a playbook: its name ends in .playbook.yaml.');
    if (format !== undefined || otlp !== undefined) return usage('--format and --otlp are for traces.');
    if (!statOf(playbook)?.isFile()) {
      terminal.err(`There is no playbook "${plain(playbook)}".\n`);
      return EXIT.noInput;
    }
    const { exportedCacao, momentOf } = await import('./cacao/export-cacao.js');
    const moment = date === undefined ? new Date().toISOString() : momentOf(date);
    if (moment === undefined) return usage(`"${plain(date ?? '')}" is no date, such as 2026-01-31.`);
    const exported = exportedCacao(playbook, moment, terminal);
    return exported.ok ? written(exported.text, out, terminal) : exported.code;
  }
  if (date !== undefined) return usage('--date goes with --cacao.');
  if (trace !== undefined && fileKindOf(trace) === 'playbook')
    return usage('That is a playbook. Say --cacao to export it; the other forms are for traces.');
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
  const failed = ({ broken, message }: { readonly broken: boolean; readonly message: string }): ExitCode => {
    terminal.err(`${plain(message)}\n`);
    return broken ? EXIT.broken : EXIT.noInput;
  };
  if (otlp !== undefined) {
    const readable = await readableTrace(trace);
    if (!readable.ok) return failed(readable);
    const sent = await sendOtlp(otlp, otlpOf(readable.lines), fetch);
    terminal.err(`${plain(sent.ok ? `Sent to ${otlp}.` : sent.message)}\n`);
    return sent.ok ? EXIT.ok : EXIT.failed;
  }
  const exported = await exportedText(trace, format === 'otel' ? 'otel' : 'ocsf');
  if (!exported.ok) return failed(exported);
  return written(exported.text, out, terminal);
}

/** Puts it in a new file, or on standard output. */
function written(text: string, out: string | undefined, terminal: Terminal): ExitCode {
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

function isHttp(url: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
