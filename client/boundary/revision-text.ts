import { posix } from 'node:path';
import { type Disposable, Uri, workspace } from 'vscode';
import type { Language } from '../language-client.js';
import { REVISION_SCHEME } from '../names.js';
import { short } from './choose-revision.js';

/** The address of a file's text in a commit. Its name says which commit, and ends as the file's does. */
export function revisionUri(file: Uri, commit: string): Uri {
  const name = posix.basename(file.path).replace(/^([^.]*)/, `$1 (${short(commit)})`);
  return Uri.from({
    scheme: REVISION_SCHEME,
    path: posix.join(posix.dirname(file.path), name),
    query: JSON.stringify({ file: file.toString(), commit }),
  });
}

/** Gives the texts. Only what `revisionUri` makes is answered, and git is not started where nobody trusts the folder. */
export function revisionTexts(language: Language): Disposable {
  return workspace.registerTextDocumentContentProvider(REVISION_SCHEME, {
    provideTextDocumentContent: async ({ query }) => {
      const asked = readQuery(query);
      if (asked === undefined || !workspace.isTrusted) return '';
      return (await language.revisionText(Uri.parse(asked.file, true), asked.commit)) ?? '';
    },
  });
}

function readQuery(query: string): { readonly file: string; readonly commit: string } | undefined {
  try {
    const value: unknown = JSON.parse(query);
    if (typeof value !== 'object' || value === null || !('file' in value) || !('commit' in value)) return undefined;
    const { file, commit } = value;
    if (typeof file !== 'string' || typeof commit !== 'string') return undefined;
    return /^[0-9a-f]{40,64}$/.test(commit) ? { file, commit } : undefined;
  } catch {
    return undefined;
  }
}
