import type { Problem } from './problem.js';
import { CHECKED_LENGTH, MAX_LENGTH } from './syntax/limits.js';
import { parseYaml } from './syntax/parse.js';

/** Nobody reads more of a file that is too large; a few megabytes of nonsense would have as many faults as lines. */
const MAX_FAULTS = 100;

/** Whether a text is too long for anything but its YAML to be checked. */
export function isLarge(text: string): boolean {
  return text.length > CHECKED_LENGTH;
}

/**
 * What is wrong with a text that is too long to be checked: that it is, and the first faults of its YAML. It is an error,
 * not a remark: what cannot be told counts against a playbook, and neither `check` nor a run reads such a file.
 */
export function largeFileProblems(text: string): readonly Problem[] {
  const { problems } = parseYaml(text);
  if (text.length > MAX_LENGTH) return problems;
  const told: Problem = {
    rule: 'file-too-large',
    severity: 'error',
    range: { start: 0, end: 1 },
    message:
      'This file is larger than 2 MiB, more than any person can review: only its YAML is checked here, and it is neither run nor read by other files. Split it.',
    related: [],
    fixes: [],
  };
  return [told, ...problems.slice(0, MAX_FAULTS)];
}
