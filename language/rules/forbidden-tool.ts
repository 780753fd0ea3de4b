import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const forbiddenTool: PlaybookRule = {
  name: 'forbidden-tool',
  group: 'authority',
  severity: 'error',
  partial: true,
  what: 'A step uses a tool that the policy forbids.',
  why: 'It is denied whoever approves.',
  fix: 'Use another tool, or a manual step.',
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
    text: `  - id: block
    manual: { task: Block the sender in the mail gateway, role: analyst }
`,
  },
  *check({ steps, policy }): Generator<Problem> {
    for (const step of steps) {
      const names =
        step.kind === 'action' ? [step.tool] : step.kind === 'agent' ? step.tools.map((grant) => grant.tool) : [];
      for (const name of names) {
        const entry = policy?.forbid.find((forbidden) => forbidden.value === name.value);
        if (!policy || !entry) continue;
        yield report(
          this,
          name.range,
          `The policy forbids ${name.value}: it never runs, whoever approves. Use another tool or a manual step.`,
          {
            related: [{ uri: policy.uri, range: entry.range, message: 'Forbidden here.' }],
          },
        );
      }
    }
  },
};
