import { undoProblem } from '../authority/undo.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const notifyWithoutUndo: PlaybookRule = {
  name: 'notify-without-undo',
  group: 'authority',
  severity: 'error',
  partial: false,
  what: 'An act at level `notify` cannot be undone, or tells nobody.',
  why: 'The level rests on people who are told at once and can take the act back. Without both it is `autonomous` under another name.',
  fix: 'Add `notify: { roles: [...] }`, use a tool with an `undo`, or lower the level to `approve`.',
  failing: {
    kind: 'steps',
    text: `  - id: suspend
    action: identity.suspend
    autonomy: «notify»
    with: { user: "\${{ alert.entities.users[0] }}" }
    where: args.user in alert.entities.users
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: suspend
    action: identity.suspend
    autonomy: notify
    with: { user: "\${{ alert.entities.users[0] }}" }
    where: args.user in alert.entities.users
    notify: { roles: [analyst] }
    undo-within: 24h
`,
  },
  *check({ acts, tools, catalogsRead }): Generator<Problem> {
    for (const { step, tool, toolName, autonomy } of acts) {
      if (autonomy.level !== 'notify' || !tool) continue;
      const range = step.autonomy?.range ?? toolName.range;
      if (!tool.reversible) {
        yield report(
          this,
          range,
          `${toolName.value} cannot be undone, so nobody who is told could take it back. Lower the level to "approve".`,
        );
      } else if (!tool.undo) {
        yield report(
          this,
          range,
          `The catalog names no "undo" for ${toolName.value}, so nobody who is told could take it back. Add one there, or lower the level to "approve".`,
        );
      } else if (catalogsRead && !tools.has(tool.undo.value)) {
        yield report(
          this,
          range,
          `${toolName.value} is undone by ${tool.undo.value}, which no catalog of this playbook describes. Add its catalog, or lower the level to "approve".`,
        );
      } else if (catalogsRead && undoProblem(tool, tools) !== undefined) {
        yield report(
          this,
          range,
          `${undoProblem(tool, tools)}. Nobody who is told could take it back. Give ${tool.undo.value} inputs named like those of ${toolName.value}, or lower the level to "approve".`,
          { related: [{ uri: tool.uri, range: tool.name.range, message: `${toolName.value} is described here.` }] },
        );
      } else if (!step.notify || step.notify.roles.length === 0) {
        yield report(
          this,
          range,
          `Nobody is told when ${toolName.value} acts. Add "notify: { roles: [...] }" to "${step.id.value}".`,
        );
      }
    }
  },
};
