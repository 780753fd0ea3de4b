/** The files of a project at one time: of a git revision, a folder or the work tree. */
export interface Tree {
  /** As people call it: `main`, `work tree`, a folder's path. */
  readonly name: string;
  /** The commit, 40 or 64 hexadecimal digits; `undefined` for files on disk. */
  readonly commit: string | undefined;
  /** Paths of the files of ours below the root, with `/`, sorted. */
  readonly files: readonly string[];
  /**
   * The text of a file by its path from the root, with `/`; a path on disk may lead out of it (`../x`). `undefined` where
   * there is no such file, or it is no text, or longer than 2 MiB.
   */
  readonly read: (path: string) => string | undefined;
}

/** How names of boundary records end: what a playbook may do, kept beside it. */
export const RECORD = '.boundary.md';

export type Opened<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Folders that hold no playbooks of the project's own. */
export const SKIPPED: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'out']);

/** Text as every reader of ours reads it; `undefined` for what is no UTF-8. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
