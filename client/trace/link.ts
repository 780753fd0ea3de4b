/** One event of one trace. */
export interface EventLink {
  /** With `/`; relative to a folder of the workspace, or absolute where it lies in none. */
  readonly path: string;
  /** From 1, as the viewer counts. */
  readonly line: number;
}

const MAX_LINK = 4000;
export const QUERY_PATH = '/event';

/** A link that the system opens in the editor, which asks before it hands it on. */
export function asUri({ path, line }: EventLink, scheme: string, extension: string): string {
  const query = new URLSearchParams({ trace: path, line: String(line) });
  // A space as %20: once the editor has decoded it, a "+" for it could not be told from one of the path.
  return `${scheme}://${extension}${QUERY_PATH}?${query.toString().replaceAll('+', '%20')}`;
}

/** A link for people to hand on where the system does not know the editor: in a browser. */
export function asText({ path, line }: EventLink): string {
  return `${path}#${line}`;
}

/** The event that a link of either kind names; `undefined` when it is no link to an event. */
export function readLink(text: string): EventLink | undefined {
  const link = text.trim();
  if (link.length > MAX_LINK) return undefined;
  const uri = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(\/[^?#]*)\?([^#]*)$/i.exec(link);
  if (uri !== null) {
    const fields = new URLSearchParams(uri[2] ?? '');
    return uri[1] === QUERY_PATH ? checked(fields.get('trace') ?? '', fields.get('line') ?? '') : undefined;
  }
  const plain = /^(.+)#(\d{1,9})$/.exec(link);
  return plain === null ? undefined : checked(plain[1] ?? '', plain[2] ?? '');
}

/** As `readLink`, of the query alone as the editor hands it on: decoded already. */
export function readQuery(query: string): EventLink | undefined {
  const fields = /^trace=(.*)&line=(\d{1,9})$/s.exec(query);
  return checked(fields?.[1] ?? '', fields?.[2] ?? '');
}

function checked(path: string, line: string): EventLink | undefined {
  const number = Number(line);
  if (!path.endsWith('.trace.jsonl') || !/^\d{1,9}$/.test(line) || number < 1) return undefined;
  return { path, line: number };
}
