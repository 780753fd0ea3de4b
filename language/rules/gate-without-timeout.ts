import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = (key: string, timeout: string): string => `  - id: ask
    ${key}:
      ask: Suspend \${{ alert.entities.users[0] }}?
      grants: [suspend]
      approvers: { roles: [incident-commander] }${timeout}
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

export const gateWithoutTimeout: PlaybookRule = {
  name: 'gate-without-timeout',
  group: 'authority',
  severity: 'warning',
  partial: false,
  what: 'People are asked and nothing says how long the question stands.',
  why: 'The shift changes and nobody answers: the run waits for ever, the host stays connected, and no one is told that nothing happens.',
  fix: 'Add `timeout:` and, with `on-timeout:`, what happens when nobody answers in time. Silence denies.',
  failing: { kind: 'steps', text: STEPS('«gate»', '') },
  passing: { kind: 'steps', text: STEPS('gate', '\n      timeout: 15m') },
  *check({ steps }): Generator<Problem> {
    for (const step of steps) {
      if (step.kind === 'gate' && !step.approval.timeout) {
        yield report(
          this,
          step.keyRange,
          `"${step.id.value}" waits for ever when nobody answers, and nobody is told. Add "timeout: 15m" (silence denies) and "on-timeout:" with what happens then.`,
        );
      } else if ((step.kind === 'action' || step.kind === 'agent') && step.approval && !step.approval.timeout) {
        yield report(
          this,
          step.approval.range,
          `The approval of "${step.id.value}" is waited for without end. Add "timeout: 15m" to it: silence denies, and "on-error:" says what happens then.`,
        );
      }
    }
  },
};
