import { closest } from '../language/suggest.js';
import { VERSION } from '../runner/version.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { faultWords, painter, plain, type Terminal } from './terminal.js';

/** Each is loaded when it is called for: a check does not wait for what only a run needs. */
const COMMANDS: {
  readonly [name: string]: (args: readonly string[], terminal: Terminal) => Promise<ExitCode>;
} = {
  alert: async (...given) => (await import('./alert/alert.js')).alert(...given),
  boundary: async (...given) => (await import('./boundary/boundary.js')).boundary(...given),
  case: async (...given) => (await import('./case/case.js')).caseFile(...given),
  catalog: async (...given) => (await import('./catalog/catalog.js')).catalog(...given),
  check: async (...given) => (await import('./check.js')).check(...given),
  coverage: async (...given) => (await import('./coverage/coverage.js')).coverage(...given),
  diff: async (...given) => (await import('./diff/diff.js')).diff(...given),
  evaluate: async (...given) => (await import('./evaluate/evaluate.js')).evaluate(...given),
  explain: async (...given) => (await import('./explain.js')).explain(...given),
  export: async (...given) => (await import('./export.js')).exportFile(...given),
  import: async (...given) => (await import('./cacao/import.js')).importPlaybook(...given),
  feedback: async (...given) => (await import('./feedback/feedback.js')).feedback(...given),
  keys: async (...given) => (await import('./keys.js')).keys(...given),
  kill: async (...given) => (await import('./kill.js')).kill(...given),
  lsp: async (...given) => (await import('./lsp.js')).lsp(...given),
  mcp: async (...given) => (await import('./mcp/mcp.js')).mcp(...given),
  merge: async (...given) => (await import('./evaluate/merge.js')).merge(...given),
  personal: async (...given) => (await import('./personal.js')).personal(...given),
  policy: async (...given) => (await import('./policy/policy.js')).policy(...given),
  redteam: async (...given) => (await import('./redteam.js')).redteam(...given),
  report: async (...given) => (await import('./report/report.js')).report(...given),
  resume: async (...given) => (await import('./resume.js')).resume(...given),
  run: async (...given) => (await import('./run.js')).run(...given),
  runs: async (...given) => (await import('./kill.js')).runs(...given),
  undo: async (...given) => (await import('./undo.js')).undo(...given),
  verify: async (...given) => (await import('./verify.js')).verify(...given),
};

async function helpText(): Promise<string> {
  const first = (help: string, lines = 1): string => help.split('\n').slice(0, lines).join('\n');
  const { KILL_HELP, RUNS_HELP } = await import('./kill.js');
  const forms = [
    first((await import('./check.js')).CHECK_HELP),
    first((await import('./explain.js')).EXPLAIN_HELP),
    first((await import('./alert/alert.js')).ALERT_HELP, 2),
    first((await import('./boundary/boundary.js')).BOUNDARY_HELP, 3),
    first((await import('./case/case.js')).CASE_HELP),
    first((await import('./catalog/catalog.js')).CATALOG_HELP),
    first((await import('./coverage/coverage.js')).COVERAGE_HELP),
    first((await import('./diff/diff.js')).DIFF_HELP),
    first((await import('./policy/policy.js')).POLICY_HELP),
    first((await import('./run.js')).RUN_HELP, 3),
    first(RUNS_HELP),
    first(KILL_HELP),
    first((await import('./resume.js')).RESUME_HELP, 2),
    first((await import('./undo.js')).UNDO_HELP),
    first((await import('./redteam.js')).REDTEAM_HELP, 2),
    first((await import('./evaluate/evaluate.js')).EVALUATE_HELP, 4),
    first((await import('./evaluate/merge.js')).MERGE_HELP),
    first((await import('./feedback/feedback.js')).FEEDBACK_HELP, 3),
    first((await import('./report/report.js')).REPORT_HELP),
    first((await import('./verify.js')).VERIFY_HELP),
    first((await import('./export.js')).EXPORT_HELP, 2),
    first((await import('./cacao/import.js')).IMPORT_HELP),
    first((await import('./keys.js')).KEYS_HELP),
    first((await import('./personal.js')).PERSONAL_HELP),
    first((await import('./lsp.js')).LSP_HELP),
    first((await import('./mcp/mcp.js')).MCP_HELP),
  ];
  return `countersign: playbooks that AI agents run and people countersign

${forms.join('\n')}

countersign COMMAND --help says more. countersign --version gives the version.
`;
}

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
    terminal.out(await helpText());
    return EXIT.ok;
  }
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command(rest, terminal);
  const meant = name === undefined ? undefined : closest(name, Object.keys(COMMANDS));
  const said =
    name === undefined ? '' : `There is no command "${plain(name)}".${meant ? ` Did you mean "${meant}"?` : ''}\n\n`;
  terminal.err(`${said}${await helpText()}`);
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
