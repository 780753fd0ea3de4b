import { basename } from 'node:path';
import { type QuickPickItem, QuickPickItemKind, ThemeIcon, type Uri, window } from 'vscode';
import type { Language } from '../language-client.js';
import { warn } from '../notify.js';
import { pick } from '../pick.js';
import type { KeptComparison } from '../viewer/protocol/boundary-messages.js';

/** What a boundary is compared with: what git is asked for, and what the person calls it. */
export interface ChosenRevision {
  /** `null`: where HEAD left the branch that changes go into. */
  readonly revision: string | null;
  readonly called: string;
}

/** What the review of a change compares with, before anything is known of the repository. */
export const BRANCH_BEGAN: ChosenRevision = { revision: null, called: 'where the branch began' };

export function whereHeadLeft(branch: string): string {
  return `${branch}, where HEAD left it`;
}

type Item = QuickPickItem & { readonly chosen?: ChosenRevision; readonly asks?: true };

/** Lets the person choose; `undefined`: they did not, or there is nothing to choose from, which they were told. */
export async function chooseRevision(
  language: Language,
  uri: Uri,
  of: KeptComparison['of'],
): Promise<ChosenRevision | undefined> {
  const what = of === 'playbook' ? `the boundary of ${basename(uri.path)}` : 'the boundaries of all playbooks';
  const revisions = await language.revisions(uri);
  if (revisions.kind === 'none') {
    const subject = `${what.slice(0, 1).toUpperCase()}${what.slice(1)}`;
    warn(`${subject} cannot be compared: ${revisions.reason}.`);
    return undefined;
  }
  const { left, head, branches } = revisions;
  const items: Item[] = [
    {
      label: 'HEAD',
      iconPath: new ThemeIcon('git-commit'),
      description: short(head),
      detail: 'The last commit: what is not committed yet counts as changed.',
      chosen: { revision: 'HEAD', called: 'HEAD' },
    },
    ...(left === null
      ? []
      : [
          {
            label: `Where HEAD left ${left.branch}`,
            iconPath: new ThemeIcon('git-merge'),
            description: short(left.commit),
            detail: 'What a pull request would change.',
            chosen: { revision: null, called: whereHeadLeft(left.branch) },
          },
        ]),
    { label: 'Another commit or tag…', asks: true },
    { label: 'branches', kind: QuickPickItemKind.Separator },
    ...branches.map((branch) => ({
      label: branch,
      iconPath: new ThemeIcon('git-branch'),
      chosen: { revision: branch, called: branch },
    })),
  ];
  const picked = await pick(items, {
    title: `Compare ${what} with`,
    placeHolder: 'What may be done now, unsaved text included, is compared with what might be done then.',
    matchOnDescription: true,
  });
  return picked?.asks ? askRevision() : picked?.chosen;
}

async function askRevision(): Promise<ChosenRevision | undefined> {
  const given = await window.showInputBox({
    title: 'Compare the boundary with',
    prompt: 'A commit, a tag, or anything git takes for a revision.',
    placeHolder: 'v1.2.0, HEAD~3, 1f0c2b9',
  });
  const revision = given?.trim();
  return revision ? { revision, called: revision } : undefined;
}

export function short(commit: string): string {
  return commit.slice(0, 8);
}
