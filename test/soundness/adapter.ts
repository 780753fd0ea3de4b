import { loadPlaybook } from '../../language/load.js';
import { type Features, WHOLE_LANGUAGE } from './generate.js';
import type { Program } from './playbook.js';
import { playbookFile, printProgram } from './print.js';

/**
 * All the soundness test has to do with the language: text goes in, cells come out. Nothing else in this folder may import
 * it.
 */

/** What the analysis says of one act. */
export interface AnalysedCell {
  /** Path of the step: `contain/suspend` for the step `suspend` of the playbook that `contain` calls. */
  readonly step: string;
  readonly tool: string;
  readonly verdict: Verdict;
  /** For a violated cell: the steps of a path that reaches the act uncovered, and how each is left. */
  readonly witness: readonly WitnessStep[];
}

export type Verdict = 'proven' | 'runtime' | 'violated' | 'unknown';

export interface WitnessStep {
  readonly step: string;
  readonly edge: string;
}

/** Faults planted into the analysis by name; none is known to the analysis of today. */
export type Faults = ReadonlySet<string>;

/** What of the language the analysis understands today. Change this to `WHOLE_LANGUAGE` once it knows all. */
export const LANGUAGE: Features = {
  ...WHOLE_LANGUAGE,
  loops: false,
  parallel: false,
  calls: false,
  retry: false,
  expiry: false,
};

const FOLDER = 'file:///w/';

/** The cells of `program`, and the errors that should not be there: those that are not about authority. */
export function analyse(
  program: Program,
  _faults?: Faults,
): { readonly cells: readonly AnalysedCell[]; readonly errors: readonly string[] } {
  const files = printProgram(program);
  const read = (uri: string): string | undefined => files.get(uri.slice(FOLDER.length));
  const name = playbookFile(program.main);
  const loaded = loadPlaybook(FOLDER + name, files.get(name) ?? '', { read });
  const cells: AnalysedCell[] = [];
  for (const act of loaded.acts) {
    const base = { step: act.step.id.value, tool: act.toolName.value };
    const level = act.autonomy.level;
    if (act.tool === undefined) {
      cells.push({ ...base, verdict: 'unknown', witness: [] });
      continue;
    }
    if (level === 'manual' || level === 'assist' || (level === 'approve' && act.step.approval)) {
      cells.push({ ...base, verdict: 'proven', witness: [] });
      continue;
    }
    if (level !== 'approve') {
      // Today's analysis says nothing of what else an act at these levels needs; the rules do.
      const noted = loaded.problems.some(
        (one) =>
          (one.rule === 'notify-without-undo' || one.rule === 'untrusted-argument') &&
          one.range.start >= act.step.node.range.start &&
          one.range.end <= act.step.node.range.end,
      );
      cells.push({
        ...base,
        verdict: noted ? 'unknown' : act.step.kind === 'agent' ? 'runtime' : 'proven',
        witness: [],
      });
      continue;
    }
    const verdict = act.step.kind === 'agent' ? undefined : loaded.verdictOf.get(act);
    if (verdict?.kind === 'violated') {
      const witness = verdict.path.map(({ step, edge }) => ({ step: step.id.value, edge: edge.branch ?? edge.kind }));
      cells.push({ ...base, verdict: 'violated', witness });
    } else cells.push({ ...base, verdict: verdict ? 'proven' : 'violated', witness: [] });
  }
  const errors = loaded.problems
    .filter((one) => one.severity === 'error' && !EXPECTED.has(one.rule))
    .map((one) => `${one.rule}: ${one.message}`);
  return { cells, errors };
}

/** Rules that random playbooks may well break; every other error means that the generator writes what is not the language. */
const EXPECTED: ReadonlySet<string> = new Set([
  'ungated-act',
  'operating-model-mismatch',
  'notify-without-undo',
  'untrusted-argument',
  'unreviewed-decision',
  'autonomy-above-ceiling',
  'binds-after-approval',
  'grant-out-of-reach',
  'gate-grants-nothing',
  'quorum-too-small',
  'unsatisfiable-gate',
  'unreachable-step',
  'unknown-tool',
  'unknown-role',
  'missing-policy',
  'missing-undo',
  'step-not-yet-run',
  'missing-budget',
  'missing-accountable',
  'forbidden-tool',
  // A called playbook breaks one of these.
  'broken-reference',
]);
