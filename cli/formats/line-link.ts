import { shownAsIs } from './as-is.js';

/**
 * A line of a file as a link of Markdown, from where the file is written. Each part of the path is encoded, so that no name is a scheme, ends the
 * link or leads to another place.
 * @param file relative, with `/`
 * @param line from 1
 */
export function lineLink(file: string, line: number): string {
  const path = file
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replace(/[()*'!~_]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join('/');
  return `[${shownAsIs(`${file}:${line}`)}](${path}#L${line})`;
}
