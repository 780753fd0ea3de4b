import type { RuleInfo } from './rule.js';

const STEPS = (level: string): string => `  - id: suspend
    action: identity.suspend
    autonomy: ${level}
    with: { user: "\${{ alert.entities.users[0] }}" }
    approval: { roles: [incident-commander], timeout: 15m }
`;

/** Reported where the schema finds a level that is none: `model/ambiguous-levels.ts` has the words. */
export const ambiguousLevel: RuleInfo = {
  name: 'ambiguous-level',
  group: 'hygiene',
  severity: 'error',
  what: 'An autonomy level is named by a word on whose meaning products disagree, such as `supervised`.',
  why: 'In one product a supervised act waits for a person, in another a person may watch it happen. Here a level says what happens at the side effect.',
  fix: 'Say which is meant: `approve` waits for people, `notify` acts and tells them, `assist` leaves the act to a person.',
  failing: { kind: 'steps', text: STEPS('«supervised»') },
  passing: { kind: 'steps', text: STEPS('approve') },
};
