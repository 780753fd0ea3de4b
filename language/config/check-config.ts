import type { CheckedFile } from '../check-file.js';
import type { FileHost } from '../host.js';
import { checkShape } from '../model/shape.js';
import type { Problem } from '../problem.js';
import { isRuleName, type RuleName } from '../rules/names.js';
import { inOrder } from '../rules/order.js';
import { unknownRuleProblem } from '../rules/unknown-rule.js';
import { parseYaml } from '../syntax/parse.js';
import type { Located } from '../syntax/tree.js';
import { buildConfig, namedRules } from './build-config.js';
import { isFixed } from './fixed-rules.js';
import { unusedOfFiles } from './unused.js';

/**
 * Everything wrong with a configuration. The files its suppressions name are checked with `checkFile` through the host, to
 * tell which are unused; what folders hold, only whoever lists files can tell (`unusedOfFolders`).
 */
export function checkConfig(
  uri: string,
  text: string,
  host: FileHost,
  checkFile: (uri: string, text: string, host: FileHost) => CheckedFile,
): Omit<CheckedFile, 'kind'> {
  const tree = parseYaml(text);
  const problems: Problem[] = [...tree.problems];
  // An empty configuration says nothing, and that is fine.
  if (tree.root) problems.push(...checkShape('config', tree.root, tree.problems));
  for (const { level, ...named } of namedRules(tree.root)) {
    const { value, range } = named;
    if (!isRuleName(value)) problems.push(unknownRuleProblem(named));
    else if (isFixed(value) && level !== 'error') problems.push(notToBeSilenced({ value, range }, level !== undefined));
  }
  // The text given counts, whether or not the host has it already.
  const files: FileHost = {
    read: (other) => (other === uri ? text : host.read(other)),
    today: host.today,
    ...(host.kept ? { kept: host.kept } : {}),
  };
  const unused = unusedOfFiles(buildConfig(uri, tree.root), files, checkFile);
  return { problems: inOrder([...problems, ...unused.problems]), dependencies: unused.dependencies };
}

function notToBeSilenced({ value, range }: Located<RuleName>, leveled: boolean): Problem {
  const tried = leveled ? 'reported as anything but an error' : 'suppressed';
  return {
    rule: 'invalid-value',
    severity: 'error',
    range,
    message: `"${value}" cannot be ${tried}: it says that something could not be read as it was meant, and what is not read is not checked. Remove this, and mend what it reports.`,
    related: [],
    fixes: [],
  };
}
