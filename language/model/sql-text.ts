/** What can be told of a statement without SQLite. */
export interface SqlText {
  /** The first word, in upper case; empty when there is none. */
  readonly verb: string;
  /** Words and quoted names, in lower case; of texts nothing. */
  readonly words: ReadonlySet<string>;
  /** Names of its parameters without their sign. */
  readonly parameters: ReadonlySet<string>;
  /** Whether it has parameters without a name. */
  readonly positional: boolean;
  /** Each time a parameter stands in it, in that order; one without a name has the name `''`. UTF-16 offsets. */
  readonly uses: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}

/** Comments, texts and quoted names, words, and parameters, by SQLite's rules (https://sqlite.org/lang_expr.html#varparam). */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|(?<quoted>"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$))|(?<parameter>[:@$#](?:[\w$\u0080-\uFFFF]|::)+(?:\([^\s)]*\))?|\?\d*)|(?<word>[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*)|\d[\w.]*/g;

/** Reads the words of a statement. What it reads wrongly SQLite still refuses: nothing rests on this alone. */
export function readSql(sql: string): SqlText {
  const words = new Set<string>();
  const parameters = new Set<string>();
  let verb = '';
  const uses: SqlText['uses'][number][] = [];
  let positional = false;
  for (const { groups, index } of sql.matchAll(TOKEN)) {
    const { word, parameter, quoted } = groups ?? {};
    if (quoted !== undefined) words.add(quoted.slice(1, -1).toLowerCase());
    if (word !== undefined) {
      if (verb === '') verb = word.toUpperCase();
      words.add(word.toLowerCase());
    }
    if (parameter === undefined) continue;
    const name = parameter.startsWith('?') ? '' : parameter.slice(1);
    uses.push({ name, start: index, end: index + parameter.length });
    if (name === '') positional = true;
    else parameters.add(name);
  }
  return { verb, words, parameters, positional, uses };
}
