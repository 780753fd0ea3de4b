import {
  applyConfig,
  type Config,
  configFinder,
  covers,
  type FileHost,
  indexLines,
  type LineIndex,
  type Problem,
  type Suppression,
  unusedOfFolders,
} from '../language/index.js';
import { pathOf } from '../runner/node-files.js';
import { type FoundProblems, hostOf } from './check-text.js';
import { checkAll } from './check-threads.js';
import { findFiles, uriOf } from './files.js';

/** A file that was checked, with its problems in source order. */
export interface CheckedText {
  /** Absolute path. */
  readonly file: string;
  /** What the problems are in. Empty for files without any. */
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
 *
 * @param foreign what is wrong with playbooks of other products, by their path; configurations hold for them, too
 */
export async function checkFiles(
  ours: readonly string[],
  review: boolean,
  foreign: ReadonlyMap<string, FoundProblems> = new Map(),
): Promise<CheckRun> {
  const given = [...ours, ...foreign.keys()];
  const unreadable = new Set<string>();
  const host = hostOf(unreadable);
  const configOf = configFinder(host, [uriOf('.')]);
  const configs = new Set(given.flatMap((file) => configOf(uriOf(file)) ?? []));
  const inForce = [...configs].flatMap(({ uri }) => pathOf(uri) ?? []);
  const all = [...new Set([...given, ...inForce, ...unreadable])].sort();
  const used = new Set<Suppression>();
  const read = all.filter((file) => !foreign.has(file));
  const checkedHere = await checkAll(read, host);
  const found = new Map([...foreign, ...read.map((file, index) => [file, checkedHere[index] ?? NOTHING] as const)]);
  const checked = all.map((file) => judged(file, found.get(file) ?? NOTHING, configOf(uriOf(file)), review, used));
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

const NOTHING: FoundProblems = { problems: [], text: '' };

function judged(
  file: string,
  { problems: raw, text }: FoundProblems,
  config: Config | undefined,
  review: boolean,
  used: Set<Suppression>,
): CheckedText {
  const accepted = applyConfig(config, uriOf(file), text, raw);
  for (const { by } of accepted.suppressed) used.add(by);
  const reported = review ? applyConfig(config, uriOf(file), text, raw, { review }) : accepted;
  return { file, text, lines: indexLines(text), ...reported };
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
