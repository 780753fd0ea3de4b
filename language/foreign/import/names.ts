/** Names in one place, each of which is given once. */
export interface Names {
  /** A name made of a text of others; `otherwise` where nothing of it can be one. */
  take(text: string, otherwise: string): string;
  /** The text itself where it can be a name and is none yet; else one made of it. */
  keep(text: string, otherwise: string): string;
}

/** Words that YAML reads as something else than a text, or that CEL keeps for itself. */
export const RESERVED: readonly string[] = [
  'true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let',
  'loop', 'package', 'namespace', 'return', 'var', 'void', 'while', 'nan', 'inf',
]; // biome-ignore format: a list

/**
 * @param joint what stands between words: `_` in ids of steps and tools, `-` in ids of playbooks
 * @param most characters of a name at most
 * @param others names that are not given
 */
export function namesOf(joint: '_' | '-', most: number, others: readonly string[] = RESERVED): Names {
  const taken = new Set<string>(others);
  const next = new Map<string, number>();
  return {
    keep(text, otherwise) {
      const isFree = isName(text) && text.length <= most && !taken.has(text) && !taken.has(text.toLowerCase());
      if (!isFree) return this.take(text, otherwise);
      taken.add(text);
      return text;
    },
    take(text, otherwise) {
      const base = slug(text, joint, most) || otherwise;
      let name = base;
      for (let count = next.get(base) ?? 2; taken.has(name); count++) {
        const end = `${joint}${count}`;
        name = `${base.slice(0, most - end.length).replace(/[_-]+$/, '')}${end}`;
        next.set(base, count + 1);
      }
      taken.add(name);
      return name;
    },
  };
}

/** Whether a text can be a name of an argument as it is. */
export function isName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(text);
}

/** What of a text can be a name of ours: lower case letters and digits, starting with a letter. May be empty. */
export function slug(text: string, joint: '_' | '-', most: number): string {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((one) => one !== '')
    .join(joint);
  return words
    .replace(/^[^a-z]+/, '')
    .slice(0, most)
    .replace(/[_-]+$/, '');
}
