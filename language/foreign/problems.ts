import type { BoundaryCell } from '../authority/cell.js';
import { edgeWord } from '../authority/paths.js';
import type { Problem } from '../problem.js';
import type { RuleName } from '../rules/names.js';
import type { Range } from '../syntax/tree.js';
import type { ForeignBoundary } from './boundary.js';
import type { ForeignFinding } from './finding.js';

/**
 * What is wrong with playbooks of other products, by the file it stands in, in the order of its text: an act that no person decides
 * about is a finding, but nobody who wrote it broke a rule of ours, so it is a warning. Only a file that cannot be read whole is an
 * error. Every playbook is judged by itself, so a called one as if it were started alone.
 *
 * @returns by URI; the file of each playbook is there, even where nothing is wrong
 */
export function problemsOf(boundaries: readonly ForeignBoundary[]): ReadonlyMap<string, readonly Problem[]> {
  const problems = new Map<string, Problem[]>();
  const at = (uri: string): Problem[] => {
    const known = problems.get(uri) ?? [];
    problems.set(uri, known);
    return known;
  };
  for (const { playbook, findings } of boundaries) {
    at(playbook.uri);
    for (const finding of findings) {
      const { cell } = finding;
      // What a called playbook does is said there.
      if (finding.called) continue;
      if (cell.verdict === 'violated' || cell.verdict === 'unknown')
        at(cell.place.uri).push(warning(ruleOf(finding), cell.place.range, messageOf(cell)));
    }
    for (const { uri, range, what, breaks } of playbook.notUnderstood) {
      // What is not read is not judged, so a file with faults is an error, as one of ours is.
      const said = breaks ? error('yaml-syntax', range, what) : warning('unknown-step', range, what);
      at(uri).push(said);
    }
  }
  for (const of of problems.values()) of.sort((a, b) => a.range.start - b.range.start);
  return problems;
}

function ruleOf({ cell, missing }: ForeignFinding): RuleName {
  return missing !== undefined || cell.effect === 'unknown' ? 'unknown-tool' : 'ungated-act';
}

function messageOf({ tool, effect, because, witness }: BoundaryCell): string {
  const what =
    tool === '*'
      ? 'This may do anything'
      : effect === 'unknown'
        ? `"${tool}" may do anything`
        : `"${tool}" acts (${effect})`;
  const path = witness.map(({ step, edge, branch }) => {
    const way = edgeWord(branch === undefined ? { kind: edge } : { kind: edge, branch });
    return way === '' ? step : `${step} (${way})`;
  });
  const shown = path.length > 6 ? [...path.slice(0, 2), '…', ...path.slice(-3)] : path;
  return `${what}. ${because}${shown.length === 0 ? '' : ` Path: ${shown.join(' → ')}.`}`;
}

function error(rule: RuleName, range: Range, message: string): Problem {
  return { ...warning(rule, range, message), severity: 'error' };
}

function warning(rule: RuleName, { start, end }: Range, message: string): Problem {
  return { rule, severity: 'warning', range: { start, end }, message, related: [], fixes: [] };
}
