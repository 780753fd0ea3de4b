import type { Act } from '../authority/acts.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const HEAD = EXAMPLE_HEAD.replace('[example.tools.yaml]', '[example.tools.yaml, response.tools.yaml]');

export const unsafeRetry: PlaybookRule = {
  name: 'unsafe-retry',
  group: 'bounds',
  severity: 'error',
  partial: true,
  what: 'An act that is not idempotent is tried again after a failure.',
  why: 'A call that timed out may have had its effect: the second attempt does it twice. Each attempt also uses an approval, so the people who approved one act get two.',
  fix: 'Drop `retry`, and let `on-error` hand over to a person who looks what happened. Or, where it is true, say `idempotent: true` in the catalog.',
  failing: {
    kind: 'playbook',
    text: `${HEAD}  - id: clean
    action: edr.run_script
    with: { host: "\${{ alert.entities.hosts[0] }}", command: cleanup.exe }
    approval: { roles: [incident-commander], timeout: 15m }
    «retry»: { attempts: 3 }
`,
  },
  passing: {
    kind: 'playbook',
    text: `${HEAD}  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
    approval: { roles: [incident-commander], timeout: 15m }
    retry: { attempts: 3 }
`,
  },
  *check({ acts }): Generator<Problem> {
    const told = new Set<Act['step']>();
    for (const { step, tool, toolName, effect } of acts) {
      if (!step.retry || !tool || tool.idempotent || told.has(step)) continue;
      told.add(step);
      yield report(
        this,
        step.retry.range,
        `${toolName.value} (${effect}) is not idempotent: an attempt that failed or timed out may have had its effect, and ${step.retry.attempts} attempts may have it ${step.retry.attempts} times, each using an approval. Drop "retry" and let "on-error" hand over to a person, or say "idempotent: true" in the catalog where that is so.`,
        { related: [{ uri: tool.uri, range: tool.name.range, message: `${toolName.value} is described here.` }] },
      );
    }
  },
};
