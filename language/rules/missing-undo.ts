import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const missingUndo: PlaybookRule = {
  name: 'missing-undo',
  group: 'bounds',
  severity: 'error',
  partial: true,
  what: 'A tool has no undo although the policy requires one for its effect.',
  why: 'When the act turns out wrong, nobody can say how it is taken back.',
  fix: 'Name the tool that undoes it in the catalog (`undo:`), or use another tool.',
  failing: {
    kind: 'steps',
    text: `  - id: block
    action: «mail.block_sender»
    with: { sender: a@b.example }
    approval: { roles: [incident-commander] }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
    approval: { roles: [incident-commander] }
`,
  },
  *check({ acts, policy }): Generator<Problem> {
    for (const { tool, effect, toolName } of acts) {
      if (!policy || !tool?.effect || tool.undo || !policy.require.undoFor.includes(tool.effect)) continue;
      yield report(
        this,
        toolName.range,
        `The policy requires an undo for acts that ${effect}, and the catalog names none for ${toolName.value}. Add "undo:" to it there, or use another tool.`,
        {
          related: [{ uri: tool.uri, range: tool.name.range, message: `${toolName.value} is described here.` }],
        },
      );
    }
  },
};
