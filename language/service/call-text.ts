import type { Act } from '../authority/acts.js';
import { templateText } from '../authority/cell-facts.js';

/** The call as the playbook writes it: `identity.suspend(user: steps.investigate.output.account)`. */
export function callText({ step, toolName, grant }: Act): string {
  if (step.kind === 'agent') {
    const where = grant?.where?.parsed.text.trim().replace(/\s+/g, ' ');
    return `${toolName.value}(${where === undefined ? 'whatever the agent chooses' : `where ${where}`})`;
  }
  const given = step.with.map(({ name, value }) => `${name.value}: ${templateText(value)}`);
  return `${toolName.value}(${given.join(', ')})`.replace(/\s+/g, ' ');
}
