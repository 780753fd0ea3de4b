import path from 'node:path';
import { fileKindOf } from '../language/index.js';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { type CheckRun, checkFiles } from './check-files.js';
import type { FoundProblems } from './check-text.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { findFiles } from './files.js';
import { fixFiles } from './fix.js';
import { githubOf } from './formats/github.js';
import { jsonOf } from './formats/json.js';
import { markdownOf } from './formats/markdown.js';
import { sarifOf } from './formats/sarif.js';
import { textOf } from './formats/text.js';
import type { Terminal } from './terminal.js';

const FORMATS = ['text', 'json', 'sarif', 'github', 'markdown'] as const;

const OPTIONS: readonly OptionSpec[] = [
  { name: 'format', values: FORMATS, help: 'For people, programs, code scanning, annotations, or a comment.' },
  { name: 'fail-on', values: ['error', 'warning'], help: 'What makes it exit with 1. Default: error.' },
  { name: 'no-suppressions', flag: true, help: 'Report what countersign.config.yaml accepts or lowers, too.' },
  { name: 'fix', flag: true, help: 'First apply the fixes that are safe without a look.' },
];

export const CHECK_HELP = `countersign check [PATH…] [--format ${FORMATS.join('|')}] [--fail-on error|warning] [--no-suppressions] [--fix]

Checks playbooks, tool catalogs, policies and their tests, cases and configurations: files, or folders with everything in them
(default: this folder). Of playbooks of other products in a file or folder that is named it warns (docs/foreign.md).

${describeOptions(OPTIONS)}

Exit: 0 clean, 1 problems, 2 not understood, 3 nothing to check.
`;

export async function check(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  if (!read.ok) {
    terminal.err(`${read.message}\n\n${CHECK_HELP}`);
    return EXIT.usage;
  }
  if (read.help) {
    terminal.out(CHECK_HELP);
    return EXIT.ok;
  }
  const given = read.paths.length > 0 ? read.paths : ['.'];
  const foreign = await foreignAt(read.paths, terminal);
  const ours = given.filter((one) => !foreign.has(path.resolve(one)));
  const found = ours.length === 0 ? ({ ok: true, files: [] } as const) : findFiles(ours);
  if (!found.ok && (found.usage || foreign.size === 0)) {
    terminal.err(`${found.message}\n`);
    return found.usage ? EXIT.usage : EXIT.noInput;
  }
  const files = found.ok ? found.files : [];
  const review = read.flags.has('no-suppressions');
  const written = !read.flags.has('fix') || fixFiles(files, review, terminal);
  const run = await checkFiles(files, review, foreign);
  terminal.out(shown(run, FORMATS.find((format) => format === read.options.format) ?? 'text', terminal));
  const { errors, warnings } = run.summary;
  const fails = errors > 0 || !written || (read.options['fail-on'] === 'warning' && warnings > 0);
  return fails ? EXIT.problems : EXIT.ok;
}

/**
 * Problems of playbooks of other products, by file. They are looked for where a path is given: who checks just everything did not
 * ask for them.
 */
async function foreignAt(paths: readonly string[], terminal: Terminal): Promise<ReadonlyMap<string, FoundProblems>> {
  if (paths.every((one) => fileKindOf(one) !== undefined)) return new Map();
  return (await import('./foreign/problems.js')).foreignProblems(paths, terminal);
}

function shown(run: CheckRun, format: (typeof FORMATS)[number], terminal: Terminal): string {
  switch (format) {
    case 'text':
      return textOf(run, terminal);
    case 'json':
      return jsonOf(run);
    case 'sarif':
      return sarifOf(run);
    case 'github':
      return githubOf(run);
    case 'markdown':
      return markdownOf(run);
  }
}
