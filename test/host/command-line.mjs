/** Flags whose value may follow as the next word. Everything else is a switch, or carries its value after `=`. */
const WITH_VALUE = new Set([
  'extensionDevelopmentPath',
  'extensionTestsPath',
  'extensionDevelopmentKind',
  'user-data-dir',
  'extensions-dir',
  'folder-uri',
  'file-uri',
  'remote-debugging-port',
  'enable-proposed-api',
  'log',
  'logsPath',
  'locale',
  'profile',
  'disable-extension',
  'inspect-extensions',
  'inspect-brk-extensions',
]);

/**
 * Reads a command line as desktop VS Code does.
 * @param {readonly string[]} words the words after the program's name
 * @returns {{flag: (name: string) => string | undefined, all: (name: string) => string[], has: (name: string) => boolean, paths: string[]}}
 *   `flag` is the last value given, `all` every value in order, `paths` the words that belong to no flag. Flags that are
 *   not known here are accepted and ignored: the desktop has many that mean nothing without a desktop.
 */
export function parseCommandLine(words) {
  const values = new Map();
  const paths = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    const match = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word);
    if (!match) {
      paths.push(word);
      continue;
    }
    const [, name, attached] = match;
    const value = attached ?? (WITH_VALUE.has(name) ? words[++index] : '');
    values.set(name, [...(values.get(name) ?? []), value ?? '']);
  }
  return {
    flag: (name) => values.get(name)?.at(-1),
    all: (name) => values.get(name) ?? [],
    has: (name) => values.has(name),
    paths,
  };
}
