/** The URI of the folder a file is in. */
export function folderOf(uri: string): string {
  return uri.replace(/[^/]*$/, '');
}
