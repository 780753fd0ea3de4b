import type { Disposable, ExtensionContext } from 'vscode';
import type { DryRuns } from '../dry-run/dry-run.js';
import type { ForeignDocuments } from '../foreign/foreign-documents.js';
import type { Language } from '../language-client.js';
import { approvalsView } from './approvals.js';
import { boundaryView } from './boundary.js';
import { libraryView } from './library.js';
import { runsView } from './runs.js';
import { languageStatus } from './status.js';

/** The views of the container, and the language status. Each reads what it shows once it is looked at. */
export function registerViews(
  context: ExtensionContext,
  language: Language,
  dryRuns: DryRuns,
  foreign: ForeignDocuments,
): { readonly disposables: readonly Disposable[]; readonly olderRuns: () => void } {
  const runs = runsView(dryRuns);
  return {
    disposables: [
      ...runs.disposables,
      ...approvalsView(dryRuns),
      ...boundaryView(language, foreign),
      ...libraryView(),
      ...languageStatus(context),
    ],
    olderRuns: runs.older,
  };
}
