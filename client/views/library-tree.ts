/** Files of one kind. */
export interface LibrarySection {
  readonly id: string;
  readonly label: string;
  readonly icon: string;
  readonly folders: readonly LibraryFolder[];
}

/** Files of one kind that lie in the same folder, in order of their names. */
export interface LibraryFolder {
  /** Relative to the workspace, with `/`; empty for its top. */
  readonly path: string;
  readonly files: readonly LibraryFile[];
}

export interface LibraryFile {
  readonly path: string;
  /** Without the ending that says the kind. */
  readonly name: string;
  /** `playbook` and so on, for the menus of package.json. */
  readonly kind: string;
}

const KINDS = [
  { kind: 'playbook', ending: '.playbook.yaml', label: 'Playbooks', icon: 'book' },
  { kind: 'catalog', ending: '.tools.yaml', label: 'Catalogs', icon: 'tools' },
  { kind: 'policy', ending: '.policy.yaml', label: 'Policies', icon: 'law' },
  { kind: 'policy-test', ending: '.policy.test.yaml', label: 'Policy tests', icon: 'checklist' },
  { kind: 'case', ending: '.case.yaml', label: 'Cases', icon: 'beaker' },
] as const;

/** What is looked for in a workspace. */
export const LIBRARY_GLOB = `**/*{${KINDS.map(({ ending }) => ending).join(',')}}`;

/** The files of a workspace by kind and folder; kinds without any are left out. @param paths relative, with `/` */
export function libraryOf(paths: readonly string[]): readonly LibrarySection[] {
  return KINDS.flatMap(({ kind, ending, label, icon }) => {
    const folders = new Map<string, LibraryFile[]>();
    for (const path of paths) {
      if (!path.endsWith(ending)) continue;
      const at = path.lastIndexOf('/');
      const folder = path.slice(0, Math.max(0, at));
      const name = path.slice(at + 1, -ending.length) || path.slice(at + 1);
      folders.set(folder, [...(folders.get(folder) ?? []), { path, name, kind }]);
    }
    const sorted = [...folders].map(([path, files]) => ({
      path,
      files: files.sort((a, b) => compare(a.name, b.name)),
    }));
    return sorted.length === 0
      ? []
      : [{ id: kind, label, icon, folders: sorted.sort((a, b) => compare(a.path, b.path)) }];
  });
}

function compare(a: string, b: string): number {
  return a.localeCompare(b);
}
