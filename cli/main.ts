import { closest } from '../language/index.js';
import { VERSION } from '../runner/index.js';
import { BOUNDARY_HELP, boundary } from './boundary/boundary.js';
import { CHECK_HELP, check } from './check.js';
import { DIFF_HELP, diff } from './diff/diff.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { EXPLAIN_HELP, explain } from './explain.js';
import { EXPORT_HELP, exportTrace } from './export.js';
import { KEYS_HELP, keys } from './keys.js';
import { KILL_HELP, kill, RUNS_HELP, runs } from './kill.js';
import { LSP_HELP, lsp } from './lsp.js';
import { PERSONAL_HELP, personal } from './personal.js';
import { REDTEAM_HELP, redteam } from './redteam.js';
import { RESUME_HELP, resume } from './resume.js';
import { RUN_HELP, run } from './run.js';
import { faultWords, painter, plain, type Terminal } from './terminal.js';
import { UNDO_HELP, undo } from './undo.js';
import { VERIFY_HELP, verify } from './verify.js';

const COMMANDS: {
  readonly [name: string]: (args: readonly string[], terminal: Terminal) => ExitCode | Promise<ExitCode>;
} = {
  boundary,
  check,
  diff,
  explain,
  export: exportTrace,
  keys,
  kill,
  lsp,
  personal,
  redteam,
  resume,
  run,
  runs,
  undo,
  verify,
};

const HELP = `countersign: playbooks that AI agents run and people countersign

${CHECK_HELP.split('\n')[0]}
${EXPLAIN_HELP.split('\n')[0]}
${BOUNDARY_HELP.split('\n')[0]}
${DIFF_HELP.split('\n')[0]}
${RUN_HELP.split('\n').slice(0, 3).join('\n')}
${RUNS_HELP.split('\n')[0]}
${KILL_HELP.split('\n')[0]}
${RESUME_HELP.split('\n').slice(0, 2).join('\n')}
${UNDO_HELP.split('\n')[0]}
${REDTEAM_HELP.split('\n').slice(0, 2).join('\n')}
${VERIFY_HELP.split('\n')[0]}
${EXPORT_HELP.split('\n')[0]}
${KEYS_HELP.split('\n')[0]}
${PERSONAL_HELP.split('\n')[0]}
${LSP_HELP.split('\n')[0]}

countersign COMMAND --help says more. countersign --version gives the version.
`;

function terminalOf(): Terminal {
  const colours = (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    paint: painter(colours && process.stdout.isTTY === true),
    live: process.stderr.isTTY === true,
  };
}

async function main(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-v') {
    terminal.out(`${VERSION}\n`);
    return EXIT.ok;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    terminal.out(HELP);
    return EXIT.ok;
  }
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command(rest, terminal);
  const meant = name === undefined ? undefined : closest(name, Object.keys(COMMANDS));
  const said =
    name === undefined ? '' : `There is no command "${plain(name)}".${meant ? ` Did you mean "${meant}"?` : ''}\n\n`;
  terminal.err(`${said}${HELP}`);
  return EXIT.usage;
}

// A reader that has seen enough (`| head`) is no fault, and changes nothing about how the command ends.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exit(EXIT.failed);
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exit(EXIT.failed);
});

const terminal = terminalOf();
main(process.argv.slice(2), terminal)
  .catch((error: unknown) => {
    terminal.err(faultWords(error));
    return EXIT.failed;
  })
  .then((code) => {
    process.exitCode = code;
  });
