import { type Suggestion, suggestEffects } from '../../language/foreign/effects/suggest.js';
import { EFFECTS_FILE } from '../../language/foreign/may-be.js';
import { FOREIGN_FORMATS, type ForeignFormat } from '../../language/foreign/model.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { statOf } from '../files.js';
import { type FoundForeign, findForeign } from '../foreign/found.js';
import { count, plain, type Terminal } from '../terminal.js';
import { suggestionFile } from './suggestion-file.js';

const PRODUCTS = Object.keys(FOREIGN_FORMATS);

const OPTIONS: readonly OptionSpec[] = [
  {
    name: 'product',
    values: PRODUCTS,
    help: `Print a file NAME${EFFECTS_FILE} of this product, to be checked and kept.`,
  },
];

export const CATALOG_HELP = `countersign catalog suggest PATH… [--product PRODUCT]

Lists the actions in playbooks of other products whose effect is not known, each with what it may be, why, and where it is first
called. Such an action counts as one that may do anything. What you agree with you keep in a file NAME${EFFECTS_FILE} beside the
playbooks; countersign boundary and check read it.

${describeOptions(OPTIONS)}

Exit: 0 none is left, 1 some are, 2 not understood, 3 no such playbook.
`;

export async function catalog(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${CATALOG_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(CATALOG_HELP);
    return EXIT.ok;
  }
  const [action, ...paths] = read.paths;
  if (action !== 'suggest') return usage('What to do? There is: suggest.');
  if (paths.length === 0) return usage('Of which playbooks? Give a file or a folder.');
  const missing = paths.find((one) => !statOf(one));
  if (missing !== undefined) {
    terminal.err(`There is no file or folder "${plain(missing)}".\n`);
    return EXIT.noInput;
  }
  const found = findForeign(paths);
  for (const complaint of found.complaints) terminal.err(`${plain(complaint)}\n`);
  if (found.chosen.length === 0) {
    terminal.err(`There is no playbook of another product in ${paths.map(plain).join(', ')}.\n`);
    return EXIT.noInput;
  }
  const suggestions = suggestEffects(found.chosen, found.catalogs);
  const product = PRODUCTS.find((one): one is ForeignFormat => one === read.options.product);
  if (product)
    terminal.out(
      suggestionFile(
        product,
        suggestions.filter(({ format }) => format === product),
      ),
    );
  else terminal.out(listed(suggestions, found, terminal));
  return suggestions.length === 0 ? EXIT.ok : EXIT.problems;
}

function listed(suggestions: readonly Suggestion[], { linesOf, nameOf }: FoundForeign, { paint }: Terminal): string {
  if (suggestions.length === 0) return `${paint('green', '✓')} The effect of every action is known.\n`;
  const lines = suggestions.map(({ format, action, calls, first, proposed, reason }) => {
    const where = `${nameOf(first.uri)}:${linesOf(first.uri).positionAt(first.range.start).line + 1}`;
    const guess = proposed ? `${paint('bold', proposed.effect)}: ${plain(proposed.reason)}` : 'no proposal';
    return `${paint('bold', plain(action))}  ${FOREIGN_FORMATS[format]}, ${count(calls, 'call')}  ${paint('dim', plain(where))}\n  ${guess}; ${plain(reason)}\n`;
  });
  return `${lines.join('')}\n${count(suggestions.length, 'action')} whose effect is not known.\n`;
}
