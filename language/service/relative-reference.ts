/** How the file at `fromUri` would write a reference to `toUri`; `undefined` across schemes or hosts. */
export function relativeReference(fromUri: string, toUri: string): string | undefined {
  const from = split(fromUri);
  const to = split(toUri);
  if (from.authority !== to.authority) return undefined;
  const folder = from.parts.slice(0, -1);
  let shared = 0;
  while (shared < folder.length && shared < to.parts.length - 1 && folder[shared] === to.parts[shared]) shared++;
  const up = folder.slice(shared).map(() => '..');
  return [...up, ...to.parts.slice(shared)].map(decode).join('/');
}

function split(uri: string): { readonly authority: string; readonly parts: readonly string[] } {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(uri)?.[0] ?? '';
  return { authority, parts: uri.slice(authority.length).split('/') };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
