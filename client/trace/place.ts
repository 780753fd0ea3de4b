/**
 * Where a file named in a trace may lie, nearest first: as it is when absolute, else below each base. A trace can come
 * from anyone, so network addresses and paths that climb out of a base name nothing; the caller still admits only files
 * of the workspace.
 */
export function candidates(file: string, bases: readonly string[]): readonly string[] {
  const path = pathOf(file).replaceAll('\\', '/');
  if (path === '' || path.includes('\0') || path.startsWith('//') || /^[a-z][a-z0-9+.-]+:/i.test(path)) return [];
  if (path.startsWith('/') || /^[a-z]:\//i.test(path)) return path.split('/').includes('..') ? [] : [path];
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..')) return [];
  return bases.map((base) => [base.replace(/[\\/]+$/, ''), ...parts].join('/'));
}

/** The path of a `file:` address of this machine; anything else unchanged. */
function pathOf(file: string): string {
  if (!file.startsWith('file:///')) return file;
  try {
    const path = decodeURIComponent(new URL(file).pathname);
    return /^\/[a-z]:\//i.test(path) ? path.slice(1) : path;
  } catch {
    return file;
  }
}
