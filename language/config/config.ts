import type { Severity } from '../problem.js';
import type { RuleName } from '../rules/names.js';
import type { Located, Range } from '../syntax/tree.js';

/** The name of every configuration file. */
export const CONFIG_NAME = 'countersign.config.yaml';

/** How loudly a rule is reported. */
export type ReportLevel = Severity | 'off';

export const REPORT_LEVELS: readonly ReportLevel[] = ['error', 'warning', 'information', 'off'];

/**
 * What a `countersign.config.yaml` says about the files in its folder and below. Only what is right is in it: a severity
 * of an unknown rule, or a suppression without a reason, is reported and does nothing.
 */
export interface Config {
  readonly uri: string;
  readonly levels: ReadonlyMap<RuleName, ReportLevel>;
  readonly suppressions: readonly Suppression[];
}

/** Problems that somebody accepted. */
export interface Suppression {
  readonly rule: Located<RuleName>;
  /** As written: a path relative to the config, ending in `/` for a folder. */
  readonly file: Located<string>;
  /** The URI `file` stands for. */
  readonly target: string;
  /** The only step it covers; `undefined` for the whole file. */
  readonly step: Located<string> | undefined;
  readonly reason: string;
  readonly range: Range;
}
