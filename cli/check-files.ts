import { existsSync } from 'node:fs';
import {
  applyConfig,
  CONFIG_NAME,
  type Config,
  checkFile,
  configFinder,
  covers,
  type FileHost,
  indexLines,
  type LineIndex,
  type Problem,
  type Suppression,
  unusedOfFolders,
} from '../language/index.js';
import { nodeFiles, pathOf, readText, type TextFault } from '../runner/index.js';
import { findFiles, uriOf } from './files.js';

/** A file that was checked, with its problems in source order. */
export interface CheckedText {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  readonly lines: LineIndex;
  /** What is reported. */
  readonly problems: readonly Problem[];
  /** What is not, because the configuration accepts it. */
  readonly suppressed: readonly { readonly problem: Problem; readonly by: Suppression }[];
}

export interface CheckSummary {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
  readonly suppressed: number;
}

/** What a check found, for whatever form it is shown in. */
export interface CheckRun {
  readonly files: readonly CheckedText[];
  readonly summary: CheckSummary;
  /** Other files that problems point into. */
  readonly host: FileHost;
}

/**
 * Checks files, and the configurations that hold for them. `review` reports what configurations accept or lower, too.
 * What is on disk now counts: call it again after a file changed.
 */
export function checkFiles(given: readonly string[], review: boolean): CheckRun {
  const unreadable = new Set<string>();
  const host = hostOf(unreadable);
  const configOf = configFinder(host, [uriOf('.')]);
  const configs = new Set(given.flatMap((file) => configOf(uriOf(file)) ?? []));
  const inForce = [...configs].flatMap(({ uri }) => pathOf(uri) ?? []);
  const all = [...new Set([...given, ...inForce, ...unreadable])].sort();
  const used = new Set<Suppression>();
  const checked = all.map((file) => checkText(file, host, configOf(uriOf(file)), review, used));
  const files = checked.map((file) => withUnusedFolders(file, configs, used, new Set(all), configOf));
  const problems = files.flatMap((file) => file.problems);
  const summary = {
    files: files.length,
    errors: problems.filter(({ severity }) => severity === 'error').length,
    warnings: problems.filter(({ severity }) => severity === 'warning').length,
    suppressed: files.reduce((sum, { suppressed }) => sum + suppressed.length, 0),
  };
  return { files, summary, host };
}

/**
 * The files of this machine. A configuration that is there and cannot be read counts as an empty one, so that none further
 * up takes its place, and is added to `unreadable`.
 */
function hostOf(unreadable: Set<string>): FileHost {
  const files = nodeFiles();
  return {
    ...files,
    read(uri) {
      const text = files.read(uri);
      if (text !== undefined || !uri.endsWith(`/${CONFIG_NAME}`)) return text;
      const file = pathOf(uri);
      if (file === undefined || !existsSync(file)) return undefined;
      unreadable.add(file);
      return '';
    },
  };
}

function checkText(
  file: string,
  host: FileHost,
  config: Config | undefined,
  review: boolean,
  used: Set<Suppression>,
): CheckedText {
  const read = readText(file);
  const text = read.ok ? read.text : '';
  const raw = read.ok ? checkFile(uriOf(file), text, host).problems : [notRead(read)];
  const accepted = applyConfig(config, uriOf(file), text, raw);
  for (const { by } of accepted.suppressed) used.add(by);
  const reported = review ? applyConfig(config, uriOf(file), text, raw, { review }) : accepted;
  return { file, text, lines: indexLines(text), ...reported };
}

const ADVICE: { readonly [F in TextFault]: string } = {
  missing: 'Check the path.',
  'no-file': 'Name a file, or a folder with files in it.',
  'too-large': 'Split it.',
  unreadable: 'Make it readable, or leave it out.',
  'not-text': 'Check that it is the right file, saved as UTF-8.',
};

function notRead({ fault, reason }: { readonly fault: TextFault; readonly reason: string }): Problem {
  return {
    rule: fault === 'too-large' ? 'file-too-large' : 'not-text',
    severity: 'error',
    range: { start: 0, end: 0 },
    message: `This file cannot be read: ${reason}. ${ADVICE[fault]}`,
    related: [],
    fixes: [],
  };
}

/** A configuration with its suppressions of whole folders that cover nothing, as far as everything in them was checked. */
function withUnusedFolders(
  checked: CheckedText,
  configs: ReadonlySet<Config>,
  used: ReadonlySet<Suppression>,
  all: ReadonlySet<string>,
  configOf: (uri: string) => Config | undefined,
): CheckedText {
  const config = [...configs].find(({ uri }) => covers(uri, uriOf(checked.file)));
  if (!config) return checked;
  const unused = unusedOfFolders(config, used, (folder) => {
    const found = findFiles([pathOf(folder) ?? '']);
    return !found.ok || found.files.every((file) => all.has(file) || configOf(uriOf(file)) !== config);
  });
  const { problems } = applyConfig(config, config.uri, checked.text, unused);
  return { ...checked, problems: [...checked.problems, ...problems].sort((a, b) => a.range.start - b.range.start) };
}
