import path from 'node:path';
import { reviewExample, visible } from '../../runner/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shownPath } from '../files.js';
import { plain, type Terminal } from '../terminal.js';
import { replaceText } from '../write-file.js';

export interface ReviewWords {
  readonly sample: string;
  readonly as: string;
  readonly playbook: string | undefined;
  readonly code: string | undefined;
  /** RFC 3339. */
  readonly now: string;
}

/** Shows what agents would be shown of a case, and, once that was read, lets them be shown it. */
export function review({ sample, as, playbook, code, now }: ReviewWords, terminal: Terminal): ExitCode {
  const reply = reviewExample({ casePath: sample, as, playbookPath: playbook, roots: [process.cwd()], code, now });
  if (!reply.ok) {
    terminal.err(`${plain(reply.message)}\n`);
    return reply.why === 'nothing' ? EXIT.noInput : EXIT.usage;
  }
  const { marked, stale } = reply;
  if (!marked) {
    terminal.out(`${visible(reply.shown)}\n`);
    if (stale) terminal.err('The code is of something else: what would be shown has changed since.\n');
    terminal.err(
      `This is what every agent of the playbook would be shown, and nothing is written. Whoever caused the alert wrote parts of it. If it teaches what it is to teach, let it be shown with --reviewed ${reply.code}.\n`,
    );
    return EXIT.unreviewed;
  }
  const wrong = replaceText(path.resolve(sample), marked.was, marked.text);
  if (wrong !== undefined) {
    terminal.err(`${plain(shownPath(sample))} is left as it was: ${wrong}.\n`);
    return EXIT.usage;
  }
  terminal.out(`${terminal.paint('green', '✓')} Reviewed by ${plain(as)}: ${plain(shownPath(sample))}\n`);
  terminal.err('Agents are shown it where a playbook names it under "examples".\n');
  return EXIT.ok;
}
