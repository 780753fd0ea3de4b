/** Where a text stands: whether it names a member, and else the last name before it, which is its own unless it is in a list. */
export interface WrittenPlace {
  readonly isName: boolean;
  readonly name: string | undefined;
}

/** Maps the texts of JSON, or of JSON lines, as they are written. Whatever is no text stays to the byte. */
export function mapWritten(json: string, map: (text: string, place: WrittenPlace) => string): string {
  let name: string | undefined;
  return json.replace(JSON_TEXT, (token: string, colon: string | undefined) => {
    const text = textIn(colon === undefined ? token : token.slice(0, -colon.length));
    if (text === undefined) return token;
    const made = map(text, { isName: colon !== undefined, name });
    if (colon !== undefined) name = text;
    return made === text ? token : `${JSON.stringify(made)}${colon ?? ''}`;
  });
}

/** A text in JSON as it is written, with the colon behind the name of a member. */
const JSON_TEXT = /"[^"\\]*(?:\\.[^"\\]*)*"(\s{0,100}:)?/gs;

/** `undefined`: it is no text of JSON after all. */
function textIn(token: string): string | undefined {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
