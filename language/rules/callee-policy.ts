import { resolveReference } from '../host.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

const CALL = (target: string): string => `  - id: contain
    call: ${target}
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

export const calleePolicy: PlaybookRule = {
  name: 'callee-policy',
  group: 'authority',
  severity: 'error',
  partial: true,
  what: 'A called playbook names another policy than the one it is called under.',
  why: 'One policy holds for a run: the caller’s. What was checked there under other people and other ceilings would run under these.',
  fix: 'Let both name the same policy file.',
  failing: { kind: 'steps', text: CALL('«other-policy.playbook.yaml»') },
  passing: { kind: 'steps', text: CALL('suspend-user.playbook.yaml') },
  *check({ calls, playbook, uri }): Generator<Problem> {
    const ours = playbook.policy && resolveReference(uri, playbook.policy.value);
    for (const [step, callee] of calls) {
      const named = callee.loaded?.playbook.policy;
      const theirs = named && resolveReference(callee.uri, named.value);
      if (!callee.loaded || theirs === ours || !named) continue;
      yield report(
        this,
        step.target.range,
        `${step.target.value} was checked under the policy "${named.value}", and here it would run under ${playbook.policy ? `"${playbook.policy.value}"` : 'none'}: other people, other ceilings. Let both name the same policy.`,
        { related: [{ uri: callee.uri, range: named.range, message: 'Its policy.' }] },
      );
    }
  },
};
