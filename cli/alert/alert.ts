import path from 'node:path';
import { ALERT_FORMATS, type AlertFormat, alertProblem, formatOf, mapAlert, parsedJson } from '../../language/index.js';
import { readText } from '../../runner/node-files.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shownPath, statOf } from '../files.js';
import { plain, type Terminal } from '../terminal.js';
import { mappingFilesBeside, readMappings } from './own-mappings.js';

const NAMES = ALERT_FORMATS.map(({ name }) => name);

const OPTIONS: readonly OptionSpec[] = [
  { name: 'from', placeholder: 'NAME', help: 'What wrote the alert. Default: what its members say.' },
  { name: 'mapping', placeholder: 'FILE', help: 'A mapping of your own that it is mapped by.' },
];

export const ALERT_HELP = `countersign alert map FILE [--from ${NAMES.join('|')}|NAME]
                [--mapping FILE]

Prints the alert in FILE, one JSON object as another product writes it, as the OCSF Detection Finding that cases and playbooks take.
Its entities are values of the alert, and nothing is made up; what a playbook may miss in it is said. Mappings of your own,
NAME.mapping.yaml beside the alert or in this folder, come before those that are known.

${describeOptions(OPTIONS)}

Exit: 0 mapped, 1 no such alert in it, 2 not understood, 3 no such file.
`;

export function alert(args: readonly string[], terminal: Terminal): ExitCode {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${ALERT_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(ALERT_HELP);
    return EXIT.ok;
  }
  const [what, file, ...more] = read.paths;
  if (what !== 'map')
    return usage(
      what === undefined
        ? 'What about the alert? Say "alert map FILE".'
        : `There is no "alert ${plain(what)}". Say "alert map FILE".`,
    );
  if (file === undefined || more.length > 0) return usage('Which alert? Give the path of one file.');
  if (!statOf(file)?.isFile()) {
    terminal.err(`There is no file "${plain(file)}".\n`);
    return EXIT.noInput;
  }
  if (read.options.from !== undefined && read.options.mapping !== undefined)
    return usage('Either --from, which names a format, or --mapping, which is one.');
  if (read.options.mapping !== undefined && !statOf(read.options.mapping)?.isFile()) {
    terminal.err(`There is no mapping "${plain(read.options.mapping)}".\n`);
    return EXIT.noInput;
  }
  const fails = (why: string): ExitCode => {
    terminal.err(`The alert "${plain(shownPath(file))}" cannot be mapped. ${plain(why)}\n`);
    return EXIT.problems;
  };
  const text = readText(file);
  if (!text.ok) return fails(`It cannot be read: ${text.reason}.`);
  const source = parsedJson(text.text);
  if (source === undefined) return fails('It is not JSON. Export one alert as a JSON object.');
  const { from, mapping } = read.options;
  if (from === undefined && mapping === undefined && alertProblem(source) === undefined) {
    terminal.err('It is an OCSF Detection Finding already.\n');
    terminal.out(`${JSON.stringify(source, null, 2)}\n`);
    return EXIT.ok;
  }
  const own = readMappings(mapping === undefined ? mappingFilesBeside(file) : [path.resolve(mapping)]);
  if (!own.ok) return fails(own.message);
  const formats = own.mappings.map(({ format }) => format);
  const format =
    from === undefined ? (mapping === undefined ? formatOf(source, formats) : formats[0]) : named(from, formats);
  if (!format) {
    const known = [...formats, ...ALERT_FORMATS];
    if (from !== undefined) {
      const names = [...new Set(known.map(({ name }) => name))];
      return usage(
        `There is no format "${plain(from)}". Known are ${names.join(', ')}; write a ${plain(from)}.mapping.yaml for another.`,
      );
    }
    return fails(
      `Its members are those of no format that is known: ${known.map(({ title }) => title).join(', ')}. Say which with --from, or write a mapping for it.`,
    );
  }
  const mapped = mapAlert(source, format);
  if (!mapped.ok) return fails(mapped.message);
  const written = own.mappings.find((one) => one.format === format);
  if (written) terminal.err(`Mapped by ${plain(shownPath(written.file))}.\n`);
  for (const one of mapped.missing) terminal.err(`${plain(one)}\n`);
  terminal.out(`${JSON.stringify(mapped.alert, null, 2)}\n`);
  return EXIT.ok;
}

function named(name: string, own: readonly AlertFormat[]): AlertFormat | undefined {
  return [...own, ...ALERT_FORMATS].find((one) => one.name === name);
}
