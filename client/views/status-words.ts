/** What the language status of a file says. */
export interface StatusWords {
  /** What kind of file it is. */
  readonly text: string;
  readonly detail: string;
  readonly severity: 'information' | 'warning' | 'error';
  /** The file in schemas/ that it is checked against. */
  readonly schema: string;
}

const KINDS: readonly (readonly [ending: string, words: string, schema: string])[] = [
  ['.playbook.yaml', 'Countersign playbook', 'playbook.schema.json'],
  ['.tools.yaml', 'Countersign catalog of tools', 'tools.schema.json'],
  ['.policy.yaml', 'Countersign policy', 'policy.schema.json'],
  ['.policy.test.yaml', 'Countersign policy test', 'policy_test.schema.json'],
  ['.case.yaml', 'Countersign case', 'case.schema.json'],
  ['.mapping.yaml', 'Countersign alert mapping', 'mapping.schema.json'],
  ['countersign.config.yaml', 'Countersign configuration', 'config.schema.json'],
];

/** @param path of the file, with `/` */
export function statusWords(path: string, errors: number, warnings: number): StatusWords | undefined {
  const [, text, schema] = KINDS.find(([ending]) => path.endsWith(ending)) ?? [];
  if (text === undefined || schema === undefined) return undefined;
  const found = [counted(errors, 'error'), counted(warnings, 'warning')].filter((words) => words !== '');
  return {
    text,
    detail: `checked by Countersign: ${found.length === 0 ? 'no problems' : found.join(', ')}`,
    severity: errors > 0 ? 'error' : warnings > 0 ? 'warning' : 'information',
    schema,
  };
}

function counted(number: number, what: string): string {
  return number === 0 ? '' : `${number} ${what}${number === 1 ? '' : 's'}`;
}
