import { agreedWords, causeWords, pathWords, type ReportedChange, standingChange, whyWords } from './report.js';

/** What is told of a change, by name, in the order a reviewer asks. */
export function changeFacts(change: ReportedChange): readonly (readonly [name: string, text: string])[] {
  const standing = standingChange(change);
  return [
    ['playbook', `${change.playbook} (${change.file})`],
    ...(standing
      ? ([
          ['before', standing.before],
          ['now', standing.now],
        ] as const)
      : []),
    ['why', whyWords(change)],
    ['cause', causeWords(change)],
    ...(change.violates
      ? [['policy', 'violated: what the policy asked of it before the change is not met'] as const]
      : []),
    ...(change.after ? [['path', pathWords(change)] as const] : []),
    ...(change.acknowledged ? [['acknowledged', agreedWords(change.acknowledged)] as const] : []),
    ...(change.proposed
      ? [['acknowledged', 'only in the policy of HEAD, where it does not count: it has to be in BASE'] as const]
      : []),
    ...(change.fingerprint !== undefined && !change.violates ? [['change', change.fingerprint] as const] : []),
  ];
}
