import { basename } from 'node:path';
import { type QuickPickItem, QuickPickItemKind, type Uri, window } from 'vscode';
import type { Language } from '../language-client.js';
import { plain } from '../plain.js';

/** What a boundary is compared with: what git is asked for, and what the person calls it. */
export interface ChosenRevision {
  readonly revision: string;
  readonly called: string;
}

type Item = QuickPickItem & { readonly chosen?: ChosenRevision; readonly asks?: true };

/** Lets the person choose; `undefined`: they did not, or there is nothing to choose from, which they were told. */
export async function chooseRevision(language: Language, playbook: Uri): Promise<ChosenRevision | undefined> {
  const name = basename(playbook.path);
  const revisions = await language.revisions(playbook);
  if (revisions.kind === 'none') {
    window.showWarningMessage(`The boundary of ${plain(name)} cannot be compared: ${plain(revisions.reason, 300)}.`);
    return undefined;
  }
  const { left, head, branches } = revisions;
  const items: Item[] = [
    {
      label: '$(git-commit) HEAD',
      description: short(head),
      detail: 'The last commit: what is not committed yet counts as changed.',
      chosen: { revision: head, called: 'HEAD' },
    },
    ...(left === null
      ? []
      : [
          {
            label: `$(git-merge) Where HEAD left ${left.branch}`,
            description: short(left.commit),
            detail: 'What a pull request would change.',
            chosen: { revision: left.commit, called: `${left.branch}, where HEAD left it` },
          },
        ]),
    { label: 'Another commit or tag…', asks: true },
    { label: 'branches', kind: QuickPickItemKind.Separator },
    ...branches.map((branch) => ({ label: `$(git-branch) ${branch}`, chosen: { revision: branch, called: branch } })),
  ];
  const picked = await window.showQuickPick(items, {
    title: `Compare the boundary of ${name} with`,
    placeHolder: 'What it may do now, unsaved text included, is compared with what it might do then.',
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
