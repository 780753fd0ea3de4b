/**
 * One spelling for a URI: editors encode other characters than we do (`%40` for `@`, `c%3A` for `C:`), and both must name
 * the same open document.
 */
export function uriKey(uri: string): string {
  let text = uri;
  try {
    text = decodeURIComponent(uri);
  } catch {
    // A stray percent sign: the URI is its own spelling.
  }
  return text.replace(
    /^(file:\/\/\/)([A-Z]):/,
    (_, scheme: string, drive: string) => `${scheme}${drive.toLowerCase()}:`,
  );
}
