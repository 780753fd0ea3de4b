import { ALERT_FORMATS, formatOf, mapAlert, parsedJson } from '../../language/index.js';
import { readText } from '../../runner/node-files.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shownPath, statOf } from '../files.js';
import { plain, type Terminal } from '../terminal.js';

const NAMES = ALERT_FORMATS.map(({ name }) => name);

const OPTIONS: readonly OptionSpec[] = [
  { name: 'from', values: NAMES, help: 'What wrote the alert. Default: what its members say.' },
];

export const ALERT_HELP = `countersign alert map FILE [--from ${NAMES.join('|')}]

Prints the alert in FILE, one JSON object as another product writes it, as the OCSF Detection Finding that cases and playbooks take.
Its entities are values of the alert, and nothing is made up; what a playbook may miss in it is said.

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
  const fails = (why: string): ExitCode => {
    terminal.err(`The alert "${plain(shownPath(file))}" cannot be mapped. ${plain(why)}\n`);
    return EXIT.problems;
  };
  const text = readText(file);
  if (!text.ok) return fails(`It cannot be read: ${text.reason}.`);
  const source = parsedJson(text.text);
  if (source === undefined) return fails('It is not JSON. Export one alert as a JSON object.');
  const { from } = read.options;
  const format = from === undefined ? formatOf(source) : ALERT_FORMATS.find(({ name }) => name === from);
  if (!format) {
    const known = ALERT_FORMATS.map(({ title }) => title).join(', ');
    return fails(
      `Its members are those of no format that is known: ${known}. Say which with --from, or map it by hand.`,
    );
  }
  const mapped = mapAlert(source, format);
  if (!mapped.ok) return fails(mapped.message);
  for (const one of mapped.missing) terminal.err(`${plain(one)}\n`);
  terminal.out(`${JSON.stringify(mapped.alert, null, 2)}\n`);
  return EXIT.ok;
}
