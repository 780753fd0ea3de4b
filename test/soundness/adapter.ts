import { boundaryOf } from '../../language/authority/boundary.js';
import { ANALYSIS_FAULTS, type AnalysisFault } from '../../language/authority/faults.js';
import { keptFiles } from '../../language/host.js';
import { loadPlaybook } from '../../language/load.js';
import { RULE_NAMES } from '../../language/rules/names.js';
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

/** Faults that can be planted into the analysis. */
export const FAULTS = ANALYSIS_FAULTS;
export type { AnalysisFault };
export type Faults = ReadonlySet<AnalysisFault>;

/** What of the language the analysis understands today. */
export const LANGUAGE: Features = WHOLE_LANGUAGE;

const FOLDER = 'file:///w/';
/** The catalog and the policies are the same for all programs. */
const kept = keptFiles();

/** The cells of `program`, and the errors that should not be there: those that are not about authority. */
export function analyse(
  program: Program,
  faults?: Faults,
): { readonly cells: readonly AnalysedCell[]; readonly errors: readonly string[] } {
  const files = printProgram(program);
  const read = (uri: string): string | undefined => files.get(uri.slice(FOLDER.length));
  const name = playbookFile(program.main);
  const loaded = loadPlaybook(FOLDER + name, files.get(name) ?? '', { read, kept });
  const cells = boundaryOf(loaded, faults).cells.map(
    ({ step, tool, verdict, witness }): AnalysedCell => ({
      step,
      tool,
      verdict,
      witness: witness.map((one) => ({ step: one.step, edge: one.branch ?? one.edge })),
    }),
  );
  const errors = loaded.problems
    .filter((one) => one.severity === 'error' && UNEXPECTED.has(one.rule))
    .map((one) => `${one.rule}: ${one.message}`);
  return { cells, errors };
}

/** Rules of form that random playbooks may well break; breaking any other means that what is written is not the language. */
const EXPECTED: readonly string[] = [
  'unknown-tool',
  'unreachable-step',
  'gate-grants-nothing',
  'step-not-yet-run',
  'constant-condition',
  // A called playbook breaks some rule.
  'broken-reference',
];
const UNEXPECTED: ReadonlySet<string> = new Set(
  [...RULE_NAMES.structure, ...RULE_NAMES.types].filter((rule) => !EXPECTED.includes(rule)),
);
