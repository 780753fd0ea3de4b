import type { CheckedFile } from '../check-file.js';
import type { FileHost } from '../host.js';
import { fileKindOf } from '../model/shape.js';
import type { Problem } from '../problem.js';
import { report } from '../rules/rule.js';
import { unusedSuppression } from '../rules/unused-suppression.js';
import { applyConfig } from './apply-config.js';
import type { Config, Suppression } from './config.js';
import { findConfig } from './find-config.js';
import { sameFile } from './paths.js';

/** The suppressions for single files that cover nothing, and the URIs of all files that were read to tell. */
export function unusedOfFiles(
  config: Config,
  host: FileHost,
  checkFile: (uri: string, text: string, host: FileHost) => CheckedFile,
): { readonly problems: readonly Problem[]; readonly dependencies: readonly string[] } {
  const problems: Problem[] = [];
  const dependencies = new Set<string>();
  const byTarget = new Map<string, Suppression[]>();
  for (const one of config.suppressions) {
    if (!one.target.endsWith('/')) byTarget.set(one.target, [...(byTarget.get(one.target) ?? []), one]);
  }
  for (const [target, suppressions] of byTarget) {
    dependencies.add(target);
    const text = host.read(target);
    const kind = fileKindOf(target);
    const nearest = findConfig(target, host, [config.uri.replace(/[^/]*$/, '')]).config;
    let why: string | undefined;
    if (text === undefined) why = 'there is no such file, or it cannot be read as text';
    else if (kind === undefined) why = 'it is not a file that is checked';
    else if (kind === 'config') why = 'what is wrong with a configuration cannot be suppressed';
    else if (!nearest) why = 'it lies outside the folder of this configuration';
    else if (!sameFile(nearest.uri, config.uri)) why = 'another configuration holds there';
    if (why !== undefined || text === undefined) {
      for (const one of suppressions) problems.push(unused(one, `${quoted(one)}: ${why}`));
      continue;
    }
    const checked = checkFile(target, text, host);
    for (const uri of checked.dependencies) dependencies.add(uri);
    const used = new Set(applyConfig(config, target, text, checked.problems).suppressed.map(({ by }) => by));
    for (const one of suppressions) if (!used.has(one)) problems.push(unused(one, nothing(one)));
  }
  return { problems, dependencies: [...dependencies] };
}

/** The suppressions for folders that are not in `used`. For whoever has checked every file below those `judged`. */
export function unusedOfFolders(
  config: Config,
  used: ReadonlySet<Suppression>,
  judged: (folderUri: string) => boolean,
): readonly Problem[] {
  return config.suppressions
    .filter((one) => one.target.endsWith('/') && !used.has(one) && judged(one.target))
    .map((one) => unused(one, nothing(one)));
}

function nothing(suppression: Suppression): string {
  const { rule, step } = suppression;
  const where = step ? `at step "${step.value}" of ${quoted(suppression)}` : `in ${quoted(suppression)}`;
  return `${rule.value} reports nothing ${where}, or an earlier suppression covers it`;
}

function quoted({ file }: Suppression): string {
  return `"${file.value}"`;
}

function unused({ rule }: Suppression, why: string): Problem {
  return report(
    unusedSuppression,
    rule.range,
    `This suppression covers nothing: ${why}. Remove it, before it hides something that nobody has looked at.`,
  );
}
