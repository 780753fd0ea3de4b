import type { Random } from './random.js';

/** Cyrillic and Greek letters drawn as Latin ones (Unicode TR 39, confusables). */
const CONFUSABLES: ReadonlyMap<string, string> = new Map([
  ['a', '\u0430'], ['c', '\u0441'], ['e', '\u0435'], ['i', '\u0456'], ['o', '\u043e'], ['p', '\u0440'], ['s', '\u0455'],
  ['x', '\u0445'], ['y', '\u0443'], ['.', '\u2024'], ['-', '\u2010'], ['_', '\u02cd'],
]); // biome-ignore format: a table

/** A name that a person, a pattern or a careless comparison may take for `name`, and that is another. */
export function lookAlike(name: string, random: Random): string {
  const at = random.below(name.length + 1);
  const insert = (what: string): string => name.slice(0, at) + what + name.slice(at);
  switch (random.below(10)) {
    case 0:
      return name.toUpperCase();
    case 1:
      return name.slice(0, 1).toUpperCase() + name.slice(1);
    case 2: {
      const letter = random.of([...name].filter((one) => CONFUSABLES.has(one)));
      return letter === undefined ? `${name}\u200b` : name.replace(letter, CONFUSABLES.get(letter) ?? '');
    }
    case 3:
      return insert(random.pick('\u200b', '\u200d', '\ufeff', '\u00ad', '\u2060', '\u202e', '\u0000'));
    case 4:
      return random.pick(`${name} `, ` ${name}`, `${name}\n`, `${name}\t`, `\u00a0${name}`);
    case 5:
      return random.pick(`${name}s`, `${name}.`, `${name}/`, `x.${name}`, `${name}.now`, `./${name}`);
    case 6:
      return name.slice(0, Math.max(1, name.length - 1));
    case 7:
      return random.pick(`${name}*`, '*', `${name.split('.')[0] ?? ''}.*`, `^${name}$`, '.*');
    case 8:
      // The same letters, full width: equal after compatibility normalization.
      return name.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
    default:
      return random.pick(
        name.replaceAll('.', '_'),
        name.replaceAll('.', '__'),
        name.replaceAll('.', ''),
        `mcp__${name}`,
      );
  }
}
