/** A word of an expression, for colours. Offsets are UTF-16 code units into the expression's text. */
export interface Lexeme {
  readonly kind: 'variable' | 'member' | 'function' | 'method' | 'word' | 'operator' | 'string' | 'number' | 'comment';
  readonly start: number;
  readonly end: number;
}

/** Blanks; a comment; a string, closed or not; a number; a name; an operator; any other character. */
const LEXEME =
  /(\s+)|(\/\/[^\n]*)|([bBrR]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\[\s\S]|[^"\\])*(?:"|$)|'(?:\\[\s\S]|[^'\\])*(?:'|$)))|(0x[\da-fA-F]+u?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?u?)|([A-Za-z_]\w*)|(==|!=|<=|>=|&&|\|\||[<>+\-*/%!?:])|([\s\S])/gy;

/** Words that are no names. */
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

/** The words of CEL text, finished or not. Brackets, dots and commas are left out. Linear. */
export function lexExpression(text: string): Lexeme[] {
  const found: Lexeme[] = [];
  let afterDot = false;
  for (const match of text.matchAll(LEXEME)) {
    const [all, blank, comment, string, number, name, operator, other] = match;
    if (blank !== undefined) continue;
    const add = (kind: Lexeme['kind']): void => {
      found.push({ kind, start: match.index, end: match.index + all.length });
    };
    if (comment !== undefined) add('comment');
    else if (string !== undefined) add('string');
    else if (number !== undefined) add('number');
    else if (operator !== undefined) add('operator');
    else if (name !== undefined)
      add(
        kindOfName(name, afterDot, /^\s*\(/.test(text.slice(match.index + all.length, match.index + all.length + 20))),
      );
    if (comment === undefined) afterDot = other === '.';
  }
  return found;
}

function kindOfName(name: string, afterDot: boolean, called: boolean): Lexeme['kind'] {
  if (afterDot) return called ? 'method' : 'member';
  if (name === 'in') return 'operator';
  if (WORDS.has(name)) return 'word';
  return called ? 'function' : 'variable';
}
