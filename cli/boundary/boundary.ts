import path from 'node:path';
import type { ForeignBoundary } from '../../language/foreign/boundary.js';
import type { ForeignPlaybook } from '../../language/foreign/model.js';
import {
  type Boundary,
  boundaryOf,
  fileKindOf,
  indexLines,
  type LineIndex,
  loadPlaybook,
} from '../../language/index.js';
import { nodeFiles, pathOf, readText } from '../../runner/node-files.js';
import { describeOptions, type OptionSpec, readArguments } from '../arguments.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findFiles, shownPath, uriOf } from '../files.js';
import { plain, type Terminal } from '../terminal.js';
import { boundaryJson } from './json.js';
import { boundaryMarkdown } from './markdown.js';
import { checkRecords, writeRecords } from './records.js';
import { boundaryText } from './text.js';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'format', values: ['text', 'json', 'markdown'], help: 'For people, for programs, or for a pull request.' },
  { name: 'write', flag: true, help: 'Write the boundary record NAME.boundary.md beside each playbook.' },
  { name: 'check', flag: true, help: 'Say which records do not say what is so. Changes nothing.' },
  { name: 'merge', placeholder: 'FILE', help: 'For git, as a merge driver: the record that a merge comes to.' },
];

export const BOUNDARY_HELP = `countersign boundary PLAYBOOK… [--format text|json|markdown]
countersign boundary --write|--check [PLAYBOOK…]
countersign boundary --merge FILE RECORD

Says what each playbook, and the playbooks it calls, may do: without a person, told afterwards, after approval, by a
person. Each act is proven to have what its level asks on every path, checked at run time, or shown with a path to
lack it. PLAYBOOK may be a folder with playbooks in it, and a playbook of another product (docs/foreign.md): of several of
those it says together what acts without a person, worst first. With --write or --check it is the current folder by default.

${describeOptions(OPTIONS)}

Exit: 0 nothing violated or unknown, 1 something is, 2 not understood, 3 no such file. With --write and --check: 0 the
records are right, 22 one is stale, missing or left over, 1 one cannot be written. With --merge: 0 merged, 1 a conflict.
`;

/** The boundary of one file, with what is needed to say where things stand. */
export interface FileBoundary {
  /** Absolute path. */
  readonly file: string;
  readonly boundary: Boundary;
  /** Lines of a file that cells point into, by URI. */
  readonly linesOf: (uri: string) => LineIndex;
  /** A file that cells point into, as people read it. */
  readonly nameOf: (uri: string) => string;
  /** Of a playbook of another product: which one, and what of it is not understood or asked in vain. */
  readonly foreign?: Pick<ForeignBoundary, 'unread'> & Pick<ForeignPlaybook, 'format' | 'notUnderstood'>;
}

export async function boundary(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const usage = (message: string): ExitCode => {
    terminal.err(`${message}\n\n${BOUNDARY_HELP}`);
    return EXIT.usage;
  };
  if (!read.ok) return usage(read.message);
  if (read.help) {
    terminal.out(BOUNDARY_HELP);
    return EXIT.ok;
  }
  const { format, merge } = read.options;
  const modes = [...read.flags, ...(merge === undefined ? [] : ['merge'])];
  if (modes.length > 1 || (modes.length > 0 && format !== undefined))
    return usage('--format, --write, --check and --merge do not go together.');
  if (merge !== undefined) {
    const [record, ...more] = read.paths;
    if (record === undefined || more.length > 0) return usage('Which record? git gives its path as %P.');
    return (await import('./merge.js')).mergeRecord(merge, record, terminal);
  }
  const paths = read.paths.length === 0 && modes.length > 0 ? ['.'] : read.paths;
  if (paths.length === 0) return usage('Which playbook? Give its path.');
  const foreign = modes.length > 0 ? undefined : await foreignAt(paths, terminal);
  const ours = foreign ? paths.filter((given) => !foreign.found.files.has(path.resolve(given))) : paths;
  const found = ours.length === 0 ? ({ ok: true, files: [] } as const) : findFiles(ours);
  const onlyForeign = foreign !== undefined && foreign.results.length > 0 && (found.ok || !found.usage);
  if (!found.ok && !onlyForeign) {
    terminal.err(`${found.message}\n`);
    return found.usage ? EXIT.usage : EXIT.noInput;
  }
  const playbooks = found.ok ? found.files.filter((file) => fileKindOf(file) === 'playbook') : [];
  if (playbooks.length === 0 && !onlyForeign) {
    terminal.err(
      `There is no playbook in ${paths.map(plain).join(', ')}: their names end in .playbook.yaml, and no file there is one of another product that is known.\n`,
    );
    return EXIT.noInput;
  }
  const results: FileBoundary[] = [];
  for (const file of playbooks) {
    const result = analyse(file);
    if (typeof result === 'string') {
      terminal.err(`The playbook "${plain(shownPath(file))}" cannot be read: ${result}.\n`);
      return EXIT.problems;
    }
    results.push(result);
  }
  if (read.flags.has('write')) return writeRecords(results, paths, terminal);
  if (read.flags.has('check')) return checkRecords(results, paths, terminal);
  const all = [...results, ...(foreign?.results ?? [])];
  switch (format) {
    case 'json':
      terminal.out(boundaryJson(all));
      break;
    case 'markdown':
      if (foreign && foreign.results.length > 1) {
        if (results.length > 0) terminal.out(`${boundaryMarkdown(results)}\n`);
        terminal.out(foreign.summary('markdown'));
      } else terminal.out(boundaryMarkdown(all));
      break;
    default:
      if (foreign && foreign.results.length > 1) {
        if (results.length > 0) terminal.out(`${boundaryText(results, terminal)}\n`);
        terminal.out(foreign.summary('text'));
      } else terminal.out(boundaryText(all, terminal));
  }
  const fails = all.some(({ boundary }) =>
    boundary.cells.some(({ verdict }) => verdict === 'violated' || verdict === 'unknown'),
  );
  return fails ? EXIT.problems : EXIT.ok;
}

/** Playbooks of other products among what is given. Loaded only where there may be any. */
async function foreignAt(paths: readonly string[], terminal: Terminal) {
  if (paths.every((given) => fileKindOf(given) !== undefined)) return undefined;
  return (await import('../foreign/boundaries.js')).foreignBoundaries(paths, terminal);
}

/** The boundary of a file, or why it cannot be read. */
function analyse(file: string): FileBoundary | string {
  const text = readText(file);
  if (!text.ok) return text.reason;
  const files = nodeFiles();
  const loaded = loadPlaybook(uriOf(file), text.text, files);
  const lines = new Map<string, LineIndex>([[loaded.uri, loaded.lines]]);
  return {
    file,
    boundary: boundaryOf(loaded),
    linesOf: (uri) => {
      const known = lines.get(uri) ?? indexLines(files.read(uri) ?? '');
      lines.set(uri, known);
      return known;
    },
    nameOf: (uri) => shownPath(pathOf(uri) ?? uri),
  };
}
