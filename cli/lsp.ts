import { fileURLToPath } from 'node:url';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { Terminal } from './terminal.js';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'stdio', flag: true, help: 'Talk over standard input and output, as editors do.' },
  { name: 'clientProcessId', placeholder: 'PID', help: 'End when the process with this number does.' },
];

export const LSP_HELP = `countersign lsp --stdio [--clientProcessId PID]

Serves an editor: the language server that is in the extension for VS Code. docs/editors.md shows how editors are set up.
It ends when the editor says so, when its standard input ends, and when the editor's process is gone.

${describeOptions(OPTIONS)}

Exit: 0 after the editor said goodbye, 1 without that, 2 not understood.
`;

/**
 * Serves an editor until it goes; then the process ends. The server is a program of its own, beside this one, that reads its
 * transport from the command line as well: other commands do not pay for it.
 */
export async function lsp(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const read = readArguments(args, OPTIONS);
  const message = !read.ok
    ? read.message
    : read.paths.length > 0
      ? 'The editor says which files there are; none are named here.'
      : read.flags.has('stdio')
        ? undefined
        : 'How does the editor talk to it? Say "--stdio".';
  if (read.ok && read.help) {
    terminal.out(LSP_HELP);
    return EXIT.ok;
  }
  if (message !== undefined) {
    terminal.err(`${message}\n\n${LSP_HELP}`);
    return EXIT.usage;
  }
  await import(serverFile());
  return new Promise(() => undefined);
}

/** Bundled, where `import` is `require` and takes a path; or as the compiler leaves it, where it takes an address. */
function serverFile(): string {
  return import.meta.url.endsWith('.cjs')
    ? fileURLToPath(new URL('./server.cjs', import.meta.url))
    : new URL('../server/main.js', import.meta.url).href;
}
