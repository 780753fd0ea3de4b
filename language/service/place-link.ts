import type { FileHost } from '../host.js';
import { indexLines } from '../syntax/lines.js';
import type { Place } from './definition.js';
import type { SourceFile } from './source-file.js';

/** What is said beside the text can look up the lines of other files. */
export type Texts = Pick<FileHost, 'read'>;

/** A Markdown link to the line of a place: `[default.policy.yaml:7](file:///soc/default.policy.yaml#L7)`. */
export function placeLink(source: SourceFile, { uri, range }: Place, texts: Texts): string {
  const text = uri === source.uri ? undefined : texts.read(uri);
  const lines = uri === source.uri ? source.lines : text === undefined ? undefined : indexLines(text);
  const name = fileName(uri).replace(/[\\[\]`*_<>]/g, '\\$&');
  // Brackets would end the link's target.
  const target = uri.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll(' ', '%20');
  if (!lines) return `[${name}](${target})`;
  const line = lines.positionAt(range.start).line + 1;
  return `[${name}:${line}](${target}#L${line})`;
}

function fileName(uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
