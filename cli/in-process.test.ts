import type { Ran } from './command.test.js';
import type { ExitCode } from './exit-codes.js';
import type { Terminal } from './terminal.js';

type Command = (args: readonly string[], terminal: Terminal) => ExitCode | Promise<ExitCode>;

/** Calls a command as its process would, without one: for the many calls of which a start would be most of the time. */
export async function called(command: Command, ...args: readonly string[]): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await command(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    paint: (_, text) => text,
    live: false,
  });
  return { code, out, err };
}

/** Has the tests around it in a folder, for commands that take paths from where they are called. */
export function inFolder(path: () => string): void {
  let was = '';
  before(() => {
    was = process.cwd();
    process.chdir(path());
  });
  after(() => process.chdir(was));
}
