import type { Problem } from '../problem.js';
import type { Node, ScalarNode } from '../syntax/tree.js';
import { type PlaybookRule, report } from './rule.js';

/** Forms of credentials that nothing else has, by who documents them. All linear in the length of the text. */
const SECRETS: readonly (readonly [string, RegExp])[] = [
  ['an Anthropic API key', /sk-ant-[A-Za-z0-9_-]{16,}/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36,}/],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ['a private key', /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/],
];

export const secretInPlaybook: PlaybookRule = {
  name: 'secret-in-playbook',
  group: 'data',
  severity: 'error',
  partial: true,
  reach: 'step',
  what: 'A playbook, catalog, policy or case holds a credential.',
  why: 'These files are shared, reviewed and shown to models; and a credential in one is a credential given away.',
  fix: 'Delete it and revoke it. Backends get credentials from their own configuration.',
  failing: {
    kind: 'steps',
    text: `  - id: look
    manual:
      task: Sign in with «AKIAIOSFODNN7EXAMPLE»
      role: analyst
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: look
    manual:
      task: Sign in with your own account
      role: analyst
`,
  },
  *check({ nodes, text }): Generator<Problem> {
    for (const node of nodes) yield* secretsIn(node, text, 'playbook');
  },
};

/** What each of those forms has in it. */
const MAY_HOLD_ONE = /sk-ant-|AKIA|ASIA|gh[pousr]_|xox[abprs]-|-----BEGIN /;

/** Credentials in a file of ours, at their very characters. `what` names the kind of file to people. */
export function* secretsIn(root: Node | undefined, text: string, what: string): Generator<Problem> {
  // Hardly any text has one: its parts are looked at where it may.
  if (!root || !MAY_HOLD_ONE.test(text.slice(root.range.start, root.range.end))) return;
  for (const scalar of scalars(root)) {
    if (scalar.text.length < 16) continue;
    const source = text.slice(scalar.range.start, scalar.range.end);
    for (const [form, pattern] of SECRETS) {
      const match = pattern.exec(source);
      if (!match) continue;
      const start = scalar.range.start + match.index;
      yield report(
        secretInPlaybook,
        { start, end: start + match[0].length },
        `This looks like ${form}. Everyone who reads this ${what}, and every model it is shown to, has it. Delete it here and revoke it.`,
      );
    }
  }
}

/** A text of others with each credential replaced. */
export function withoutCredentials(text: string, by: string): string {
  if (!MAY_HOLD_ONE.test(text)) return text;
  return SECRETS.reduce((rest, [, pattern]) => rest.replace(new RegExp(pattern, 'g'), by), text);
}

function* scalars(node: Node | undefined): Generator<ScalarNode> {
  if (node === undefined) return;
  if (node.kind === 'scalar') yield node;
  else if (node.kind === 'list') for (const item of node.items) yield* scalars(item);
  else for (const entry of node.entries) yield* scalars(entry.value);
}
