import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { readText } from '../runner/node-files.js';
import type { Verification } from '../runner/protocol/trace.js';
import { loadPublicKey } from '../runner/trace/keys.js';
import { verifyTrace } from '../runner/trace/verify.js';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { statOf } from './files.js';
import { count, plain, type Terminal } from './terminal.js';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'checkpoint', placeholder: 'FILE', help: 'Checkpoints that were kept elsewhere, to compare the trace with.' },
  {
    name: 'key',
    placeholder: 'KEY|FILE',
    help: 'The public key that must have signed, as "countersign keys show" prints it.',
  },
  { name: 'format', values: ['text', 'json'], help: 'For people, or for programs.' },
];

export const VERIFY_HELP = `countersign verify TRACE [--checkpoint FILE] [--key KEY|FILE] [--format text|json]

Says whether a trace is as it was written, and names the first line that is not. With a checkpoint that was kept elsewhere it also
finds what the file alone cannot show: that its end was cut off, or all of it written anew.

${describeOptions(OPTIONS)}

Exit: 0 valid, 2 not understood, 3 no such file, 6 broken.
`;

export async function verify(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const [trace, ...more] = read.ok ? read.paths : [];
  if (!read.ok || (!read.help && (trace === undefined || more.length > 0))) {
    const message = read.ok
      ? trace === undefined
        ? 'Which trace? Give its path.'
        : 'One trace at a time.'
      : read.message;
    terminal.err(`${message}\n\n${VERIFY_HELP}`);
    return EXIT.usage;
  }
  if (read.help || trace === undefined) {
    terminal.out(VERIFY_HELP);
    return EXIT.ok;
  }
  const stat = statOf(trace);
  if (!stat?.isFile() || !isReadable(trace)) {
    const what = !stat ? 'There is no trace' : stat.isFile() ? 'There is no permission to read' : 'This is not a file';
    terminal.err(`${what}: "${plain(trace)}".\n`);
    return EXIT.noInput;
  }
  const key = read.options.key === undefined ? undefined : loadPublicKey(read.options.key);
  if (key && !key.ok) {
    terminal.err(`${plain(key.message)}\n`);
    return EXIT.usage;
  }
  const { checkpoint } = read.options;
  const kept = checkpoint === undefined ? undefined : readText(path.resolve(checkpoint));
  if (kept && !kept.ok) {
    terminal.err(`The checkpoints "${plain(checkpoint ?? '')}" cannot be read: ${kept.reason}.\n`);
    return EXIT.noInput;
  }
  const verification = await verifyTrace(trace, { checkpoints: kept?.text, key: key?.key });
  terminal.out(
    read.options.format === 'json'
      ? `${JSON.stringify(verification, null, 2)}\n`
      : describeVerification(verification, terminal),
  );
  return verification.valid ? EXIT.ok : EXIT.broken;
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** The result for people: the verdict first, then what may and what may not be relied on. */
export function describeVerification(
  { valid, lines, firstBad, checkpoints, established, notEstablished }: Verification,
  { paint }: Pick<Terminal, 'paint'>,
): string {
  const head = valid
    ? `${paint('green', '✓')} The trace is valid: ${count(lines, 'line')}.`
    : `${paint('red', '✗')} The trace is broken${firstBad ? ` at line ${firstBad.line}: ${plain(firstBad.reason)}` : `: ${plain(checkpoints.problems.join(' '))}`}`;
  const list = (title: string, items: readonly string[]): string =>
    items.length === 0 ? '' : `\n${title}\n${items.map((item) => `  - ${plain(item)}\n`).join('')}`;
  return `${head}\n${list('Established:', established)}${list('Not established:', notEstablished)}`;
}
