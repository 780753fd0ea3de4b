import { checkConfig } from './config/check-config.js';
import type { FileHost } from './host.js';
import { isLarge, largeFileProblems } from './large-file.js';
import { checkOther, loadPlaybook } from './load.js';
import { loadCase } from './load-case.js';
import { loadPolicyTest } from './load-policy-test.js';
import { type FileKind, fileKindOf } from './model/shape.js';
import type { Problem } from './problem.js';

/** What is wrong with one file of ours. */
export interface CheckedFile {
  /** `undefined` when the file's name says it is none of ours; then nothing was checked. */
  readonly kind: FileKind | undefined;
  readonly problems: readonly Problem[];
  /** URIs of the other files it was read with, found or not: when one changes, check again. */
  readonly dependencies: readonly string[];
}

/**
 * Checks a file of any kind of ours. Never throws. Editor, command line and runner all judge by this. `kind` is what its name
 * says, except for a text without a name.
 */
export function checkFile(
  uri: string,
  text: string,
  host: FileHost,
  kind: FileKind | undefined = fileKindOf(uri),
): CheckedFile {
  if (kind && isLarge(text)) return { kind, problems: largeFileProblems(text), dependencies: [] };
  switch (kind) {
    case 'playbook':
      return { kind, ...pick(loadPlaybook(uri, text, host)) };
    case 'case':
      return { kind, ...pick(loadCase(uri, text, host)) };
    case 'policy_test':
      return { kind, ...pick(loadPolicyTest(uri, text, host)) };
    case 'tools':
    case 'policy':
    case 'mapping':
      return { kind, problems: checkOther(kind, uri, text, host.today), dependencies: [] };
    case 'config':
      return { kind, ...checkConfig(uri, text, host, checkFile) };
    case undefined:
      return { kind, problems: [], dependencies: [] };
  }
}

function pick({ problems, dependencies }: Omit<CheckedFile, 'kind'>): Omit<CheckedFile, 'kind'> {
  return { problems, dependencies };
}
