import type { FileKind } from './model/shape.js';
import type { Problem } from './problem.js';

/** What is wrong with a file that holds nothing. */
export function emptyFile(kind: Exclude<FileKind, 'config'>): Problem {
  const first = {
    playbook: 'playbook: <id>',
    tools: 'catalog: <id>',
    policy: 'policy: <id>',
    policy_test: 'policy-test: <id>',
    case: 'case: <id>',
    mapping: 'mapping: <name>',
  }[kind];
  return {
    rule: 'missing-key',
    severity: 'error',
    range: { start: 0, end: 0 },
    message: `The file is empty. Start with "${first}".`,
    related: [],
    fixes: [],
  };
}
