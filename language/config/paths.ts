/** Whether a file is the one, or in the folder, that `target` names. URIs may be encoded differently. */
export function covers(target: string, uri: string): boolean {
  const named = decoded(target);
  const file = decoded(uri);
  return named.endsWith('/') ? file.startsWith(named) : file === named;
}

export function sameFile(a: string, b: string): boolean {
  return a === b || decoded(a) === decoded(b);
}

/** Editors and Node escape different characters of a path. */
function decoded(uri: string): string {
  let text = uri;
  try {
    text = decodeURIComponent(uri);
  } catch {
    // A stray percent sign: the URI is its own spelling.
  }
  return text.replace(/^file:\/\/\/[A-Z]:/, (drive) => drive.toLowerCase());
}
