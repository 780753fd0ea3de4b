import { EXAMPLE_FILES } from '../../language/rules/example.js';

/** A playbook whose agents are shown one decision, over an alert with this message. */
export function withExample(message: string) {
  const alert = JSON.parse(EXAMPLE_FILES['example.alert.json'] ?? '');
  const sample = (EXAMPLE_FILES['reviewed.case.yaml'] ?? '')
    .replace('case: reviewed', 'case: decided')
    .replace('playbook: example', 'playbook: test')
    .replace(/description:.*/, 'description: svc-backup signs in every night.');
  return {
    head: 'examples: [decided.case.yaml]\n',
    policy: 'policy: test\nroles: { analyst: [ana@soc.example] }\n',
    files: { 'decided.case.yaml': sample, 'example.alert.json': JSON.stringify({ ...alert, message }) },
  };
}
