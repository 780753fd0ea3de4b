import type { Problem } from '../problem.js';
import { nodeAt } from '../schema/node-path.js';
import { parseYaml } from '../syntax/parse.js';
import type { Node } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import type { Config, ReportLevel, Suppression } from './config.js';
import { isFixed } from './fixed-rules.js';
import { covers } from './paths.js';

/** What is reported of a file once its configuration was asked. */
export interface Reported {
  readonly problems: readonly Problem[];
  /** What a suppression covers, with its level, in source order. */
  readonly suppressed: readonly { readonly problem: Problem; readonly by: Suppression }[];
}

/** How to read a configuration. */
export interface ReportOptions {
  /** A reviewer's view: suppressions do not count, and no rule is reported below its own severity. */
  readonly review: boolean;
}

/**
 * Judges a file's problems by its configuration: severities first, then suppressions. It changes what is reported, never
 * what runs: the runner does not ask it. `text` is the file's, which tells the step of a problem.
 */
export function applyConfig(
  config: Config | undefined,
  uri: string,
  text: string,
  problems: readonly Problem[],
  { review }: ReportOptions = { review: false },
): Reported {
  if (!config) return { problems, suppressed: [] };
  const suppressions = review ? [] : config.suppressions.filter(({ target }) => covers(target, uri));
  const stepOf = suppressions.some(({ step }) => step) ? stepFinder(text) : () => undefined;
  const reported: Problem[] = [];
  const suppressed: { readonly problem: Problem; readonly by: Suppression }[] = [];
  for (const raw of problems) {
    const problem = atLevel(raw, config.levels.get(raw.rule), review);
    const by =
      !isFixed(raw.rule) &&
      suppressions.find(
        ({ rule, step }) => rule.value === raw.rule && (!step || step.value === stepOf(raw.range.start)),
      );
    if (by) suppressed.push({ problem: problem ?? raw, by });
    else if (problem) reported.push(problem);
  }
  return { problems: reported, suppressed };
}

const WEIGHTS: { readonly [L in ReportLevel]: number } = { off: 0, information: 1, warning: 2, error: 3 };

function atLevel(problem: Problem, level: ReportLevel | undefined, review: boolean): Problem | undefined {
  if (!level || isFixed(problem.rule) || level === problem.severity) return problem;
  if (review && WEIGHTS[level] < WEIGHTS[problem.severity]) return problem;
  return level === 'off' ? undefined : { ...problem, severity: level };
}

/**
 * The id of the innermost step around an offset. It is read from the tree alone, a step being an item of a list that has
 * an `id`, so that it holds for every kind of step and in a playbook that is broken elsewhere.
 */
export function stepFinder(text: string): (offset: number) => string | undefined {
  const { root } = parseYaml(text);
  return (offset) => {
    const path = nodeAt(root, offset)?.path ?? [];
    for (const step of path.toReversed()) {
      const id = step.kind === 'item' ? idOf(step.list.items[step.index]) : undefined;
      if (id !== undefined) return id;
    }
    return undefined;
  };
}

function idOf(item: Node | undefined): string | undefined {
  const id = get(item, 'id');
  return id?.kind === 'scalar' ? id.text : undefined;
}
